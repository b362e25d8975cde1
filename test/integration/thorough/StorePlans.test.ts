/**
 * The plans of the store's statements on tables that are worth an index: what PostgreSQL would do with exactly what
 * the store asks, with its own statistics and nothing switched off.
 */
import { expect, layer } from "@effect/vitest"
import { BlobReferences, Checkpoints, Comments, CommitConnection, Exports, Files, Journal, Log, type StoreUnavailable, Thumbnails, Versions } from "@easel/store"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { batchOf } from "../../harness/journalBatch.ts"
import { recordedClient, recordedCommits, type RecordedStatement } from "../../harness/recordStatements.ts"
import * as store from "../../harness/storeLayer.ts"
import { TestDatabase, testLease } from "../../harness/testDatabase.ts"

const record: Array<RecordedStatement> = []

const commits = Layer.unwrap(Effect.map(TestDatabase, ({ url }) => CommitConnection.layer({ url: Redacted.make(url) })))

const recorded = Layer.mergeAll(Files.layer, Log.layer, Journal.layer, Checkpoints.layer, BlobReferences.layer, Comments.layer, Exports.layer, Thumbnails.layer, Versions.layer).pipe(
  Layer.provide([recordedClient(record), recordedCommits(record)]),
  Layer.provide([store.sqlClient, commits, store.objectStore]),
  Layer.provideMerge(TestDatabase.layer),
  Layer.provideMerge(store.quiet)
)

interface Plan {
  readonly "Node Type": string
  readonly "Index Name"?: string
  readonly "Relation Name"?: string
  readonly Plans?: ReadonlyArray<Plan>
}

const nodesOf = (plan: Plan): ReadonlyArray<Plan> => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]

/** The plan of the last statement that an effect caused. */
const planOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    yield* effect
    const statement = record.at(-1)
    if (statement === undefined) throw new Error("no statement was recorded")
    const { sql } = yield* TestDatabase
    const [row] = yield* sql.unsafe<{ "QUERY PLAN": ReadonlyArray<{ readonly Plan: Plan }> }>(
      `EXPLAIN (FORMAT JSON) ${statement.text}`,
      statement.parameters
    )
    return (row?.["QUERY PLAN"] ?? []).flatMap(({ Plan }) => nodesOf(Plan))
  })

/** Tables read row by row from one end to the other. */
const scanned = (nodes: ReadonlyArray<Plan>) =>
  nodes.filter((node) => node["Node Type"] === "Seq Scan").map((node) => node["Relation Name"])
const sorts = (nodes: ReadonlyArray<Plan>) => nodes.filter((node) => node["Node Type"].endsWith("Sort"))
const indexes = (nodes: ReadonlyArray<Plan>) => nodes.flatMap((node) => node["Index Name"] ?? [])

const largeFileId = crypto.randomUUID()

/**
 * 30,000 files; 200 of them with 500 operations, spread over four months, and 40 checkpoints and versions each; one with 40,000
 * operations of this month.
 */
