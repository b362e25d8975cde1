/** The settings of a worker as they cross to its thread: structured-cloneable, secrets unwrapped. */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { RunnerSettings } from "./Runner.ts"

interface Encoded {
  readonly worker: number
  readonly url: string
  readonly fileIdleMillis: number
  readonly drainMillis: number
  readonly rest: Omit<RunnerSettings, "url" | "databaseUrl" | "fileIdle" | "drain">
}

export const encode = ({ databaseUrl: _own, drain, fileIdle, url, ...rest }: RunnerSettings, worker: number): Encoded => ({
  worker,
  url: Redacted.value(url),
  fileIdleMillis: Duration.toMillis(fileIdle),
  drainMillis: Duration.toMillis(drain),
  rest: { ...rest, runnerPort: rest.runnerPort === 0 ? 0 : rest.runnerPort + worker - 1 }
})

export const decode = ({ drainMillis, fileIdleMillis, rest, url, worker }: Encoded): {
  readonly settings: RunnerSettings
  readonly worker: number
} => ({
  worker,
  settings: {
    ...rest,
    url: Redacted.make(url),
    databaseUrl: Option.none(),
    fileIdle: Duration.millis(fileIdleMillis),
    drain: Duration.millis(drainMillis)
  }
})
