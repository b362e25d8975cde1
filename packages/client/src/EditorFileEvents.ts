/** What a file in an editor tells of itself: its status, and the events that announce each change. */
import type { OperationResult, PresenceEntry, Role, WireOperation } from "@easel/protocol/editor"
import type { Thread } from "./Comments.ts"
import type { OutboxState } from "./GuardedOutbox.ts"
import type { OutboxFailure } from "./Outbox.ts"

export type Connectivity = "connecting" | "online" | "offline" | "failed" | "closed"

export interface Status {
  readonly connectivity: Connectivity
  /** Own operations, and such taken over from pages that are gone, not yet known to be on the server's disk. */
  readonly waiting: number
  /** `readonly` while the role does not allow editing, whatever else is the matter. */
  readonly mode: "normal" | "degraded" | "readonly" | "draining"
  /** What the user may do, as far as the server has told. */
  readonly role: Role | undefined
  /** Whether what waits outlives the page. */
  readonly outbox: OutboxState
}

export interface EditorFileEvents {
  /** The view changed. `objectIds` is absent when everything may have. */
  readonly change: { readonly objectIds?: ReadonlySet<string>; readonly origin: "local" | "remote" }
  /** What others did, as the server told it, up to a seq; after the view changed. What a snapshot holds is not told. */
  readonly operations: { readonly operations: ReadonlyArray<WireOperation>; readonly seq: number }
  readonly status: Status
  readonly presence: ReadonlyMap<string, PresenceEntry>
  /** The threads have changed, or are known now. */
  readonly comments: ReadonlyArray<Thread>
  readonly ack: { readonly results: ReadonlyArray<OperationResult> }
  /** An own operation that the server refused; the view has already gone back. */
  readonly rejected: OperationResult
  /** The file cannot be opened, or not any more; no further tries are made. What waits stays in the outbox. */
  readonly failed: { readonly code: string; readonly message: string }
  /** What is changed from now on is lost when the page goes before the server has it. Editing goes on. */
  readonly outboxFailed: OutboxFailure
  /** The file has another name now. */
  readonly renamed: { readonly name: string }
  readonly synced: { readonly seq: number }
}
