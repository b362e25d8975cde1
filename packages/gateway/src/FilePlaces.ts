/**
 * Which files live in another group of shards than the default one, as far as this gateway was told. What is not known
 * is asked of the default group, which knows. When the last runner of a group is gone, its files are found in the
 * default group again, and calls that wait for them go there.
 */
import { FileMoved, type ShardGroup } from "@easel/protocol"
import { ClusterMembers, supervisedLoop } from "@easel/store"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const checkInterval = "1 second"

export class FilePlaces extends Context.Service<FilePlaces, {
  readonly groupOf: (fileId: string) => ShardGroup
  readonly moved: (fileId: string, group: ShardGroup) => void
  /** Fails when nobody hosts the file's group any more. */
  readonly lost: (fileId: string) => Effect.Effect<never, FileMoved>
}>()("@easel/gateway/FilePlaces") {
  static readonly layer = Layer.effect(
    FilePlaces,
    Effect.gen(function*() {
      const members = yield* ClusterMembers
      /** The files of the hot group. */
      const hot = new Set<string>()
      let abandoned = Deferred.makeUnsafe<void>()

      const check = Effect.gen(function*() {
        if (hot.size === 0 || (yield* members.hosts("hot"))) return
        hot.clear()
        Deferred.doneUnsafe(abandoned, Effect.void)
        abandoned = Deferred.makeUnsafe()
      })
      yield* supervisedLoop("FilePlaces", check.pipe(Effect.catchTag("StoreUnavailable", () => Effect.void), Effect.delay(checkInterval)))

      return FilePlaces.of({
        groupOf: (fileId) => hot.has(fileId) ? "hot" : "default",
        moved: (fileId, group) => {
          if (group === "hot") hot.add(fileId)
          else hot.delete(fileId)
        },
        lost: (fileId) =>
          Effect.suspend(() => Deferred.await(abandoned)).pipe(
            Effect.andThen(Effect.fail(new FileMoved({ fileId, group: "default" })))
          )
      })
    })
  )
}