const filled = Effect.gen(function*() {
  const { sql } = yield* TestDatabase
  yield* sql`SELECT easel_ensure_operations_partition((current_date - interval '1 month')::date)`
  yield* sql`INSERT INTO files (name, created_at, head_seq, epoch)
    SELECT 'file', now() - n * interval '1 second', CASE WHEN n <= 200 THEN 500 ELSE 0 END, 1 FROM generate_series(1, 30000) n`
  yield* sql`INSERT INTO operations (file_id, seq, epoch, committed_at, operation_id, idempotency_key, content_hash, status,
      operation_type, object_id, property_path, new_value, "timestamp", user_id, client_id)
    SELECT id, seq, 1, date_trunc('month', now()) + make_interval(months => (seq - 1) / 125 - 1), 'operation-' || seq,
      'key-' || seq, 'hash', 'applied', 'update', 'object', 'name', '"value"', 0, 'user', 'client'
    FROM files, generate_series(1, 500) seq WHERE head_seq = 500`
  yield* sql`INSERT INTO files (id, name, head_seq) VALUES (${largeFileId}::uuid, 'large', 40000)`
  yield* sql`INSERT INTO operations (file_id, seq, epoch, operation_id, idempotency_key, content_hash, status,
      operation_type, object_id, property_path, new_value, "timestamp", user_id, client_id)
    SELECT ${largeFileId}::uuid, seq, 1, 'operation-' || seq, 'key-' || seq, 'hash', 'applied', 'update', 'object', 'name', '"value"', 0,
      'user', 'client' FROM generate_series(1, 40000) seq`
  // Rows that are kept for their keys.
  yield* sql`INSERT INTO operations (file_id, seq, epoch, committed_at, operation_id, idempotency_key, content_hash, status,
      operation_type, object_id, property_path, new_value, "timestamp", user_id, client_id)
    SELECT gen_random_uuid(), seq, 1, to_timestamp(0), 'operation-' || seq, 'key-' || seq, 'hash', 'applied', 'update', 'object', 'name',
      '"value"', 0, 'user', 'client' FROM generate_series(1, 5000) seq`
  yield* sql`INSERT INTO file_thumbnails (file_id, wanted_at) SELECT id, CASE WHEN head_seq = 500 THEN now() END FROM files ON CONFLICT (file_id) DO NOTHING`
  yield* sql`INSERT INTO exports (file_id, key, sha256) SELECT id, 'key', encode(sha256(('e' || id::text)::bytea), 'hex') FROM files`
  yield* sql`INSERT INTO assets (file_id, sha256, thumbnail_sha256, content_type, bytes, created_by)
    SELECT id, encode(sha256((id::text || n)::bytea), 'hex'), encode(sha256(('t' || n)::bytea), 'hex'), 'image/png', 1, 'user' FROM files, generate_series(1, 40) n WHERE head_seq = 500`
  yield* sql`INSERT INTO file_checkpoints (file_id, seq, epoch, format, sha256, bytes)
    SELECT id, seq * 10, 1, 1, encode(sha256((id::text || seq)::bytea), 'hex'), 1 FROM files, generate_series(1, 40) seq WHERE head_seq = 500`
  yield* sql`INSERT INTO file_versions (file_id, seq, kind, created_by, format, sha256, bytes, created_at)
    SELECT id, seq * 10, 'auto', 'easel', 1, encode(sha256(('v' || id::text || seq)::bytea), 'hex'), 1, now() - seq * interval '1 minute' FROM files, generate_series(1, 40) seq WHERE head_seq = 500`
  yield* sql`INSERT INTO file_restores (id, file_id, target_seq, requested_by, before_version, from_seq, "timestamp", done_seq)
    SELECT gen_random_uuid(), file_id, seq, '{}', id, seq, 0, nullif(seq, 10) FROM file_versions`
  yield* sql`INSERT INTO comments (id, file_id, seq, created_seq, anchor, body, created_by, user_name, created_at)
    SELECT gen_random_uuid(), id, n, n, '{"kind": "page", "x": 0, "y": 0}', 'body', 'user-' || n % 10, 'name', now() - n * interval '1 minute' FROM files, generate_series(1, 50) n WHERE head_seq = 500`
  yield* sql`INSERT INTO comment_replies (id, comment_id, file_id, seq, created_seq, body, created_by, user_name)
    SELECT gen_random_uuid(), id, file_id, 50 + seq, 50 + seq, 'body', 'user', 'name' FROM comments`
  yield* sql`INSERT INTO comment_changes (file_id, seq, request_id, comment_id, write, changed_by, changed_at)
    SELECT file_id, seq, id, id, '{}', created_by, created_at FROM comments`
  yield* sql`INSERT INTO comment_mentions (thread_id, comment_id, user_id, file_id, seq, created_at)
    SELECT id, id, created_by, file_id, seq, created_at FROM comments`
  yield* sql`INSERT INTO comment_reads (user_id, thread_id, seq) SELECT created_by, id, seq - 1 FROM comments`
  yield* sql`UPDATE files SET comment_seq = 100 WHERE head_seq = 500`
  yield* sql`ANALYZE`
})

