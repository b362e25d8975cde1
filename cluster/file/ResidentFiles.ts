/** The actors of this runner, for those who look at all of them now and then: one loop for all, not one for each. */
import type { ShardGroup } from "@easel/protocol"
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
  /** Keeps what is committed as an auto version, and thins those that are older. */
  readonly saveVersion: (file: CommittedFile) => Effect.Effect<void, StoreUnavailable>
  /** Tells the watchers what changed on the file's board. */
  readonly ringPresence: (file: CommittedFile) => void
}

export class ResidentFiles extends Context.Service<ResidentFiles, {
  /** Adds an actor until its scope closes. */
  readonly add: (actor: ResidentFile) => Effect.Effect<void, never, Scope.Scope>
  readonly all: ReadonlySet<ResidentFile>
}>()("@easel/cluster/ResidentFiles") {
  static readonly layer = Layer.sync(ResidentFiles, () => {
    const all = new Set<ResidentFile>()
    return ResidentFiles.of({
      add: (actor) =>
        Effect.acquireRelease(
          Effect.sync(() => void all.add(actor)),
          () => Effect.sync(() => void all.delete(actor))
        ),
      all
    })
  })
}
