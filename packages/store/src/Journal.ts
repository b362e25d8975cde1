/**
 * The journal: one per node, appends of all its files share a group commit.
 *
 * A statement advances `files.head_seq` where epoch, head and access are as the writer believes, and inserts the
 * operation rows of the files that advanced: nobody but the granted writer can commit, never with a gap, and never
 * under roles that have changed. Statements are
 * pipelined on one connection, so they commit in the order of their calls. There is no timer: while a statement runs,
 * the next group gathers. An append returns when its rows are durable.
 *
 * A group that PostgreSQL refuses is bisected, so that only the poison operation's file hears of it. What happened to
 * a commit whose connection broke is unknown, and is said so; only reading the log can tell. One that was not sent,
 * because PostgreSQL keeps failing (`Policy`), is answered alike: there is one way back for all of them.
 */
import * as PgTypes from "@effect/sql-pg/PgTypes"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { CommitConnection } from "./CommitConnection.ts"
import * as metrics from "./journalMetrics.ts"
import { array, columnNames, type JournalEntry, parameters, selectRow, unnestRows } from "./JournalRows.ts"
import { Policy } from "./Policy.ts"
import { isPoison, isUniqueViolation, sqlStateOf } from "./sqlState.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"

/** Entries of one file, following each other: the first one's seq is `expectedSeq + 1`. */
export interface JournalBatch {
  readonly fileId: string
  readonly epoch: number
  /** `Grant.access`, at which the roles of the authors were read. */
  readonly access: number
  readonly expectedSeq: number
  readonly rows: ReadonlyArray<JournalEntry>
}

/** Nothing of the batch is committed: the file moved on, was granted to somebody else, holds one of the keys, or roles changed. */
export class CommitStale extends Schema.TaggedError<CommitStale>()("CommitStale", { fileId: Schema.String }) {}

/** Nothing of the batch is committed, and these entries never can be. */
export class CommitRefused extends Schema.TaggedError<CommitRefused>()("CommitRefused", {
  fileId: Schema.String,
  seqs: Schema.Array(Schema.Int),
  sqlState: Schema.String
}) {}

/** The batch may or may not be committed. */
export class CommitUnknown extends Schema.TaggedError<CommitUnknown>()("CommitUnknown", {
  fileId: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return this.reason
  }
}

export type CommitError = CommitStale | CommitRefused | CommitUnknown

/** Statements under way at once. Two keep the connection busy while replies travel; more would only shrink groups. */
const pipelineMax = 2

/** Rows in one statement: about 4 MB of parameters. */
const rowsMax = 10_000

export class Journal extends Context.Service<Journal, {
  readonly append: (batch: JournalBatch) => Effect.Effect<void, CommitError>
}>()("@easel/store/Journal") {
  static readonly layer = Layer.effect(Journal, Effect.suspend(() => make))
}

interface Waiter {
  readonly batch: JournalBatch
  readonly resume: (result: Effect.Effect<void, CommitError>) => void
}

