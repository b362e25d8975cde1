/** What can be wrong with a call about the versions of a file. Nothing was written. */
import * as Schema from "effect/Schema"

/** The file has no such version, or has it no more. */
export class VersionMissing extends Schema.TaggedError<VersionMissing>()("VersionMissing", { versionId: Schema.String }) {}

/** The file has not come to this seq, or what came before it is not kept any more. */
export class SeqNotCovered extends Schema.TaggedError<SeqNotCovered>()("SeqNotCovered", {
  seq: Schema.Int,
  reason: Schema.String
}) {}

/** The id of the request is that of another one. */
export class RequestConflict extends Schema.TaggedError<RequestConflict>()("RequestConflict", { requestId: Schema.String }) {}

/** The file has no restore with this id. */
export class RestoreMissing extends Schema.TaggedError<RestoreMissing>()("RestoreMissing", { restoreId: Schema.String }) {}

/** Nobody has written this register of the file, or there is no such object. */
export class RegisterMissing extends Schema.TaggedError<RegisterMissing>()("RegisterMissing", {
  objectId: Schema.String,
  propertyPath: Schema.String
}) {}
