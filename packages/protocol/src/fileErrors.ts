/** What can be wrong with a call to a file's actor. */
import * as Schema from "effect/Schema"
import { shardGroups } from "./shardGroups.ts"

/** There is no such file, or it was deleted. */
export class FileMissing extends Schema.TaggedError<FileMissing>()("FileMissing", { fileId: Schema.String }) {}

/** The file exists and cannot be served now. Never answered with an empty file. Nothing was written. */
export class FileUnavailable extends Schema.TaggedError<FileUnavailable>()("FileUnavailable", {
  fileId: Schema.String,
  reason: Schema.String
}) {}

/** What is stored of the file does not add up. Trying again does not help; an operator must look. Nothing was written. */
export class FileDamaged extends Schema.TaggedError<FileDamaged>()("FileDamaged", {
  fileId: Schema.String,
  reason: Schema.String
}) {}

/** The file lives in another group of shards: ask there. Nothing was written. */
export class FileMoved extends Schema.TaggedError<FileMoved>()("FileMoved", {
  fileId: Schema.String,
  group: Schema.Literals(shardGroups)
}) {}

/** The operations may or may not be committed. The editor resends them; their idempotency keys make that safe. */
export class CommitIndeterminate extends Schema.TaggedError<CommitIndeterminate>()("CommitIndeterminate", {
  fileId: Schema.String
}) {}

/** The actor's inbox is full. Nothing was written. */
export class FileBusy extends Schema.TaggedError<FileBusy>()("FileBusy", { fileId: Schema.String }) {}

/** The user's role does not allow it, or there is none. Nothing was written. */
export class Forbidden extends Schema.TaggedError<Forbidden>()("Forbidden", { fileId: Schema.String }) {}

/** It has been changed since what its caller knows. Nothing was written. */
export class RevisionStale extends Schema.TaggedError<RevisionStale>()("RevisionStale", {
  /** The present one. */
  revision: Schema.Int
}) {}

/** Why a file's actor may not be there for a call. */
export const absences = [FileMissing, FileDamaged, FileUnavailable, FileMoved] as const
