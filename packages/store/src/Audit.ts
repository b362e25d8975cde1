/**
 * What `easel fsck` reads of a file, as it is stored and not as it is meant, and the repairs that it may make. None of
 * them removes anything that cannot be made again from what stays.
 */
import { Checkpoint, type Document } from "@easel/document"
import * as PgTypes from "@effect/sql-pg/PgTypes"
import type * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as SqlClient from "effect/sql/SqlClient"
import * as documentBlobs from "./documentBlobs.ts"
import { array } from "./JournalRows.ts"
import { operationColumns } from "./logRow.ts"
import { type BlobCorrupt, ObjectStore } from "./ObjectStore.ts"
import { Policy } from "./Policy.ts"
import { decode, keyHash, type Segment, type SegmentRow } from "./segmentCodec.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"

export interface AuditedFile {
  readonly fileId: string
  readonly epoch: number
  readonly headSeq: number
  /** Its log begins after it, with what a version has there: of a copy. */
  readonly baseSeq: number
  /** Of the log, in the table or in segments; at the same moment as the others. */
  readonly lastSeq: number
}

/** A document that is stored for a seq. */
export interface StoredState {
  readonly of: "checkpoint" | "version"
  /** Of a version. */
  readonly id: string | null
  readonly seq: number
  readonly sha256: string
}

export interface SegmentRecord {
  readonly fromSeq: number
  readonly toSeq: number
  readonly sha256: string
}

/** A blob that a file has as a picture: an image that was put into it, or what was made and can be made again. */
export interface StoredPicture {
  readonly of: "asset" | "thumbnail of an asset" | "export" | "thumbnail"
  /** Of an asset and its thumbnail the asset's id, of an export its key. */
  readonly key: string
  readonly sha256: string
  /** That it should have; nobody knows it of what can be made again. */
  readonly bytes: number | null
}

/** Why something cannot be read, in words. */
export interface Unreadable {
  readonly unreadable: string
}

const pageFiles = 500

/** Seqs that are named of keys that stand at several. */
const duplicatesMax = 10

export class Audit extends Context.Service<Audit, {
  /** A page of all files, deleted ones included, in the order of their ids; or one. */
  readonly files: (which: { readonly after: string | undefined } | { readonly only: string }) => Effect.Effect<ReadonlyArray<AuditedFile>, StoreUnavailable>
  /** In order of seq. States of other formats are left out. */
  readonly states: (fileId: string) => Effect.Effect<ReadonlyArray<StoredState>, StoreUnavailable>
  readonly segments: (fileId: string) => Effect.Effect<ReadonlyArray<SegmentRecord>, StoreUnavailable>
  /** Rows of the table after a seq, with whatever gaps they have. */
  readonly rows: (fileId: string, afterSeq: number, limit: number) => Effect.Effect<ReadonlyArray<SegmentRow>, StoreUnavailable>
  readonly readState: (state: StoredState) => Effect.Effect<Document.Document | Unreadable, StoreUnavailable>
  readonly readSegment: (segment: SegmentRecord) => Effect.Effect<Segment | Unreadable, StoreUnavailable>
  readonly pictures: (fileId: string) => Effect.Effect<ReadonlyArray<StoredPicture>, StoreUnavailable>
  /** How many bytes a picture has, all of them verified. */
  readonly readPicture: (picture: StoredPicture) => Effect.Effect<number | Unreadable, StoreUnavailable>
  /** Whether keys of a segment are found by what the table says of them. */
  readonly isIndexed: (fileId: string, fromSeq: number, rows: ReadonlyArray<SegmentRow>) => Effect.Effect<boolean, StoreUnavailable>
  /** Some of the seqs at which a key stands that stands elsewhere, too. */
  readonly duplicateKeys: (fileId: string) => Effect.Effect<ReadonlyArray<number>, StoreUnavailable>

  /** Sets the head to the end of the log, if it still is where it was. Whoever has the file in memory loads it again. */
  readonly raiseHead: (file: AuditedFile) => Effect.Effect<void, StoreUnavailable>
  readonly raiseEpoch: (fileId: string, above: number) => Effect.Effect<void, StoreUnavailable>
  /** Stores the document in place of what a checkpoint or a version has. */
  readonly replaceState: (fileId: string, state: StoredState, document: Document.Document) => Effect.Effect<void, StoreUnavailable>
  /** Forgets a segment if the table has all of its rows, for compaction to write it again. Returns whether it did. */
  readonly forgetSegment: (fileId: string, segment: SegmentRecord) => Effect.Effect<boolean, StoreUnavailable>
  /** Forgets a picture that can be made again; whoever asks for it next makes it. An asset stays. */
  readonly forgetPicture: (fileId: string, picture: StoredPicture) => Effect.Effect<void, StoreUnavailable>
  readonly indexSegment: (fileId: string, fromSeq: number, rows: ReadonlyArray<SegmentRow>) => Effect.Effect<void, StoreUnavailable>
}>()("@easel/store/Audit") {
  static readonly layer = Layer.effect(Audit, Effect.suspend(() => make))
}

