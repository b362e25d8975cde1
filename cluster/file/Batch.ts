/**
 * Submissions on their way through an actor: the ticket that waits for an answer, the answer that waits for its commit,
 * and the batch that is one append to the journal.
 */
import type {
  CommitIndeterminate,
  FileBusy,
  FileMissing,
  FileDamaged,
  FileMoved,
  FileUnavailable,
  OperationResult,
  Submission,
  Submitted
} from "@easel/protocol"
import type { JournalEntry } from "@easel/store"
import type * as Effect from "effect/Effect"
import type { FileState } from "./FileState.ts"

export type SubmitError = FileMissing | FileDamaged | FileUnavailable | FileMoved | CommitIndeterminate | FileBusy

export interface Ticket {
  readonly _tag: "Submit"
  readonly submissions: ReadonlyArray<Submission>
  readonly arrivedMillis: number
  readonly resume: (answer: Effect.Effect<Submitted, SubmitError>) => void
}

export interface Answer {
  readonly ticket: Ticket
  readonly results: ReadonlyArray<ReadonlyArray<OperationResult>>
}

export interface Batch {
  readonly fromSeq: number
  readonly after: FileState
  readonly rows: ReadonlyArray<JournalEntry>
  readonly answers: Array<Answer>
}

export const ticketsOf = (batches: ReadonlyArray<Batch>): ReadonlyArray<Ticket> =>
  batches.flatMap(({ answers }) => answers.map(({ ticket }) => ticket))

/** Each ticket's own part of the results. */
export const share = (tickets: ReadonlyArray<Ticket>, results: Answer["results"]): Array<Answer> => {
  let start = 0
  return tickets.map((ticket) => {
    const end = start + ticket.submissions.length
    const answer = { ticket, results: results.slice(start, end) }
    start = end
    return answer
  })
}

/**
 * Operations with a timestamp of this age may have been committed so long ago that their keys have left the table
 * (`wasSentAsStored`): the offline horizon is a day at least, and clocks of nodes and database differ by less than hours.
 */
const recentMillis = 12 * 3_600_000

/**
 * What the log must be asked before an outcome counts: whether it has the keys of operations that were refused, and not
 * because of what is known about their keys, or that are old. `undefined` when there is no doubt.
 */
export const doubtOf = (submissions: ReadonlyArray<Submission>, results: Answer["results"], nowMillis: number): Doubt | undefined => {
  let isDoubtful = false
  let sinceMillis: number | undefined
  submissions.forEach(({ operations }, index) => {
    operations.forEach(({ timestamp }, at) => {
      const { reason, status } = results[index]?.[at] ?? {}
      const isKnown = status === "duplicate" || reason === "idempotency_conflict" || reason === "refused_by_database"
      const isOld = timestamp < nowMillis - recentMillis
      if (isOld) sinceMillis = Math.min(timestamp, sinceMillis ?? timestamp)
      if (!isKnown && (isOld || status === "rejected")) isDoubtful = true
    })
  })
  // All are looked up: with this look, what earlier ones found is forgotten.
  return isDoubtful ? { keys: submissions.flatMap(({ operations }) => operations.map(({ idempotencyKey }) => idempotencyKey)), sinceMillis } : undefined
}

interface Doubt {
  readonly keys: ReadonlyArray<string>
  /** The earliest timestamp of those that are old, if any are. */
  readonly sinceMillis: number | undefined
}

export const withRefused = (keys: ReadonlySet<string>, batch: Batch, seqs: ReadonlyArray<number>): ReadonlySet<string> => {
  const refused = batch.rows.filter(({ entry }) => seqs.includes(entry.seq))
  return new Set([...keys, ...refused.map(({ entry }) => entry.operation.idempotencyKey)])
}
