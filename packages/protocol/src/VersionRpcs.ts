/**
 * The typed calls of versions: states of a file that are kept under a name, and every state in between. What changes
 * something has a `requestId`, a UUID: who repeats it gets the same answer and changes nothing more.
 */
import type { Description, Json, ObjectView } from "@easel/document"
import * as Rpc from "effect/rpc/Rpc"
import * as RpcGroup from "effect/rpc/RpcGroup"
import * as Schema from "effect/Schema"
import { PrincipalSchema, Snapshot } from "./EditingRpcs.ts"
import { absences, CommitIndeterminate, FileBusy, Forbidden } from "./fileErrors.ts"
import { opaque } from "./opaque.ts"
import { RestoreScope } from "./restoreScope.ts"
import { RegisterMissing, RequestConflict, RestoreMissing, SeqNotCovered, VersionMissing } from "./versionErrors.ts"

export const Version = Schema.Struct({
  id: Schema.String,
  seq: Schema.Int,
  /** Made by somebody, by time, or as what was there before a restore. */
  kind: Schema.Literals(["named", "auto", "restore"]),
  name: Schema.NullOr(Schema.String),
  /** A user id. */
  createdBy: Schema.String,
  /** Milliseconds since 1970. */
  createdAt: Schema.Number,
  /** Kept for ever, as named ones are. */
  pinned: Schema.Boolean,
  /** Of the stored document. */
  bytes: Schema.Int
})
export type Version = typeof Version.Type

const requestId = Schema.String.check(Schema.isUUID())

/** A state of the file: that of a version, or the one at a seq. Tagged, because calls between nodes tell them apart by it. */
const At = Schema.Union([Schema.TaggedStruct("Version", { versionId: Schema.String }), Schema.TaggedStruct("Seq", { seq: Schema.Int })])
export type At = typeof At.Type

/** Keeps the committed state, once it has reached a seq that its caller has seen. */
const SaveVersion = Rpc.make("SaveVersion", {
  payload: { requestId, name: Schema.String, by: PrincipalSchema, atLeastSeq: Schema.optional(Schema.Int) },
  success: Version,
  error: Schema.Union([...absences, Forbidden, SeqNotCovered, RequestConflict])
})

/** Newest first. */
const ListVersions = Rpc.make("ListVersions", {
  payload: {
    by: PrincipalSchema,
    limit: Schema.Int,
    /** The last version of the page before. */
    before: Schema.optional(Schema.Struct({ createdAt: Schema.Number, id: Schema.String }))
  },
  success: Schema.Array(Version),
  error: Schema.Union([...absences, Forbidden])
})

const GetVersion = Rpc.make("GetVersion", {
  payload: { by: PrincipalSchema, versionId: Schema.String },
  success: Version,
  error: Schema.Union([...absences, Forbidden, VersionMissing])
})

const RenameVersion = Rpc.make("RenameVersion", {
  payload: { by: PrincipalSchema, versionId: Schema.String, name: Schema.String },
  success: Version,
  error: Schema.Union([...absences, Forbidden, VersionMissing])
})

const PinVersion = Rpc.make("PinVersion", {
  payload: { by: PrincipalSchema, versionId: Schema.String, pinned: Schema.Boolean },
  success: Version,
  error: Schema.Union([...absences, Forbidden, VersionMissing])
})

/** The whole file as it was, with its digest. */
const ReadAt = Rpc.make("ReadAt", {
  payload: { by: PrincipalSchema, at: At },
  success: Schema.Struct({ ...Snapshot.fields, digest: Schema.String }),
  error: Schema.Union([...absences, Forbidden, VersionMissing, SeqNotCovered])
})

/** Objects of a file at a seq. */
export interface Nodes {
  readonly seq: number
  readonly epoch: number
  /** As a whole file has them, in the order that was asked for. */
  readonly nodes: ReadonlyArray<ObjectView>
  /** Ids of which there is no object. */
  readonly missing: ReadonlyArray<string>
}

/** Of what the file was at a seq, or is now. */
const ReadNodes = Rpc.make("ReadNodes", {
  payload: { by: PrincipalSchema, objectIds: Schema.Array(Schema.String), seq: Schema.optional(Schema.Int) },
  success: opaque<Nodes>("Nodes"),
  error: Schema.Union([...absences, Forbidden, SeqNotCovered])
})

export const Restored = Schema.Struct({
  /** The id of the request: names the restore, to undo it. */
  restoreId: Schema.String,
  /** The version of the state before it. */
  beforeVersion: Schema.String,
  /** The seq of the state before it. */
  fromSeq: Schema.Int,
  /** Everything is committed at this seq. */
  seq: Schema.Int
})
export type Restored = typeof Restored.Type

/** Edits the file so that its readers see another state of it. What is written after the request is kept. */
const RestoreVersion = Rpc.make("RestoreVersion", {
  payload: { requestId, by: PrincipalSchema, at: At, scope: Schema.optional(RestoreScope) },
  success: Restored,
  error: Schema.Union([...absences, Forbidden, VersionMissing, SeqNotCovered, RequestConflict, CommitIndeterminate, FileBusy])
})

/** Takes back what a restore wrote and nobody has written over since. */
const UndoRestore = Rpc.make("UndoRestore", {
  payload: { requestId, by: PrincipalSchema, restoreId: Schema.String },
  success: Restored,
  error: Schema.Union([...absences, Forbidden, RestoreMissing, SeqNotCovered, RequestConflict, CommitIndeterminate, FileBusy])
})

/** What is new, gone, changed and moved from one state to another. */
const DiffVersions = Rpc.make("DiffVersions", {
  payload: { by: PrincipalSchema, from: At, to: At },
  success: opaque<Description>("Description"),
  error: Schema.Union([...absences, Forbidden, VersionMissing, SeqNotCovered])
})

/** Who wrote what stands in a register, and when. */
export interface Blamed {
  readonly objectId: string
  readonly propertyPath: string
  readonly value: Json
  readonly seq: number
  /** Of the operation, in milliseconds since 1970. */
  readonly timestamp: number
  readonly clientId: string
  /** `null` when the log does not reach back so far. */
  readonly userId: string | null
}

const Blame = Rpc.make("Blame", {
  payload: { by: PrincipalSchema, objectId: Schema.String, propertyPath: Schema.String },
  success: opaque<Blamed>("Blamed"),
  error: Schema.Union([...absences, Forbidden, RegisterMissing])
})

/** Makes a file of what this one is at a seq, or now. `id` is that of the copy. Who asks again gets the same. */
const Duplicate = Rpc.make("Duplicate", {
  payload: {
    id: requestId,
    by: PrincipalSchema,
    name: Schema.String,
    owner: Schema.optional(Schema.String),
    place: Schema.Struct({ teamId: Schema.NullOr(Schema.String), projectId: Schema.NullOr(Schema.String) }),
    seq: Schema.optional(Schema.Int)
  },
  error: Schema.Union([...absences, Forbidden, SeqNotCovered])
})

export const VersionRpcs = RpcGroup.make(
  SaveVersion,
  ListVersions,
  GetVersion,
  RenameVersion,
  PinVersion,
  ReadAt,
  ReadNodes,
  RestoreVersion,
  UndoRestore,
  DiffVersions,
  Blame,
  Duplicate
)
