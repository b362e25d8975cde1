/**
 * The lines of this process to runners, by address.
 *
 * A runner that is told dead may still be there: cut off from the database it answers pings, and keeps the calls under
 * way to it for as long as it hopes to commit them. Its shards are elsewhere by then, and so must the calls go: it is
 * hung up on. Effect Cluster would forget such a runner, but not the calls that wait for it.
 */
import * as RunnerStorage from "effect/cluster/RunnerStorage"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Address, type Line, RunnerLine } from "./RunnerLine.ts"

export class RunnerLines extends Context.Service<RunnerLines, {
  /** The line to a runner, opened if there is none. */
  readonly to: (address: Address) => Line
  /** The line to a runner, if there is one. */
  readonly opened: (address: Address) => Line | undefined
}>()("@easel/cluster/RunnerLines") {
  static readonly layer = Layer.effect(RunnerLines, Effect.gen(function*() {
    const lines = new Map<string, RunnerLine>()
    yield* Effect.addFinalizer(() => Effect.sync(() => lines.forEach((line) => line.hangUp())))
    return RunnerLines.of({
      to: ({ host, port }) => {
        const name = `${host}:${port}`
        const open = lines.get(name)
        if (open !== undefined) return open
        const line = new RunnerLine({ host, port }, () => lines.delete(name))
        lines.set(name, line)
        return line
      },
      opened: ({ host, port }) => lines.get(`${host}:${port}`)
    })
  }))
}

/** Hangs up on runners as they are told dead. */
export const hangingUp = <E, R>(storage: Layer.Layer<RunnerStorage.RunnerStorage, E, R>) =>
  Layer.effect(RunnerStorage.RunnerStorage, Effect.gen(function*() {
    const own = yield* RunnerStorage.RunnerStorage
    const lines = yield* RunnerLines
    let dead: ReadonlySet<string> = new Set()
    const getRunners = Effect.tap(own.getRunners, (runners) =>
      Effect.sync(() => {
        const gone = runners.flatMap(([{ address }, isAlive]) => isAlive ? [] : [address])
        for (const address of gone) if (!dead.has(`${address.host}:${address.port}`)) lines.opened(address)?.hangUp()
        dead = new Set(gone.map(({ host, port }) => `${host}:${port}`))
      }))
    return RunnerStorage.RunnerStorage.of({ ...own, getRunners })
  })).pipe(Layer.provide(storage))
