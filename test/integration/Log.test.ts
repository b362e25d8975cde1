/** The log gives back what the journal took: every entry, in order, to the last character. */
import { expect, layer } from "@effect/vitest"
import { Files, Journal, Log } from "@easel/store"
import type { LogEntry } from "@easel/protocol"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { json, logEntries } from "../harness/arbitraries.ts"
import { entryOf, rowsOf } from "../harness/journalBatch.ts"
import { forAll } from "../harness/property.ts"
import * as store from "../harness/storeLayer.ts"
import { TestDatabase, testLease } from "../harness/testDatabase.ts"

const commit = (entries: ReadonlyArray<LogEntry>) =>
  Effect.gen(function*() {
    const files = yield* Files
    const journal = yield* Journal
    const { id } = yield* files.create("Log")
    const { epoch } = yield* files.activate(id, testLease)
    if (entries.length > 0) yield* journal.append({ fileId: id, epoch, access: 0, expectedSeq: 0, rows: rowsOf(entries) })
    return id
  })

const seqs = (entries: ReadonlyArray<LogEntry>) => entries.map(({ seq }) => seq)

/** Numbers that lose digits, signs or exponents on the way through other formats. */
const numbers = [
  0, 1, -1, 0.1, -0.1, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 2 ** 53, -(2 ** 53), 0.1 + 0.2, 1e300, 4.35
]

/** Texts that escape, sort or measure differently in JSON, UTF-8 and UTF-16. */
const texts = [
  "", " ", "\"", "\\", "\\u0000", "\n\r\t\b\f", "\u0001\u001f\u007f", "\u2028\u2029", "é", "e\u0301", "中文", "😀", "👩‍👩‍👧", "\ufeff", "\uffff",
  "a".repeat(10_000), "'; DROP TABLE operations; --", "null", "[1]"
]

layer(store.layer, { excludeTestServices: true })("Log", (it) => {
  it.effect("A6: random entries come back exactly as they were committed", () =>
    Effect.gen(function*() {
      const log = yield* Log
      yield* forAll(logEntries(25), (generated) =>
        Effect.gen(function*() {
          const entries = generated.filter(({ operation }) => !("parentId" in operation) || operation.parentId !== operation.objectId)
            .map((entry, index) => ({ ...entry, seq: index + 1 }))
          const fileId = yield* commit(entries)
          const read = yield* log.read(fileId, 0, entries.length, 100)
          expect(plain(read)).toEqual(plain(entries))
        }), { numRuns: 60 })
    }))

  it.effect("A6: values of every kind and nesting come back", () =>
    Effect.gen(function*() {
      const log = yield* Log
      const deep = Array.from({ length: 31 }).reduce<unknown>((inner) => [inner], "deep")
      const values = [
        ...numbers, ...texts, true, false, null, [], {}, [null], { a: null }, { "": "" }, { "ä\"\\": [1, { b: [] }] },
        numbers, texts, JSON.parse(JSON.stringify(deep))
      ]
      const entries = values.map((newValue, index) => entryOf(index + 1, { newValue }))
      const fileId = yield* commit(entries)
      expect(yield* log.read(fileId, 0, entries.length, 1_000)).toEqual(entries)
    }))

  it.effect("A6: old values come back too, null as null and none as none", () =>
    Effect.gen(function*() {
      const log = yield* Log
      yield* forAll(fc.array(fc.option(json, { nil: undefined }), { minLength: 1, maxLength: 10 }), (olds) =>
        Effect.gen(function*() {
          const entries = olds.map((oldValue, index): LogEntry => {
            return entryOf(index + 1, oldValue === undefined ? {} : { oldValue })
          })
          const fileId = yield* commit(entries)
          expect(plain(yield* log.read(fileId, 0, entries.length, 100))).toEqual(plain(entries))
        }), { numRuns: 40 })
    }))

  it.effect("A10: reads stop where they are told to and start after what is known", () =>
    Effect.gen(function*() {
      const log = yield* Log
      const fileId = yield* commit(Array.from({ length: 100 }, (_, index) => entryOf(index + 1)))
      expect(seqs(yield* log.read(fileId, 0, 100, 1_000))).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
      expect(seqs(yield* log.read(fileId, 40, 45, 1_000))).toEqual([41, 42, 43, 44, 45])
      expect(seqs(yield* log.read(fileId, 40, 100, 3))).toEqual([41, 42, 43])
      expect(seqs(yield* log.read(fileId, 100, 100, 3))).toEqual([])
      expect(seqs(yield* log.read(fileId, 99, 500, 3))).toEqual([100])
      expect(seqs(yield* log.read(crypto.randomUUID(), 0, 100, 3))).toEqual([])
    }))

  it.effect("A10: the order is that of seq, over all months", () =>
    Effect.gen(function*() {
      const log = yield* Log
      const { sql } = yield* TestDatabase
      const fileId = yield* commit(Array.from({ length: 9 }, (_, index) => entryOf(index + 1)))
      for (const months of [1, 2]) {
        yield* sql`SELECT easel_ensure_operations_partition((current_date - make_interval(months => ${months}))::date)`
        yield* sql`UPDATE operations SET committed_at = now() - make_interval(months => ${months})
          WHERE file_id = ${fileId}::uuid AND seq BETWEEN ${7 - 3 * months} AND ${9 - 3 * months}`
      }
      const [spread] = yield* sql<{ partitions: number }>`
        SELECT count(DISTINCT tableoid)::int AS partitions FROM operations WHERE file_id = ${fileId}::uuid`
      expect(spread?.partitions).toBe(3)
      expect(seqs(yield* log.read(fileId, 0, 9, 100))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
      expect(seqs(yield* log.read(fileId, 2, 9, 4))).toEqual([3, 4, 5, 6])
    }))

  it.effect("A5: keys are found in their own file only, however many are asked for", () =>
    Effect.gen(function*() {
      const log = yield* Log
      const entries = Array.from({ length: 50 }, (_, index) => entryOf(index + 1, { key: `key${index + 1}` }))
      const fileId = yield* commit(entries)
      const other = yield* commit([entryOf(1, { key: "elsewhere" })])
      const found = yield* log.findKeys(fileId, ["key7", "nowhere", "key50", "elsewhere", "'; --"])
      expect([...found].sort((a, b) => a.seq - b.seq)).toEqual([entries[6], entries[49]])
      expect(yield* log.findKeys(fileId, [])).toEqual([])
      expect(seqs(yield* log.findKeys(other, ["key7", "elsewhere"]))).toEqual([1])
      const many = Array.from({ length: 10_000 }, (_, index) => `key${index + 1}`)
      expect(yield* log.findKeys(fileId, many)).toHaveLength(50)
    }))

  it.effect("A6: a row that is no operation is an error, never left out", () =>
    Effect.gen(function*() {
      const log = yield* Log
      const { sql } = yield* TestDatabase
      const fileId = yield* commit(Array.from({ length: 5 }, (_, index) => entryOf(index + 1)))
      yield* sql`UPDATE operations SET operation_type = 'explode' WHERE file_id = ${fileId}::uuid AND seq = 3`
      expect((yield* Effect.exit(log.read(fileId, 0, 5, 100)))._tag).toBe("Failure")
      expect(seqs(yield* log.read(fileId, 0, 2, 100))).toEqual([1, 2])
    }))
})

/** JSON as JSON sees it: `-0` is `0`, whatever prototype an object has. */
const plain = (entries: ReadonlyArray<LogEntry>): unknown => JSON.parse(JSON.stringify(entries))
