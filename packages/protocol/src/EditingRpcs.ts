/** The typed calls of editing: how a gateway joins, watches and writes a file. Part of the `File` entity. */
import type { Operation } from "@easel/document"
import * as ClusterSchema from "effect/cluster/ClusterSchema"
import * as Rpc from "effect/rpc/Rpc"
import * as RpcGroup from "effect/rpc/RpcGroup"
import * as Schema from "effect/Schema"
import { absences, CommitIndeterminate, FileBusy, Forbidden, RevisionStale } from "./fileErrors.ts"
import type { OperationResult } from "./frames.ts"
import { opaque } from "./opaque.ts"
import { type Principal, roles } from "./roles.ts"
import { Committed, WatchEvent } from "./watchEvents.ts"

/** Validated operations of one editor, in the order sent. */
export interface Submission extends Principal {
  readonly clientId: string
  /** The socket that will get the answer, and so need not be told. */
  readonly connectionId?: string | undefined
  readonly operations: ReadonlyArray<Operation.Operation>
}

/** One list of results per submission, one result per operation, in the same order. */
export interface Submitted {
  readonly epoch: number
  /** Everything the results speak of is committed at this seq. */
  readonly seq: number
  readonly results: ReadonlyArray<ReadonlyArray<OperationResult>>
}

/** Steps the operations, commits those that are new, and answers when they are durable. */
export const Submit = Rpc.make("Submit", {
  payload: { submissions: opaque<ReadonlyArray<Submission>>("Submissions") },
  success: opaque<Submitted>("Submitted"),
  error: Schema.Union([...absences, CommitIndeterminate, FileBusy])
})

/**
 * Shows the others operations that a gateway has and cannot have committed, while the database is away. A courtesy: who
 * sends it submits the same operations, and nothing is answered.
 */
export const Preview = Rpc.make("Preview", {
  payload: { submissions: opaque<ReadonlyArray<Submission>>("Submissions") },
  error: Schema.Union(absences)
})

const FrameFormat = Schema.Literals(["json", "msgpack"])

/**
 * `{"id":…,"name":…,"objects":[…],"deleted":[…]}` at `seq`, in the format of an editor's frames. As `deflate-raw` it is compressed without a final
 * block, so that compressed head and tail can be put around it.
 */
export const Snapshot = Schema.Struct({
  epoch: Schema.Int,
  seq: Schema.Int,
  format: FrameFormat,
  encoding: Schema.Literals(["identity", "deflate-raw"]),
  body: Schema.Uint8Array
})
export type Snapshot = typeof Snapshot.Type

export const Joined = Schema.Struct({
  color: Schema.String,
  /** Comma-joined JSON of the other editors' presence, in UTF-8. */
  presence: Schema.Uint8Array,
  /** What the editor may do. */
  role: Schema.Literals(roles),
  /** When that ends by itself, in milliseconds since 1970: a share link that expires. */
  roleUntil: Schema.optional(Schema.Number),
  /** Absent when `sinceSeq` could be served by `missed` alone. */
  snapshot: Schema.optional(Snapshot),
  /** What was committed after the snapshot, or after `sinceSeq`. */
  missed: Schema.optional(Committed),
  epoch: Schema.Int,
  /** The editor is complete up to here. */
  seq: Schema.Int,
  /** The latest timestamp among the operations so far: what the editor does next must not lose to them. */
  latestTimestamp: Schema.Int
})
export type Joined = typeof Joined.Type

const principalFields = { userId: Schema.String, linkId: Schema.optional(Schema.String), isAdmin: Schema.optional(Schema.Boolean) }
export const PrincipalSchema = Schema.Struct(principalFields)

const Editor = Schema.Struct({ clientId: Schema.String, ...principalFields, userName: Schema.String })
export type Editor = typeof Editor.Type

/** Adds an editor to the file and says what it needs to be complete. */
export const Join = Rpc.make("Join", {
  payload: {
    gatewayId: Schema.String,
    ...Editor.fields,
    sinceSeq: Schema.optional(Schema.Int),
    /** Of the editor's frames, and so of its snapshot. */
    format: FrameFormat,
    /** Whether the editor takes compressed snapshots. */
    compressed: Schema.Boolean
  },
  success: Joined,
  error: Schema.Union([...absences, Forbidden])
})

/**
 * Committed operations and presence from now on, or from `sinceSeq` without a gap or a repeat. Ends with
 * `FileUnavailable` when the watcher reads too slowly or the actor reloads; the gateway watches again from the last
 * seq it saw.
 */
export const Watch = Rpc.make("Watch", {
  payload: {
    gatewayId: Schema.String,
    sinceSeq: Schema.optional(Schema.Int),
    /** The editors that the gateway already has on this file: a new owner seats them again. */
    editors: Schema.Array(Editor),
    /** The clients that these editors were told of: those that no gateway brings back are told to be gone. */
    shown: Schema.Array(Schema.String)
  },
  success: WatchEvent,
  error: Schema.Union(absences),
  stream: true
}).annotate(ClusterSchema.InterruptOnTermination, true)

/** The whole committed file with its digest. */
export const Read = Rpc.make("Read", {
  payload: { by: PrincipalSchema },
  success: Schema.Struct({ ...Snapshot.fields, digest: Schema.String }),
  error: Schema.Union([...absences, Forbidden])
})

/** Names the file, if it has the revision that is given, and tells everybody who has it open. */
export const Rename = Rpc.make("Rename", {
  payload: { name: Schema.String, by: PrincipalSchema, revision: Schema.optional(Schema.Int) },
  error: Schema.Union([...absences, Forbidden, RevisionStale])
})

/** The file may have gone into the trash: an actor that has it in memory looks, and lets go of it then. */
export const Recheck = Rpc.make("Recheck", { error: Schema.Union(absences) })

export const EditingRpcs = RpcGroup.make(Submit, Preview, Join, Watch, Read, Rename, Recheck)
