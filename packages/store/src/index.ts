/** The only code that speaks to PostgreSQL and object storage. */
export { Checkpoints } from "./Checkpoints.ts"
export { CommitConnection } from "./CommitConnection.ts"
export { EpochStale, type FileRow, Files, type FilesCursor, type Grant } from "./Files.ts"
export { type CommitError, CommitRefused, CommitStale, CommitUnknown, Journal, type JournalBatch } from "./Journal.ts"
export type { JournalEntry } from "./JournalRows.ts"
export { Log } from "./Log.ts"
export { ObjectStore } from "./ObjectStore.ts"
export { StoreUnavailable } from "./StoreUnavailable.ts"
