/**
 * The typed calls for programs, at `/rpc`: a file, named in each call, and its versions. In whose name a call is made is
 * not among them: the request's headers say so, as for the rest of HTTP. What changes something has a `requestId`, a
 * UUID: who repeats it gets the same answer and changes nothing more. Operations are not among them: they have the
 * editor protocol, with its order, its acks and its pace.
 */
import * as Rpc from "effect/rpc/Rpc"
import * as RpcGroup from "effect/rpc/RpcGroup"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { FileDocument } from "./api/files.ts"
import { Name, Seq } from "./api/texts.ts"
import { Blamed, Difference } from "./api/versions.ts"
import { CommitIndeterminate, FileBusy, FileDamaged, FileMissing, FileUnavailable, Forbidden } from "./fileErrors.ts"
import { RestoreScope } from "./restoreScope.ts"
import { RegisterMissing, RequestConflict, RestoreMissing, SeqNotCovered, VersionMissing } from "./versionErrors.ts"
import { Restored, Version } from "./VersionRpcs.ts"

const Id = Schema.String.pipe(Schema.decode(SchemaTransformation.toLowerCase())).check(Schema.isUUID())
const fileId = Id
const requestId = Id
const versionId = Id

/** A state of the file: that of a version, or the one at a seq. */
const At = Schema.Union([Schema.TaggedStruct("Version", { versionId }), Schema.TaggedStruct("Seq", { seq: Seq })])

const listedMax = 200

/** What may be wrong with any call. Nothing was written. */
const always = [FileMissing, FileDamaged, FileUnavailable, Forbidden] as const
const states = [...always, VersionMissing, SeqNotCovered] as const
const writes = [...always, RequestConflict, CommitIndeterminate, FileBusy] as const

/** The committed file. */
const Read = Rpc.make("Read", { payload: { fileId }, success: FileDocument, error: Schema.Union(always) })

/** Keeps the committed state, once it has reached a seq that its caller has seen. */
const SaveVersion = Rpc.make("SaveVersion", {
  payload: { fileId, requestId, name: Name, atLeastSeq: Schema.optionalKey(Seq) },
  success: Version,
  error: Schema.Union([...always, SeqNotCovered, RequestConflict])
})

/** Newest first; `before` is the last version of the page before. */
const ListVersions = Rpc.make("ListVersions", {
  payload: {
    fileId,
    limit: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: listedMax })),
    before: Schema.optionalKey(Schema.Struct({ createdAt: Schema.Number.check(Schema.isBetween({ minimum: 0, maximum: 8.64e15 })), id: Id }))
  },
  success: Schema.Array(Version),
  error: Schema.Union(always)
})

const GetVersion = Rpc.make("GetVersion", { payload: { fileId, versionId }, success: Version, error: Schema.Union([...always, VersionMissing]) })

const RenameVersion = Rpc.make("RenameVersion", {
  payload: { fileId, versionId, name: Name },
  success: Version,
  error: Schema.Union([...always, VersionMissing])
})

const PinVersion = Rpc.make("PinVersion", {
  payload: { fileId, versionId, pinned: Schema.Boolean },
  success: Version,
  error: Schema.Union([...always, VersionMissing])
})

/** The whole file as it was. */
const ReadAt = Rpc.make("ReadAt", { payload: { fileId, at: At }, success: FileDocument, error: Schema.Union(states) })

/** Edits the file so that its readers see another state of it. What is written after the request is kept. */
const RestoreVersion = Rpc.make("RestoreVersion", {
  payload: { fileId, requestId, at: At, scope: Schema.optionalKey(RestoreScope) },
  success: Restored,
  error: Schema.Union([...writes, VersionMissing, SeqNotCovered])
})

/** Takes back what a restore wrote and nobody has written over since. */
const UndoRestore = Rpc.make("UndoRestore", {
  payload: { fileId, requestId, restoreId: Id },
  success: Restored,
  error: Schema.Union([...writes, RestoreMissing, SeqNotCovered])
})

/** What is new, gone, changed and moved from one state to another. */
const DiffVersions = Rpc.make("DiffVersions", { payload: { fileId, from: At, to: At }, success: Difference, error: Schema.Union(states) })

/** Who wrote what stands in a register, and when. */
const Blame = Rpc.make("Blame", {
  payload: { fileId, objectId: Schema.String, propertyPath: Schema.String },
  success: Blamed,
  error: Schema.Union([...always, RegisterMissing])
})

export const ProgramRpcs = RpcGroup.make(
  Read,
  SaveVersion,
  ListVersions,
  GetVersion,
  RenameVersion,
  PinVersion,
  ReadAt,
  RestoreVersion,
  UndoRestore,
  DiffVersions,
  Blame
)
