/** Everything that is stored is broken on purpose; each break has its name, and `--fix` repairs what it says and loses nothing. */
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, layer } from "@effect/vitest"
import { Checkpoint } from "@easel/document"
import { Audit } from "@easel/store"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { compact } from "../../cluster/compaction/compact.ts"
import { type Finding, type FindingKind, findingKinds } from "../../cluster/fsck/findings.ts"
import { fsck } from "../../cluster/fsck/fsck.ts"
import { commitEarlier, monthsAgo } from "../harness/agedLog.ts"
import { committedFile } from "../harness/committedFile.ts"
import { EaselProcess } from "../harness/EaselProcess.ts"
import * as cluster from "../harness/fileCluster.ts"
import type { TestFile } from "../harness/fileCluster.ts"
import { update } from "../harness/operations.ts"
import * as store from "../harness/storeLayer.ts"
import { TestDatabase } from "../harness/testDatabase.ts"

const layerTested = Layer.merge(cluster.layerOver(), Audit.layer.pipe(Layer.provide([store.sqlClient, store.objectStore]))).pipe(
  Layer.provideMerge(cluster.database)
)

const findingsOf = (mode: "check" | "fix", { id }: TestFile) =>
  Effect.gen(function*() {
    const findings: Array<Finding> = []
    yield* fsck(mode, id, (finding) => findings.push(finding))
    return findings
  })

const kindsOf = (findings: ReadonlyArray<Finding>): ReadonlyArray<FindingKind> => [...new Set(findings.map(({ kind }) => kind))].toSorted()

/** A file of thirty operations: two segments of ten, checkpoints at 10 and 20, a version at 30. */
const files = (count: number) =>
  Effect.gen(function*() {
    const made = yield* Effect.forEach(Array.from({ length: count }), () =>
      Effect.gen(function*() {
        const file = yield* committedFile(30, monthsAgo(6))
        yield* commitEarlier(file.id, 1, 10, 5)
        yield* commitEarlier(file.id, 11, 20, 4)
        return file
      }))
    yield* compact("compact", Duration.days(30))
    for (const { client } of made) yield* client.SaveVersion({ requestId: crypto.randomUUID(), name: "Thirty", by: { userId: "ada" } })
    return made
  })

const damage = (sha256: string) =>
  Effect.flatMap(TestDatabase, ({ folder }) => Effect.promise(() => writeFile(join(folder, "objects", sha256.slice(0, 2), sha256), "damaged")))

interface Break {
  readonly finds: ReadonlyArray<FindingKind>
  /** What is still found after `--fix`. */
  readonly leaves: ReadonlyArray<FindingKind>
  /** SQL about the file `$1`; one that returns `sha256` damages that blob. */
  readonly sql: string
}

const assetColumns = "file_id, sha256, content_type, bytes, created_by"