const make = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const policy = yield* Policy
  const objects = yield* ObjectStore
  const query = <Row extends object>(operation: string, text: string, parameters: ReadonlyArray<unknown>) =>
    policy.postgres(operation, sql.unsafe<Row>(text, parameters))

  const readable = <A, R>(read: Effect.Effect<A, BlobCorrupt | Cause.UnknownError | StoreUnavailable, R>) =>
    Effect.catchTag(read, ["BlobCorrupt", "UnknownError"], ({ message }) => Effect.succeed<Unreadable>({ unreadable: message }))

  return Audit.of({
    files: (which) =>
      query<AuditedFile>(
        "Audit.files",
        `SELECT f.id::text AS "fileId", f.epoch::float8 AS epoch, f.head_seq::float8 AS "headSeq", f.base_seq::float8 AS "baseSeq", greatest(f.base_seq,
           coalesce((SELECT o.seq FROM operations o WHERE o.file_id = f.id ORDER BY o.seq DESC LIMIT 1), 0),
           coalesce((SELECT max(s.to_seq) FROM log_segments s WHERE s.file_id = f.id), 0))::float8 AS "lastSeq"
         FROM files f WHERE ${"only" in which ? "f.id = $1::uuid" : "$1::uuid IS NULL OR f.id > $1::uuid"} ORDER BY f.id LIMIT $2::int`,
        ["only" in which ? which.only : which.after ?? null, pageFiles]
      ),

    states: (fileId) =>
      query<StoredState>(
        "Audit.states",
        `SELECT 'checkpoint' AS of, NULL AS id, seq::float8 AS seq, sha256 FROM file_checkpoints WHERE file_id = $1::uuid AND ${documentBlobs.isReadable}
         UNION ALL
         SELECT 'version', id::text, seq::float8, sha256 FROM file_versions WHERE file_id = $1::uuid AND ${documentBlobs.isReadable} AND deleted_at IS NULL
         ORDER BY seq`,
        [fileId]
      ),

    segments: (fileId) =>
      query<SegmentRecord>(
        "Audit.segments",
        `SELECT from_seq::float8 AS "fromSeq", to_seq::float8 AS "toSeq", sha256 FROM log_segments WHERE file_id = $1::uuid ORDER BY from_seq`,
        [fileId]
      ),

    rows: (fileId, afterSeq, limit) =>
      query<SegmentRow>(
        "Audit.rows",
        `SELECT ${operationColumns}, epoch::float8 AS epoch, (extract(epoch FROM committed_at) * 1000)::float8 AS "committedAt"
         FROM operations WHERE file_id = $1::uuid AND seq > $2::bigint ORDER BY operations.seq LIMIT $3::int`,
        [fileId, BigInt(afterSeq), limit]
      ),

    readState: ({ sha256 }) => readable(documentBlobs.get(objects, sha256)),

    readSegment: ({ sha256 }) => readable(Effect.flatMap(objects.get(sha256), (bytes) => Effect.tryPromise(() => decode(bytes)))),

    pictures: (fileId) =>
      query<StoredPicture>(
        "Audit.pictures",
        `SELECT 'asset' AS of, sha256 AS key, sha256, bytes FROM assets WHERE file_id = $1::uuid
         UNION ALL
         SELECT 'thumbnail of an asset', sha256, thumbnail_sha256, NULL FROM assets WHERE file_id = $1::uuid AND thumbnail_sha256 IS NOT NULL
         UNION ALL
         SELECT 'export', key, sha256, NULL FROM exports WHERE file_id = $1::uuid
         UNION ALL
         SELECT 'thumbnail', '', sha256, NULL FROM file_thumbnails WHERE file_id = $1::uuid AND sha256 IS NOT NULL
         ORDER BY 1, 2`,
        [fileId]
      ),

    readPicture: ({ sha256 }) =>
      readable(Effect.flatMap(objects.stream(sha256), (pieces) => Stream.runFold(pieces, () => 0, (bytes, piece) => bytes + piece.length))),

    isIndexed: (fileId, fromSeq, rows) =>
      Effect.map(
        query(
          "Audit.isIndexed",
          `SELECT FROM log_segments WHERE file_id = $1::uuid AND from_seq = $2::bigint AND key_hashes = $3::bigint[] AND latest_timestamp = $4::bigint`,
          [fileId, BigInt(fromSeq), hashesOf(rows), latestOf(rows)]
        ),
        ({ length }) => length === 1
      ),

    duplicateKeys: (fileId) =>
      Effect.map(
        query<{ seq: number }>(
          "Audit.duplicateKeys",
          `SELECT max(seq)::float8 AS seq FROM (
             SELECT ('x' || left(encode(sha256(convert_to(idempotency_key, 'UTF8')), 'hex'), 16))::bit(64)::bigint AS hash, seq
             FROM operations WHERE file_id = $1::uuid
             UNION ALL
             SELECT hash, from_seq + place - 1 FROM log_segments, unnest(key_hashes) WITH ORDINALITY AS keys (hash, place) WHERE file_id = $1::uuid
           ) keys GROUP BY hash HAVING count(DISTINCT seq) > 1 ORDER BY 1 LIMIT $2::int`,
          [fileId, duplicatesMax]
        ),
        (rows) => rows.map(({ seq }) => seq)
      ),

    raiseHead: ({ fileId, headSeq, lastSeq }) =>
      Effect.asVoid(query(
        "Audit.raiseHead",
        `UPDATE files SET head_seq = $3::bigint, epoch = epoch + 1 WHERE id = $1::uuid AND head_seq = $2::bigint`,
        [fileId, BigInt(headSeq), BigInt(lastSeq)]
      )),

    raiseEpoch: (fileId, above) =>
      Effect.asVoid(query("Audit.raiseEpoch", `UPDATE files SET epoch = greatest(epoch, $2::bigint) + 1 WHERE id = $1::uuid`, [fileId, BigInt(above)])),

    replaceState: Effect.fnUntraced(function*(fileId, { id, of, seq }, document) {
      const { blob: { bytes, sha256 } } = yield* documentBlobs.put(objects, document)
      yield* query(
        "Audit.replaceState",
        of === "checkpoint"
          ? `UPDATE file_checkpoints SET format = $5::int, sha256 = $3, bytes = $4::bigint WHERE file_id = $1::uuid AND seq = $2::bigint`
          : `UPDATE file_versions SET format = $5::int, sha256 = $3, bytes = $4::bigint, base_sha256 = NULL WHERE file_id = $1::uuid AND seq = $2::bigint AND id = $6::uuid`,
        [fileId, BigInt(seq), sha256, BigInt(bytes), Checkpoint.checkpointFormat, ...(of === "checkpoint" ? [] : [id])]
      )
    }),

    forgetSegment: (fileId, { fromSeq, toSeq }) =>
      Effect.map(
        query(
          "Audit.forgetSegment",
          `DELETE FROM log_segments WHERE file_id = $1::uuid AND from_seq = $2::bigint
             AND (SELECT count(*) FROM operations WHERE file_id = $1::uuid AND seq BETWEEN $2::bigint AND $3::bigint) = $3::bigint - $2::bigint + 1
           RETURNING from_seq`,
          [fileId, BigInt(fromSeq), BigInt(toSeq)]
        ),
        ({ length }) => length === 1
      ),

    forgetPicture: (fileId, { key, of, sha256 }) =>
      of === "asset" ? Effect.void : Effect.asVoid(query("Audit.forgetPicture", forgetting[of], [fileId, sha256, ...(of === "thumbnail" ? [] : [key])])),

    indexSegment: (fileId, fromSeq, rows) =>
      Effect.asVoid(query(
        "Audit.indexSegment",
        `UPDATE log_segments SET key_hashes = $3::bigint[], latest_timestamp = $4::bigint WHERE file_id = $1::uuid AND from_seq = $2::bigint`,
        [fileId, BigInt(fromSeq), hashesOf(rows), latestOf(rows)]
      ))
  })
})

/** Unless it is another one by now. */
const forgetting = {
  "thumbnail of an asset": `UPDATE assets SET thumbnail_sha256 = NULL WHERE file_id = $1::uuid AND thumbnail_sha256 = $2 AND sha256 = $3`,
  export: `DELETE FROM exports WHERE file_id = $1::uuid AND sha256 = $2 AND key = $3`,
  thumbnail: `UPDATE file_thumbnails SET sha256 = NULL, wanted_at = now() WHERE file_id = $1::uuid AND sha256 = $2`
}

const hashesOf = (rows: ReadonlyArray<SegmentRow>) => array(rows.map(({ idempotencyKey }) => keyHash(idempotencyKey)), PgTypes.OID.int8)

const latestOf = (rows: ReadonlyArray<SegmentRow>): bigint => BigInt(rows.reduce((latest, { timestamp }) => Math.max(latest, timestamp), 0))
