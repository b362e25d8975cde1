/** What an actor's loop is asked for, and why it may not be had. */
import type { FileDamaged, FileMissing, FileMoved, FileUnavailable, ShardGroup } from "@easel/protocol"
import { type CommitError, CommitUnknown } from "@easel/store"
import * as Cause from "effect/Cause"
import type * as Effect from "effect/Effect"
import type { Ticket } from "./Batch.ts"
import type { CommittedFile } from "./CommittedFile.ts"

export type LoadError = FileMissing | FileDamaged | FileUnavailable | FileMoved

export type Command =
  | Ticket
  | { readonly _tag: "Load"; readonly resume: (answer: Effect.Effect<CommittedFile, LoadError>) => void }
  | { readonly _tag: "Move"; readonly group: ShardGroup; readonly resume: (hasMoved: Effect.Effect<boolean>) => void }
  | { readonly _tag: "Wake" }

/** Why a commit failed; one that was interrupted may have been made. */
export const commitErrorOf = (cause: Cause.Cause<CommitError>, fileId: string): CommitError => {
  const error = Cause.findErrorOption(cause)
  return error._tag === "Some" ? error.value : new CommitUnknown({ fileId, reason: "interrupted" })
}
