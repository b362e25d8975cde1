/**
 * The editor protocol as somebody reads it who has only the contract: four messages there, four back, JSON text
 * frames `{type, payload}`. Shares nothing with `packages/protocol`, so that a change of the wire shows in tests.
 */
import type { Json, ModelView } from "./model.ts"

export interface SentOperation {
  readonly id: string
  readonly operationType: "create" | "update" | "delete" | "restore" | "move"
  readonly objectId: string
  readonly propertyPath?: string
  readonly oldValue?: Json
  readonly newValue?: Json
  readonly timestamp: number
  readonly idempotencyKey: string
}

/** An operation as the others get it. */
export interface ToldOperation extends SentOperation {
  readonly clientId: string
  readonly userId: string
  readonly seq: number
}

export interface Result {
  readonly id: string
  readonly status: "applied" | "superseded" | "duplicate" | "rejected"
  readonly seq: number
  readonly reason?: string
  readonly message?: string
  readonly first?: "applied" | "superseded"
  readonly timestamp?: number
  readonly orderKey?: string
}

export interface Presence {
  readonly clientId: string
  readonly userId: string
  readonly userName: string
  readonly color: string
  readonly cursor: Json
  readonly selection: Json
  readonly viewport: Json
}

export interface Sync {
  /** Absent when the answer is what was missed. */
  readonly file?: {
    readonly id: string
    readonly name: string
    readonly objects: ReadonlyArray<ModelView>
    readonly deleted: ReadonlyArray<ModelView>
  }
  readonly fileId?: string
  readonly operations?: ReadonlyArray<ToldOperation>
  readonly fromSeq?: number
  readonly presence: ReadonlyArray<Presence>
  readonly yourColor: string
  readonly clientId: string
  readonly seq: number
  readonly epoch: number
  readonly role: string
  readonly expiresAt?: number
  readonly serverTime: number
  readonly latestTimestamp: number
  readonly protocolVersion: number
}

export interface Comment {
  readonly id: string
  readonly threadId: string
  readonly anchor: Json
  readonly body: string
  readonly createdBy: string
  readonly resolvedAt: number | null
  readonly deleted: boolean
  readonly seq: number
}

export interface Payloads {
  readonly sync: Sync
  readonly operation: { readonly operations: ReadonlyArray<ToldOperation>; readonly seq: number; readonly epoch: number }
  readonly ack: { readonly operationIds: ReadonlyArray<string>; readonly results: ReadonlyArray<Result>; readonly seq: number }
  readonly presence: { readonly presence: ReadonlyArray<Presence>; readonly left: ReadonlyArray<string> }
  readonly access: { readonly role: string; readonly expiresAt?: number }
  readonly comments: { readonly comments: ReadonlyArray<Comment>; readonly fromSeq: number; readonly seq: number; readonly headSeq: number }
  readonly comment: { readonly comment: Comment }
  readonly commented: { readonly requestId: string; readonly comment?: Comment; readonly reason?: string }
  readonly renamed: { readonly name: string }
  readonly status: { readonly mode: string }
  readonly pong: { readonly serverTime: number; readonly echo?: Json }
  readonly error: { readonly code: string; readonly message: string; readonly operationIds?: ReadonlyArray<string> }
}

export type FrameType = keyof Payloads

export type Frame = { readonly [Type in FrameType]: { readonly type: Type; readonly payload: Payloads[Type] } }[FrameType]

/** What `subscribe` may say. */
export interface Subscription {
  readonly fileId: string
  readonly userId: string
  readonly userName?: string
  readonly sinceSeq?: number
  readonly clientId?: string
  readonly compression?: "deflate-raw"
  readonly token?: string
  readonly link?: string
}

/** What `GET /api/files/{id}` answers. */
export interface FileRead {
  readonly id: string
  readonly name: string
  readonly seq: number
  readonly epoch: number
  readonly digest: string
  readonly objects: ReadonlyArray<ModelView>
  readonly deleted: ReadonlyArray<ModelView>
}