const make = Effect.gen(function*() {
  const connection = yield* CommitConnection
  const sql = yield* SqlClient.SqlClient
  const policy = yield* Policy
  const fork = yield* FiberSet.makeRuntime<never>()
  const waiting: Array<Waiter> = []
  let running = 0
  let bisections = 0

  const pump = (): void => {
    while (waiting.length > 0 && running < pipelineMax && bisections === 0) {
      const group = takeGroup(waiting)
      running++
      fork(commit(group).pipe(
        Effect.ensuring(Effect.sync(() => {
          running--
          pump()
        }))
      ))
    }
  }

  const commit = (group: ReadonlyArray<Waiter>): Effect.Effect<void> =>
    // Suspended, so that what cannot be encoded fails this group and not the pump.
    Effect.suspend(() => execute(group)).pipe(
      Effect.exit,
      Effect.flatMap((exit) => {
        if (Exit.isSuccess(exit)) return Effect.sync(() => settle(group, exit.value))
        const error = Exit.findErrorOption(exit)
        const sqlState = error._tag === "Some" && error.value._tag === "SqlError" ? sqlStateOf(error.value) : undefined
        if (sqlState !== undefined && (isPoison(sqlState) || isUniqueViolation(sqlState))) return bisect(group, sqlState)
        const reason = error._tag === "Some" ? error.value.message : "the commit was interrupted"
        return Effect.sync(() => {
          for (const { batch, resume } of group) resume(Effect.fail(new CommitUnknown({ fileId: batch.fileId, reason })))
        })
      })
    )

  /** The files whose head advanced. */
  const execute = (group: ReadonlyArray<Waiter>): Effect.Effect<ReadonlySet<unknown>, SqlError | StoreUnavailable> => {
    const batches = group.map((waiter) => waiter.batch)
    const { OID } = PgTypes
    const statement = connection.queryValues(commitStatement, [
      array(batches.map((batch) => batch.fileId), OID.uuid),
      array(batches.map((batch) => BigInt(batch.epoch)), OID.int8),
      array(batches.map((batch) => BigInt(batch.access)), OID.int8),
      array(batches.map((batch) => BigInt(batch.expectedSeq)), OID.int8),
      array(batches.map((batch) => BigInt(batch.expectedSeq + batch.rows.length)), OID.int8),
      ...parameters(batches)
    ])
    return policy.commit(statement).pipe(
      Effect.map((rows) => new Set(rows.map(([fileId]) => fileId))),
      metrics.observeCommit(batches.reduce((rows, batch) => rows + batch.rows.length, 0))
    )
  }

  const settle = (group: ReadonlyArray<Waiter>, advanced: ReadonlySet<unknown>): void => {
    for (const { batch, resume } of group) {
      resume(advanced.has(batch.fileId) ? Effect.void : Effect.fail(new CommitStale({ fileId: batch.fileId })))
    }
  }

  /** Later groups wait meanwhile: one of them might hold the next batch of a file in this one. */
  const bisect = (group: ReadonlyArray<Waiter>, sqlState: string): Effect.Effect<void> =>
    Effect.suspend(() => {
      bisections++
      return bisectGroup(group, sqlState)
    }).pipe(Effect.ensuring(Effect.sync(() => {
      bisections--
    })))

  const bisectGroup = (group: ReadonlyArray<Waiter>, sqlState: string): Effect.Effect<void> => {
    const [only] = group
    if (only === undefined) return Effect.void
    if (group.length > 1) {
      const middle = group.length >> 1
      return Effect.andThen(commit(group.slice(0, middle)), commit(group.slice(middle)))
    }
    const { batch, resume } = only
    // A key that is already in the log: the writer looks it up and answers `duplicate`.
    if (isUniqueViolation(sqlState)) return Effect.sync(() => resume(Effect.fail(new CommitStale({ fileId: batch.fileId }))))
    return findPoison(batch, batch.rows).pipe(
      Effect.map((rows) => new CommitRefused({ fileId: batch.fileId, seqs: rows.map((row) => row.entry.seq), sqlState })),
      Effect.catchTag("SqlError", (error) => Effect.succeed(new CommitUnknown({ fileId: batch.fileId, reason: error.message }))),
      Effect.map((error) => resume(Effect.fail(error)))
    )
  }

  /** The entries that PostgreSQL refuses, found by trying halves in a transaction that is rolled back. */
  const findPoison = (batch: JournalBatch, rows: ReadonlyArray<JournalEntry>): Effect.Effect<ReadonlyArray<JournalEntry>, SqlError> =>
    Effect.gen(function*() {
      if (!(yield* refuses(batch, rows))) return []
      if (rows.length === 1) return rows
      const middle = rows.length >> 1
      const first = yield* findPoison(batch, rows.slice(0, middle))
      const second = yield* findPoison(batch, rows.slice(middle))
      return [...first, ...second]
    })

  const refuses = (batch: JournalBatch, rows: ReadonlyArray<JournalEntry>): Effect.Effect<boolean, SqlError> =>
    Effect.suspend(() => sql.unsafe(probeStatement, parameters([{ ...batch, rows }]))).pipe(
      Effect.andThen(Effect.fail("accepted" as const)),
      sql.withTransaction,
      Effect.catch((error) => {
        if (error === "accepted") return Effect.succeed(false)
        const sqlState = sqlStateOf(error)
        return isPoison(sqlState) || isUniqueViolation(sqlState) ? Effect.succeed(isPoison(sqlState)) : Effect.fail(error)
      })
    )

  return Journal.of({
    append: (batch) =>
      Effect.callback<void, CommitError>((resume) => {
        waiting.push({ batch, resume })
        pump()
      })
  })
})

/** As many waiting batches as one statement holds, at most one per file: the second could not see the first. */
const takeGroup = (waiting: Array<Waiter>): ReadonlyArray<Waiter> => {
  const group: Array<Waiter> = []
  const files = new Set<string>()
  let rows = 0
  let index = 0
  while (index < waiting.length && rows < rowsMax) {
    const waiter = waiting[index]
    if (waiter === undefined) break
    if (files.has(waiter.batch.fileId)) {
      index++
      continue
    }
    files.add(waiter.batch.fileId)
    rows += waiter.batch.rows.length
    group.push(waiter)
    waiting.splice(index, 1)
  }
  return group
}

const commitStatement = `
WITH batch AS MATERIALIZED (
  SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) AS b (file_id, epoch, access, expected_seq, head_seq)
), r AS MATERIALIZED (
  SELECT * FROM ${unnestRows(6)}
), taken AS MATERIALIZED (
  SELECT DISTINCT r.file_id FROM r CROSS JOIN LATERAL (
    SELECT FROM operations o
    WHERE o.file_id = r.file_id AND o.idempotency_key = r.idempotency_key AND o.committed_at < date_trunc('month', now(), 'UTC')
    LIMIT 1) earlier
), advanced AS (
  UPDATE files f SET head_seq = b.head_seq, updated_at = now() FROM batch b
  WHERE f.id = b.file_id AND f.epoch = b.epoch AND f.access = b.access AND f.head_seq = b.expected_seq AND f.deleted_at IS NULL
    AND NOT EXISTS (SELECT FROM taken t WHERE t.file_id = b.file_id)
  RETURNING f.id
), inserted AS (
  INSERT INTO operations (${columnNames}) SELECT ${selectRow} FROM r JOIN advanced a ON a.id = r.file_id
)
SELECT id::text FROM advanced`

const probeStatement = `INSERT INTO operations (${columnNames}) SELECT ${selectRow} FROM ${unnestRows(1)}`
