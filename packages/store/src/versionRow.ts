/** Rows of `file_versions`: how one is made and what is read of it. */
import { Checkpoint } from "@easel/document"
import type { Version } from "@easel/protocol"
import type { DocumentBlob } from "./documentBlobs.ts"

/** A version that is about to be made. */
export interface NewVersion extends Pick<Version, "id" | "seq" | "kind" | "name" | "createdBy"> {
  readonly fileId: string
}

export const versionColumns = `id::text AS id, seq::float8 AS seq, kind, name, created_by AS "createdBy",
  (extract(epoch FROM created_at) * 1000)::float8 AS "createdAt", pinned, bytes::float8 AS bytes`

/** Idempotent by id: a request that is repeated finds what it made. */
export const insertVersion = `
INSERT INTO file_versions (id, file_id, seq, kind, name, created_by, format, sha256, bytes, base_sha256)
VALUES ($1::uuid, $2::uuid, $3::bigint, $4, $5, $6, $7::int, $8, $9::bigint, $10)
ON CONFLICT (id) DO UPDATE SET id = excluded.id WHERE file_versions.file_id = excluded.file_id
RETURNING ${versionColumns}`

export const versionParameters = ({ createdBy, fileId, id, kind, name, seq }: NewVersion, { baseSha256, bytes, sha256 }: DocumentBlob) =>
  [id, fileId, BigInt(seq), kind, name, createdBy, Checkpoint.checkpointFormat, sha256, BigInt(bytes), baseSha256]
