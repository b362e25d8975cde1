/**
 * The frames of the editor protocol, `{type, payload}`. Rules and examples: SPEC.md.
 *
 * Types only, so that the SDK can import them without a schema library. Frames from editors are decoded by
 * `editorFrame.ts`; frames to editors are written by the gateway.
 */
import type { Json, ObjectView } from "@easel/document"
import type { Comment, CommentsPage } from "./comments.ts"
import type { ErrorCode } from "./codes.ts"
import type { Role } from "./roles.ts"

export type OperationStatus = "applied" | "superseded" | "duplicate" | "rejected"

export interface OperationResult {
  readonly id: string
  readonly status: OperationStatus
  /** Where the operation stands in the log; 0 for a rejected one. */
  readonly seq: number
  readonly reason?: string
  readonly message?: string
  /** Of a duplicate: what the first one came to. */
  readonly first?: "applied" | "superseded"
  /** Present when the server used another timestamp than the editor sent. */
  readonly timestamp?: number
  /** Present when the server chose the position among the siblings. */
  readonly orderKey?: string
}

/** An operation as others see it: what the editor sent, with what the server assigned. */
export interface WireOperation {
  readonly id: string
  readonly operationType: "create" | "update" | "delete" | "restore" | "move"
  readonly objectId: string
  readonly objectType?: string
  readonly propertyPath?: string
  readonly oldValue?: Json
  readonly newValue?: Json
  readonly timestamp: number
  /** Absent when it is the id. */
  readonly idempotencyKey?: string
  readonly clientId: string
  readonly userId: string
  readonly seq: number
}

export interface PresenceEntry {
  readonly clientId: string
  readonly userId: string
  readonly userName: string
  readonly color: string
  readonly cursor: Json
  readonly selection: Json
  readonly viewport: Json
}

export interface FileView {
  readonly id: string
  readonly name: string
  readonly objects: ReadonlyArray<ObjectView>
  /** Deleted objects with their properties, so that `restore` needs no question. */
  readonly deleted: ReadonlyArray<ObjectView>
}

/** Why a comment was not written. After `busy` and `unavailable` it may be sent again, under the same request id. */
export type CommentRefusal = "forbidden" | "comment_missing" | "comments_full" | "request_conflict" | "file_missing" | "busy" | "unavailable"

export type Mode = "normal" | "degraded" | "readonly" | "draining"

/** What the editor may do here, and until when it is who it says. */
export interface Access {
  readonly role: Role
  /** When its token, or its share link, expires, in milliseconds since 1970; absent when nothing does. */
  readonly expiresAt?: number
}

interface SyncCommon extends Access {
  readonly presence: ReadonlyArray<PresenceEntry>
  readonly yourColor: string
  readonly clientId: string
  readonly seq: number
  readonly epoch: number
  readonly serverTime: number
  /** The latest timestamp among the file's operations, which may lie up to a second after `serverTime`. */
  readonly latestTimestamp: number
  readonly protocolVersion: number
}

export type ServerFrame =
  | { readonly type: "sync"; readonly payload: SyncCommon & { readonly file: FileView } }
  | {
    readonly type: "sync"
    readonly payload: SyncCommon & { readonly operations: ReadonlyArray<WireOperation>; readonly fromSeq: number }
  }
  | {
    readonly type: "operation"
    readonly payload: { readonly operations: ReadonlyArray<WireOperation>; readonly seq: number; readonly epoch: number }
  }
  /** What others did while the server cannot save it (T1): their seqs only order them. */
  | { readonly type: "tentative"; readonly payload: { readonly operations: ReadonlyArray<WireOperation> } }
  | {
    readonly type: "ack"
    readonly payload: {
      readonly operationIds: ReadonlyArray<string>
      readonly results: ReadonlyArray<OperationResult>
      readonly seq: number
    }
  }
  | {
    readonly type: "presence"
    readonly payload: { readonly presence: ReadonlyArray<PresenceEntry>; readonly left: ReadonlyArray<string> }
  }
  /** Comments that changed after `fromSeq`; without comments and beyond what the editor knows, that it has missed some. */
  | { readonly type: "comments"; readonly payload: Omit<CommentsPage, "userId"> & { readonly userId?: string } }
  /** A comment was made or changed, by whomever. */
  | { readonly type: "comment"; readonly payload: { readonly comment: Comment } }
  /** What became of a write: the comment as it is after it, or why it was refused. */
  | { readonly type: "commented"; readonly payload: { readonly requestId: string; readonly comment?: Comment; readonly reason?: CommentRefusal } }
  /** The role has changed, or the token was refreshed. */
  | { readonly type: "access"; readonly payload: Access }
  | { readonly type: "renamed"; readonly payload: { readonly name: string } }
  | { readonly type: "status"; readonly payload: { readonly mode: Mode; readonly retryAfter?: number } }
  | { readonly type: "pong"; readonly payload: { readonly serverTime: number; readonly echo?: Json } }
  | {
    readonly type: "error"
    readonly payload: {
      readonly code: ErrorCode
      readonly message: string
      readonly operationIds?: ReadonlyArray<string>
    }
  }
