/**
 * The connections of this process to runners, by address, so that it can hang up.
 *
 * A runner that is told dead may still be there: cut off from the database it answers pings, and keeps the calls under
 * way to it for as long as it hopes to commit them. Its shards are elsewhere by then, and so must the calls go. Effect
 * Cluster forgets such a runner's client, but not the calls that wait for it.
 */
import { createConnection, type Socket as Connection } from "node:net"
import * as NodeSocket from "@effect/platform-node/NodeSocket"
import * as RunnerStorage from "effect/cluster/RunnerStorage"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Socket from "effect/socket/Socket"
import { corked } from "./corked.ts"

const connectMillisMax = 1_000

interface Address {
  readonly host: string
  readonly port: number
}

export class RunnerLines extends Context.Service<RunnerLines, {
  /** A socket to a runner; it may be opened again and again. */
  readonly socketTo: (address: Address) => Effect.Effect<Socket.Socket>
  /** Breaks what is open to a runner. */
  readonly hangUp: (address: Address) => void
}>()("@easel/cluster/RunnerLines") {
  static readonly layer = Layer.sync(RunnerLines, () => {
    const lines = new Map<string, Set<Connection>>()

    const open = ({ host, port }: Address) =>
      Effect.acquireRelease(
        Effect.callback<Connection, Socket.SocketError>((resume) => {
          const connection = corked(createConnection({ host, port, noDelay: true }))
          connection.once("connect", () => resume(Effect.succeed(connection)))
          connection.on("error", (cause) =>
            resume(Effect.fail(new Socket.SocketError({ reason: new Socket.SocketOpenError({ kind: "Unknown", cause }) }))))
          return Effect.sync(() => connection.destroy())
        }),
        (connection) => Effect.sync(() => connection.connecting ? connection.destroy() : connection.destroySoon())
      ).pipe(
        Effect.tap((connection) => {
          const name = `${host}:${port}`
          const open = lines.get(name) ?? new Set()
          lines.set(name, open.add(connection))
          connection.once("close", () => {
            open.delete(connection)
            if (open.size === 0 && lines.get(name) === open) lines.delete(name)
          })
          return Effect.void
        })
      )

    return RunnerLines.of({
      socketTo: (address) => NodeSocket.fromDuplex(open(address), { openTimeout: connectMillisMax }),
      hangUp: ({ host, port }) => {
        for (const connection of lines.get(`${host}:${port}`) ?? []) connection.destroy(new Error("the runner was told dead"))
      }
    })
  })
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
        for (const address of gone) if (!dead.has(`${address.host}:${address.port}`)) lines.hangUp(address)
        dead = new Set(gone.map(({ host, port }) => `${host}:${port}`))
      }))
    return RunnerStorage.RunnerStorage.of({ ...own, getRunners })
  })).pipe(Layer.provide(storage))
