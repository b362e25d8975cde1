/** Logs as they are months later. */
import * as Effect from "effect/Effect"
import { TestDatabase } from "./testDatabase.ts"

/** About so long ago, in milliseconds since 1970. */
export const monthsAgo = (months: number): number => Date.now() - months * 31 * 86_400_000

/** Makes it that a range of a file's log was committed in an earlier month. */
export const commitEarlier = (fileId: string, fromSeq: number, toSeq: number, months: number) =>
  Effect.gen(function*() {
    const { sql } = yield* TestDatabase
    const at = new Date(monthsAgo(months))
    yield* sql`SELECT easel_ensure_operations_partition((${at}::timestamptz AT TIME ZONE 'UTC')::date)`
    yield* sql`UPDATE operations SET committed_at = ${at}::timestamptz + seq * interval '1 millisecond'
      WHERE file_id = ${fileId}::uuid AND seq BETWEEN ${fromSeq} AND ${toSeq}`
  })

/** Months of the log that the table has, and rows of a file by where they lie. */
export const whereIs = (fileId: string) =>
  Effect.gen(function*() {
    const { sql } = yield* TestDatabase
    const rows = yield* sql<{ place: string; rows: number }>`
      SELECT CASE WHEN tableoid = 'operations_kept'::regclass THEN 'kept' ELSE 'table' END AS place, count(*)::int AS rows
      FROM operations WHERE file_id = ${fileId}::uuid GROUP BY 1
      UNION ALL SELECT 'segments', coalesce(sum(to_seq - from_seq + 1), 0)::int FROM log_segments WHERE file_id = ${fileId}::uuid`
    const of = (place: string) => rows.find((row) => row.place === place)?.rows ?? 0
    return { table: of("table"), kept: of("kept"), segments: of("segments") }
  })
