/**
 * The actors of this runner, for those who look at them now and then: one loop for all, not one for each.
 *
 * Most files in memory are at rest, and looking at them all would cost more than those that are edited. So only those
 * are looked at that are awake: from whatever changes in a file or on its board, until none who look has a reason to.
 */
import type { ShardGroup } from "@easel/protocol"
import { supervisedLoop } from "@easel/store"
import type { StoreUnavailable } from "@easel/store"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { CommittedFile } from "./CommittedFile.ts"

/** An actor, as far as it is looked at. */
export interface ResidentFile {
  readonly fileId: string
  readonly group: ShardGroup
  readonly inMemory: () => CommittedFile | undefined
  readonly move: (group: ShardGroup) => Effect.Effect<boolean>
  /** Tells the watchers what changed on the file's board. */
  readonly ringPresence: (file: CommittedFile) => void
  /** Keeps what the file holds as a version that nobody asked for. */
  readonly saveVersion: (file: CommittedFile) => Effect.Effect<void, StoreUnavailable>
}

/** Whether there is still something to look at. */
export type Reason = (file: CommittedFile, actor: ResidentFile) => boolean

const sleepInterval = "1 second"

export class ResidentFiles extends Context.Service<ResidentFiles, {
  /** Adds an actor until its scope closes. Answers what wakes it. */
  readonly add: (actor: ResidentFile) => Effect.Effect<() => void, never, Scope.Scope>
  readonly awake: ReadonlySet<ResidentFile>
  /** Files that are awake stay so while there is a reason. */
  readonly keepAwake: (reason: Reason) => void
}>()("@easel/cluster/ResidentFiles") {
  static readonly layer = Layer.effect(ResidentFiles, Effect.gen(function*() {
    const awake = new Set<ResidentFile>()
    const reasons: Array<Reason> = []
    const putToSleep = Effect.sync(() => {
      for (const actor of awake) {
        const file = actor.inMemory()
        if (file === undefined || !reasons.some((reason) => reason(file, actor))) awake.delete(actor)
      }
    })
    yield* supervisedLoop("ResidentFiles", Effect.delay(putToSleep, sleepInterval))
    return ResidentFiles.of({
      add: (actor) =>
        Effect.as(
          Effect.addFinalizer(() => Effect.sync(() => void awake.delete(actor))),
          () => void awake.add(actor)
        ),
      awake,
      keepAwake: (reason) => void reasons.push(reason)
    })
  }))
}