const breaks: ReadonlyArray<Break> = [
  { finds: ["log_gap"], leaves: ["log_gap"], sql: "DELETE FROM operations WHERE file_id = $1::uuid AND seq = 25" },
  { finds: ["log_short", "state_beyond_log"], leaves: ["log_short", "state_beyond_log"], sql: "DELETE FROM operations WHERE file_id = $1::uuid AND seq > 28" },
  { finds: ["head_behind"], leaves: [], sql: "UPDATE files SET head_seq = 27 WHERE id = $1::uuid" },
  { finds: ["epoch_decreases"], leaves: ["epoch_decreases"], sql: "UPDATE operations SET epoch = 0 WHERE file_id = $1::uuid AND seq = 25" },
  { finds: ["epoch_behind"], leaves: [], sql: "UPDATE operations SET epoch = 99 WHERE file_id = $1::uuid AND seq = 30" },
  { finds: ["operation_invalid"], leaves: ["operation_invalid"], sql: "UPDATE operations SET operation_type = 'explode' WHERE file_id = $1::uuid AND seq = 25" },
  {
    finds: ["key_duplicate"],
    leaves: ["key_duplicate"],
    // In two partitions, which have unique keys each.
    sql: `UPDATE operations SET committed_at = to_timestamp(0), idempotency_key = (SELECT idempotency_key FROM operations WHERE file_id = $1::uuid AND seq = 26)
      WHERE file_id = $1::uuid AND seq = 25`
  },
  // Of a former format, so that it is seen that what takes its place says which one it has.
  { finds: ["checkpoint_unreadable"], leaves: [], sql: "UPDATE file_checkpoints SET format = 1 WHERE file_id = $1::uuid AND seq = 20 RETURNING sha256" },
  {
    finds: ["checkpoint_differs"],
    leaves: [],
    sql: "UPDATE file_checkpoints SET sha256 = (SELECT sha256 FROM file_checkpoints WHERE file_id = $1::uuid AND seq = 10) WHERE file_id = $1::uuid AND seq = 20"
  },
  { finds: ["version_unreadable"], leaves: [], sql: "UPDATE file_versions SET format = 1 WHERE file_id = $1::uuid RETURNING sha256" },
  {
    finds: ["version_differs"],
    leaves: ["version_differs"],
    sql: "UPDATE file_versions SET sha256 = (SELECT sha256 FROM file_checkpoints WHERE file_id = $1::uuid AND seq = 10) WHERE file_id = $1::uuid RETURNING NULL"
  },
  { finds: ["log_gap", "segment_unreadable"], leaves: ["log_gap", "segment_unreadable"], sql: "SELECT sha256 FROM log_segments WHERE file_id = $1::uuid AND from_seq = 11" },
  {
    // Its rows are in the table as well: what compaction wrote before it was killed.
    finds: ["segment_unreadable"],
    leaves: [],
    sql: `INSERT INTO log_segments SELECT file_id, 21, 30, format, repeat('0', 64), bytes, latest_timestamp, key_hashes[1:0] FROM log_segments WHERE file_id = $1::uuid AND from_seq = 1`
  },
  {
    finds: ["log_gap", "segment_differs"],
    leaves: ["log_gap", "segment_differs"],
    sql: "UPDATE log_segments SET sha256 = (SELECT sha256 FROM log_segments WHERE file_id = $1::uuid AND from_seq = 1) WHERE file_id = $1::uuid AND from_seq = 11"
  },
  { finds: ["segment_index_wrong"], leaves: [], sql: "UPDATE log_segments SET key_hashes = '{}' WHERE file_id = $1::uuid AND from_seq = 1" },
  {
    finds: ["log_gap", "segment_differs", "segment_overlap"],
    leaves: ["log_gap", "segment_differs", "segment_overlap"],
    sql: "UPDATE log_segments SET to_seq = 12 WHERE file_id = $1::uuid AND from_seq = 1"
  },
  {
    finds: ["parent_missing", "version_differs"],
    leaves: ["parent_missing", "version_differs"],
    sql: `UPDATE operations SET new_value = jsonb_set(new_value, '{parentId}', '"nowhere"') WHERE file_id = $1::uuid AND seq = 25`
  },
  {
    finds: ["cycle", "version_differs"],
    leaves: ["cycle", "version_differs"],
    sql: `UPDATE operations SET new_value = jsonb_set(new_value, '{parentId}', to_jsonb('object' || 51 - seq)) WHERE file_id = $1::uuid AND seq IN (25, 26)`
  },
  {
    finds: ["object_untyped", "version_differs"],
    leaves: ["object_untyped", "version_differs"],
    sql: `UPDATE operations SET operation_type = 'update', object_id = 'ghost', property_path = 'x', new_value = '1' WHERE file_id = $1::uuid AND seq = 25`
  },
  { finds: ["asset_unreadable"], leaves: ["asset_unreadable"], sql: `INSERT INTO assets (${assetColumns}) VALUES ($1::uuid, repeat('0', 64), 'image/png', 3, 'ada')` },
  {
    // Damaged with a checkpoint of the same bytes, and whole again when that is stored again.
    finds: ["asset_unreadable", "checkpoint_unreadable"],
    leaves: [],
    sql: `INSERT INTO assets (${assetColumns}) SELECT file_id, sha256, 'image/png', bytes, 'ada' FROM file_checkpoints WHERE file_id = $1::uuid AND seq = 20 RETURNING sha256`
  },
  {
    finds: ["asset_differs"],
    leaves: ["asset_differs"],
    sql: `INSERT INTO assets (${assetColumns}) SELECT file_id, sha256, 'image/png', bytes + 1, 'ada' FROM file_checkpoints WHERE file_id = $1::uuid AND seq = 20`
  },
  {
    finds: ["asset_missing", "version_differs"],
    leaves: ["asset_missing", "version_differs"],
    sql: `UPDATE operations SET new_value = new_value || '{"type":"image","assetId":"elsewhere"}' WHERE file_id = $1::uuid AND seq = 25`
  },
  { finds: ["picture_unreadable"], leaves: [], sql: `INSERT INTO exports (file_id, key, sha256) VALUES ($1::uuid, 'svg', repeat('0', 64))` },
  { finds: ["picture_unreadable"], leaves: [], sql: `UPDATE file_thumbnails SET sha256 = repeat('0', 64) WHERE file_id = $1::uuid` },
  {
    finds: ["picture_unreadable"],
    leaves: [],
    sql: `INSERT INTO assets (${assetColumns}, thumbnail_sha256) SELECT file_id, sha256, 'image/png', bytes, 'ada', repeat('0', 64) FROM file_checkpoints WHERE file_id = $1::uuid AND seq = 20`
  }
]

