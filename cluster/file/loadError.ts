/** Why a file cannot be brought into memory, as those are told who asked for it. */
import { FileDamaged, FileMoved, FileUnavailable, type FileMissing } from "@easel/protocol"
import type { LeaseMissing, ShardLeases, StoreUnavailable } from "@easel/store"
import * as Effect from "effect/Effect"
import type { LoadError } from "./ActorCommand.ts"
import type { LogIncomplete } from "./activation.ts"

export const asLoadError = (fileId: string, lease: ShardLeases.Lease) =>
<A, R>(load: Effect.Effect<A, FileDamaged | FileMissing | LeaseMissing | LogIncomplete | StoreUnavailable, R>): Effect.Effect<A, LoadError, R> =>
  load.pipe(
    Effect.tapErrorTag(["StoreUnavailable", "LogIncomplete"], (error) =>
      Effect.logError("Loading a file failed", { fileId, error: error.message, reason: error.reason })),
    Effect.catchTags({
      StoreUnavailable: () => Effect.fail(new FileUnavailable({ fileId, reason: "the file cannot be loaded now" })),
      LeaseMissing: ({ group }) =>
        Effect.fail(lease.shardId.startsWith(`${group}:`)
          ? new FileUnavailable({ fileId, reason: "the file lives on another node" })
          : new FileMoved({ fileId, group })),
      LogIncomplete: () => Effect.fail(new FileDamaged({ fileId, reason: "what is stored of the file does not add up" }))
    })
  )
