/** The settings of a worker as they cross to its thread: structured-cloneable, secrets unwrapped. */
import type { S3Settings } from "@easel/store"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { RunnerSettings } from "./Runner.ts"

type Durations = "autosave" | "fileIdle" | "hotAfter" | "coolAfter" | "drain" | "offlineHorizon"

interface Encoded {
  readonly worker: number
  readonly url: string
  readonly redisUrl: string | undefined
  readonly s3: Omit<S3Settings, "secretAccessKey"> & { readonly secretAccessKey: string } | undefined
  readonly millis: Readonly<Record<Durations, number>>
  readonly rest: Omit<RunnerSettings, "url" | "databaseUrl" | "redisUrl" | "s3" | "tokens" | Durations>
}

export const encode = (settings: RunnerSettings, worker: number): Encoded => {
  const { autosave, coolAfter, databaseUrl: _own, drain, fileIdle, hotAfter, offlineHorizon, redisUrl, s3, tokens: _gateways, url, ...rest } = settings
  return {
    worker,
    url: Redacted.value(url),
    redisUrl: Option.getOrUndefined(Option.map(redisUrl, Redacted.value)),
    s3: Option.getOrUndefined(Option.map(s3, (bucket) => ({ ...bucket, secretAccessKey: Redacted.value(bucket.secretAccessKey) }))),
    millis: {
      autosave: Duration.toMillis(autosave),
      fileIdle: Duration.toMillis(fileIdle),
      hotAfter: Duration.toMillis(hotAfter),
      coolAfter: Duration.toMillis(coolAfter),
      drain: Duration.toMillis(drain),
      offlineHorizon: Duration.toMillis(offlineHorizon)
    },
    rest: { ...rest, runnerPort: rest.runnerPort === 0 ? 0 : rest.runnerPort + worker - 1 }
  }
}

export const decode = ({ millis, redisUrl, rest, s3, url, worker }: Encoded): { readonly settings: RunnerSettings; readonly worker: number } => ({
  worker,
  settings: {
    ...rest,
    url: Redacted.make(url),
    databaseUrl: Option.none(),
    tokens: Option.none(),
    redisUrl: Option.map(Option.fromUndefinedOr(redisUrl), Redacted.make),
    s3: Option.map(Option.fromUndefinedOr(s3), (bucket) => ({ ...bucket, secretAccessKey: Redacted.make(bucket.secretAccessKey) })),
    autosave: Duration.millis(millis.autosave),
    fileIdle: Duration.millis(millis.fileIdle),
    hotAfter: Duration.millis(millis.hotAfter),
    coolAfter: Duration.millis(millis.coolAfter),
    drain: Duration.millis(millis.drain),
    offlineHorizon: Duration.millis(millis.offlineHorizon)
  }
})