layer(Layer.provideMerge(Layer.effectDiscard(filled), recorded), { excludeTestServices: true })("plans", (it) => {
  const aFile = Effect.flatMap(TestDatabase, ({ sql }) =>
    Effect.map(sql<{ id: string }>`SELECT id::text AS id FROM files WHERE head_seq = 500 LIMIT 1`, ([row]) => row?.id ?? ""))

  it.effect("H1: a page of the list is read from the index in its order, the first and those that follow", () =>
    Effect.gen(function*() {
      const files = yield* Files
      const [last] = yield* files.list(1)
      for (const after of [undefined, last]) {
        const nodes = yield* planOf(files.list(50, { after }))
        expect(indexes(nodes)).toEqual(["files_recent"])
        expect([...scanned(nodes), ...sorts(nodes)]).toEqual([])
      }
    }))

  it.effect("A6: the tail of a log is found by the file's index in every month", () =>
    Effect.gen(function*() {
      const log = yield* Log
      const fileId = yield* aFile
      const nodes = yield* planOf(log.read(fileId, 100, 500, 5_000))
      expect(scanned(nodes)).toEqual([])
      // Those of four months, and of what is kept for its keys.
      expect(indexes(nodes)).toHaveLength(5)
    }))

  it.effect("A6: a page of a long log is read in its order, without sorting what follows it", () =>
    Effect.gen(function*() {
      const log = yield* Log
      const nodes = yield* planOf(log.read(largeFileId, 5_000, 40_000, 1_000))
      expect([...scanned(nodes), ...sorts(nodes)]).toEqual([])
      expect(indexes(nodes).every((name) => name.endsWith("_pkey"))).toBe(true)
    }))

  it.effect("A5: keys are looked up by (file, key), few and many", () =>
    Effect.gen(function*() {
      const log = yield* Log
      const fileId = yield* aFile
      for (const count of [1, 500]) {
        const nodes = yield* planOf(log.findKeys(fileId, Array.from({ length: count }, (_, index) => `key-${index}`)))
        expect(scanned(nodes)).toEqual([])
      }
    }))

  it.effect("A6: a checkpoint or version is found by (file, seq) without a sort", () =>
    Effect.gen(function*() {
      const checkpoints = yield* Checkpoints
      const fileId = yield* aFile
      const nodes = yield* planOf(checkpoints.load(fileId, 333))
      expect(indexes(nodes)).toEqual(["file_checkpoints_pkey", "file_versions_seq"])
      expect(sorts(nodes)).toEqual([])
    }))

  it.effect("V11: a page of a file's versions is read from the index in its order, the first and those that follow", () =>
    Effect.gen(function*() {
      const versions = yield* Versions
      const fileId = yield* aFile
      const [last] = yield* versions.list(fileId, 1)
      for (const before of [undefined, last]) {
        const nodes = yield* planOf(versions.list(fileId, 5, before))
        expect(indexes(nodes)).toEqual(["file_versions_recent"])
        expect([...scanned(nodes), ...sorts(nodes)]).toEqual([])
      }
    }))

  it.effect("N5: what changed among the comments of a file is read from the indexes in their order", () =>
    Effect.gen(function*() {
      const comments = yield* Comments
      const fileId = yield* aFile
      for (const seq of [0, 95]) {
        const nodes = yield* planOf(comments.since(fileId, seq, 20))
        expect(scanned(nodes)).toEqual([])
        expect(indexes(nodes)).toEqual(expect.arrayContaining(["comments_seq", "comment_replies_seq"]))
      }
    }))

  it.effect("N4 N8 N9: comments are written, found, counted and looked up by their keys", () =>
    Effect.gen(function*() {
      const comments = yield* Comments
      const { epoch } = yield* (yield* Files).activate(yield* aFile, testLease)
      const fileId = yield* aFile
      const [first] = yield* comments.since(fileId, 0, 1)
      const comment = first ?? expect.fail("no comment")
      const write = { type: "resolve", commentId: comment.id } as const
      const nodes = yield* planOf(comments.write({ fileId, requestId: crypto.randomUUID(), by: "user", at: 0, write, comment }, { epoch, access: 0 }))
      expect(scanned(nodes)).toEqual([])
      for (const read of [
        comments.find(fileId, comment.id),
        comments.requested(fileId, comment.id),
        comments.count({ fileId }),
        comments.count({ threadId: comment.id }),
        comments.reads("user-1", [comment.id]),
        comments.markRead("user-1", comment.id, 7),
        comments.unread(fileId, "user-1")
      ]) {
        expect(scanned(yield* planOf<unknown, StoreUnavailable, never>(read))).toEqual([])
      }
    }))

  it.effect("N9: a page of a user's mentions is read from the index in its order", () =>
    Effect.gen(function*() {
      const comments = yield* Comments
      const [last] = yield* comments.mentionsOf("user-1", 1, { everywhere: true })
      for (const before of [undefined, last]) {
        const nodes = yield* planOf(comments.mentionsOf("user-1", 20, { before, everywhere: true }))
        expect(indexes(nodes)).toContain("comment_mentions_user")
        expect([...scanned(nodes), ...sorts(nodes)]).toEqual([])
      }
    }))

  it.effect("O5: who refers to blobs is found by their keys", () =>
    Effect.gen(function*() {
      const references = yield* BlobReferences
      const nodes = yield* planOf(references.among(Array.from({ length: 10 }, (_, index) => index.toString(16).padStart(64, "0"))))
      expect(scanned(nodes).filter((name) => name === "file_checkpoints" || name === "assets")).toEqual([])
      expect(indexes(nodes)).toEqual(expect.arrayContaining(["assets_sha256", "assets_thumbnail_sha256", "file_checkpoints_sha256"]))
    }))

  it.effect("M14 M15: an export, and the thumbnail that has waited longest, are found by indexes", () =>
    Effect.gen(function*() {
      const [exports, thumbnails] = [yield* Exports, yield* Thumbnails]
      const fileId = yield* aFile
      expect(indexes(yield* planOf(exports.find(fileId, "key")))).toEqual(["exports_pkey"])
      expect(indexes(yield* planOf(thumbnails.find(fileId)))).toEqual(["file_thumbnails_pkey"])
      const nodes = yield* planOf(thumbnails.claim)
      expect(indexes(nodes)).toContain("file_thumbnails_wanted")
      expect([...scanned(nodes), ...sorts(nodes)]).toEqual([])
    }))

  it.effect("A9: finding and granting a file touches one row by its id, and asks indexes what its actor must know", () =>
    Effect.gen(function*() {
      const files = yield* Files
      const fileId = yield* aFile
      expect(indexes(yield* planOf(files.find(fileId)))).toEqual(["files_pkey"])
      expect(indexes(yield* planOf(files.activate(fileId, testLease))).toSorted()).toEqual(["file_restores_pending", "file_versions_seq", "files_pkey"])
    }))

  it.effect("J2: a commit reads no table from end to end, for one row or a thousand", () =>
    Effect.gen(function*() {
      const journal = yield* Journal
      const files = yield* Files
      const { sql } = yield* TestDatabase
      for (const count of [1, 1_000]) {
        const fileId = yield* aFile
        const { epoch, headSeq } = yield* files.activate(fileId, testLease)
        const nodes = yield* planOf(journal.append(batchOf({ fileId, epoch, expectedSeq: headSeq }, count)))
        expect(scanned(nodes)).toEqual([])
        expect(indexes(nodes)).toContain("files_pkey")
        yield* sql`DELETE FROM operations WHERE file_id = ${fileId}::uuid AND seq > 500`
        yield* sql`UPDATE files SET head_seq = 500 WHERE id = ${fileId}::uuid`
      }
    }))
})
