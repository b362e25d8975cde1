/** The hubs of this gateway, by file. A hub lives while it has editors and a little longer, for those who reload. */
import { Access } from "@easel/store"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import * as RcMap from "effect/RcMap"
import type * as Scope from "effect/Scope"
import { FileClients } from "./FileClients.ts"
import { FileHub } from "./FileHub.ts"
import { observeSync } from "./gatewayMetrics.ts"

const hubIdle = "5 seconds"

export class Hubs extends Context.Service<Hubs, {
  /** The hub of a file, held until the scope closes. */
  readonly hub: (fileId: string) => Effect.Effect<FileHub, never, Scope.Scope>
  /** Those that there are, or the one of a file. */
  readonly open: (fileId?: string) => ReadonlyArray<FileHub>
}>()("@easel/gateway/Hubs") {
  static readonly layer: Layer.Layer<Hubs, never, Access | FileClients> = Layer.effect(
    Hubs,
    Effect.gen(function*() {
      const clients = yield* FileClients
      const access = yield* Access
      const opened = new Map<string, FileHub>()
      const gatewayId = crypto.randomUUID()
      const hubs = yield* RcMap.make({
        lookup: (fileId: string) =>
          Effect.gen(function*() {
            const run = yield* FiberSet.makeRuntime<never>()
            const fork = (effect: Effect.Effect<void>) => void run(effect)
            const hub = new FileHub({ fileId, gatewayId, client: clients.of(fileId), access, fork, observe: observeSync })
            opened.set(fileId, hub)
            yield* Effect.addFinalizer(() => Effect.sync(() => opened.delete(fileId)))
            yield* Effect.forkScoped(hub.watch)
            return hub
          }),
        idleTimeToLive: hubIdle
      })
      return Hubs.of({
        hub: (fileId) => RcMap.get(hubs, fileId),
        open: (fileId) => {
          if (fileId === undefined) return [...opened.values()]
          const hub = opened.get(fileId)
          return hub === undefined ? [] : [hub]
        }
      })
    })
  )
}
