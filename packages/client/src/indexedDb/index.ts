/** Keeps the operations of a browser tab that wait for the server, so that they outlive the tab. */
import type { Outbox } from "../Outbox.ts"
import { IndexedDbOutbox } from "./IndexedDbOutbox.ts"

/**
 * An outbox in this browser's IndexedDB for one `EditorFile`. Returns at once; nothing is opened before the file opens
 * it. Where the browser cannot keep anything, the file hears so by `outboxFailed`.
 */
export const openIndexedDbOutbox = (fileId: string): Outbox => new IndexedDbOutbox(fileId)