layer(layerTested, { excludeTestServices: true })("fsck", (it) => {
  it.effect("F1 V20: there is nothing to find in a copy, whose log begins where it was taken", () =>
    Effect.gen(function*() {
      const original = yield* committedFile(30)
      const id = crypto.randomUUID()
      const copied = { id, by: { userId: "ada" }, name: "Copy", place: { teamId: null, projectId: null }, seq: 20 }
      for (let times = 0; times < 2; times++) yield* original.client.Duplicate(copied)
      const copy = yield* cluster.fileOf(id)
      expect((yield* copy.read).objects).toHaveLength(20)
      expect(yield* copy.submit([update("object1", "x", 7)])).toMatchObject([{ status: "applied", seq: 21 }])
      expect(yield* findingsOf("check", copy)).toEqual([])
      const { sql } = yield* TestDatabase
      yield* sql`DELETE FROM operations WHERE file_id = ${id}::uuid`
      expect(kindsOf(yield* findingsOf("check", copy))).toEqual(["log_short"])
    }))

  it.effect("F1 F2 F3: what is broken is found under its name, and repaired where that loses nothing; checking changes nothing", () =>
    Effect.gen(function*() {
      const { sql } = yield* TestDatabase
      const [sound, ...broken] = yield* files(breaks.length + 1)
      if (sound === undefined) throw new Error("a file was asked for")
      expect(yield* findingsOf("check", sound)).toEqual([])
      for (const [index, { finds, leaves, sql: statement }] of breaks.entries()) {
        const file = broken[index]
        if (file === undefined) throw new Error("a file was asked for")
        const rows = yield* sql.unsafe<{ sha256?: string | null }>(statement, [file.id])
        for (const { sha256 } of rows) if (typeof sha256 === "string") yield* damage(sha256)
        const found = yield* findingsOf("check", file)
        expect([statement, kindsOf(found)]).toEqual([statement, finds.toSorted()])
        for (const { detail, kind } of found) if (kind === "asset_unreadable") expect(detail).toMatch(/^asset [0-9a-f]{64}: (missing|its bytes have another hash)$/)
        for (const { kind, repair } of found) if (repair === "possible") expect(findingKinds[kind].repair).toBeDefined()
        expect(yield* findingsOf("check", file)).toEqual(found)
        const fixed = yield* findingsOf("fix", file)
        expect([statement, kindsOf(fixed.filter(({ repair }) => repair !== "done"))]).toEqual([statement, leaves.toSorted()])
        expect([statement, kindsOf(yield* findingsOf("check", file))]).toEqual([statement, leaves.toSorted()])
      }
      expect(yield* findingsOf("check", sound)).toEqual([])
      // What can be made again is forgotten, and no image is.
      expect(yield* sql`SELECT count(*)::int AS assets, count(thumbnail_sha256)::int AS thumbnails, (SELECT count(*)::int FROM exports) AS exports FROM assets`).toEqual([{ assets: 4, thumbnails: 0, exports: 0 }])
      expect(yield* sql`SELECT format FROM file_checkpoints UNION SELECT format FROM file_versions`).toEqual([{ format: Checkpoint.checkpointFormat }])
      const named = new Set(breaks.flatMap(({ finds }) => finds))
      expect(Object.keys(findingKinds).filter((kind) => ![...named, "order_key_invalid"].some((name) => name === kind))).toEqual([])
    }), 60_000)

  it.effect("F1: easel fsck exits with 0 when all is well, 1 when it is not, and 2 when that cannot be said", () =>
    Effect.gen(function*() {
      const { folder, sql, url } = yield* TestDatabase
      const file = yield* committedFile(5)
      const run = (databaseUrl: string, ...flags: ReadonlyArray<string>) =>
        Effect.promise(async () => {
          const command = await EaselProcess.prepare({ role: "fsck", flags, databaseUrl, dataFolder: folder })
          command.launch()
          const { code } = await command.exited()
          return [code, command.log.split("\n").slice(1).join("\n")] as const
        })
      expect(yield* run(url, "--file", file.id)).toEqual([0, "1 files checked: nothing wrong\n"])
      yield* sql`UPDATE files SET head_seq = 4 WHERE id = ${file.id}::uuid`
      const [code, log] = yield* run(url, "--file", file.id, "--json")
      expect([code, JSON.parse(log.split("\n")[0] ?? "")]).toMatchObject([1, { fileId: file.id, kind: "head_behind", severity: "error", repair: "possible" }])
      expect((yield* run(url, "--file", file.id, "--fix"))[0]).toBe(0)
      expect(yield* sql`SELECT head_seq::int AS head FROM files WHERE id = ${file.id}::uuid`).toEqual([{ head: 5 }])
      expect((yield* run(url, "--file", crypto.randomUUID()))[0]).toBe(2)
      expect((yield* run("postgres://nobody@127.0.0.1:1/none"))[0]).toBe(2)
    }), 60_000)
})
