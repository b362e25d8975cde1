/**
 * Assets: the images of files. An image is a blob under its SHA-256, the same for all files; a row says that a file has
 * it. Whoever stores one puts its blob first and adds the row within the grace period of the garbage collection (O6).
 */
import type { ImageType } from "@easel/protocol"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { Policy } from "./Policy.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"

export interface Asset {
  readonly sha256: string
  readonly contentType: ImageType
  readonly bytes: number
  /** In pixels; `null` of a drawing that has no size of its own. */
  readonly width: number | null
  readonly height: number | null
  /** `null` until somebody has asked for it. */
  readonly thumbnailSha256: string | null
  readonly createdBy: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

/** The file has as many as it may. */
export class TooManyAssets extends Schema.TaggedError<TooManyAssets>()("TooManyAssets", {}) {}

export class Assets extends Context.Service<Assets, {
  /** One that the file has already stays as it is. `assetsMax`: of the file; some more when many are added at once. */
  readonly add: (
    fileId: string,
    asset: Omit<Asset, "createdAt" | "thumbnailSha256">,
    assetsMax: number
  ) => Effect.Effect<Asset, StoreUnavailable | TooManyAssets>
  readonly find: (fileId: string, sha256: string) => Effect.Effect<Asset | undefined, StoreUnavailable>
  /** Of a file, newest first. */
  readonly list: (fileId: string) => Effect.Effect<ReadonlyArray<Asset>, StoreUnavailable>
  /** Says where the thumbnail of an image is, for all files that have it. */
  readonly setThumbnail: (sha256: string, thumbnailSha256: string) => Effect.Effect<void, StoreUnavailable>
}>()("@easel/store/Assets") {
  static readonly layer = Layer.effect(
    Assets,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const policy = yield* Policy
      const query = (operation: string, text: string, parameters: ReadonlyArray<unknown>) =>
        policy.postgres(operation, sql.unsafe<Asset>(text, parameters))
      const find = (fileId: string, sha256: string) =>
        query("Assets.find", `SELECT ${columns} FROM assets WHERE file_id = $1::uuid AND sha256 = $2::text`, [fileId, sha256]).pipe(
          Effect.map(([asset]) => asset)
        )
      return Assets.of({
        add: Effect.fnUntraced(function*(fileId, { bytes, contentType, createdBy, height, sha256, width }, assetsMax) {
          const known = yield* find(fileId, sha256)
          if (known !== undefined) return known
          const [added] = yield* query(
            "Assets.add",
            `INSERT INTO assets (file_id, sha256, content_type, bytes, width, height, created_by)
             SELECT $1::uuid, $2::text, $3::text, $4::int, $5::int, $6::int, $7::text
             WHERE (SELECT count(*) FROM assets WHERE file_id = $1::uuid) < $8::int
             ON CONFLICT (file_id, sha256) DO UPDATE SET bytes = excluded.bytes RETURNING ${columns}`,
            [fileId, sha256, contentType, bytes, width, height, createdBy, assetsMax]
          )
          return added ?? (yield* new TooManyAssets())
        }),
        find,
        list: (fileId) =>
          query("Assets.list", `SELECT ${columns} FROM assets WHERE file_id = $1::uuid ORDER BY assets.created_at DESC, sha256`, [fileId]),
        setThumbnail: (sha256, thumbnailSha256) =>
          Effect.asVoid(query("Assets.setThumbnail", `UPDATE assets SET thumbnail_sha256 = $2::text WHERE sha256 = $1::text`, [sha256, thumbnailSha256]))
      })
    })
  )
}

const columns = `sha256, content_type AS "contentType", bytes, width, height, thumbnail_sha256 AS "thumbnailSha256",
  created_by AS "createdBy", (extract(epoch FROM created_at) * 1000)::float8 AS "createdAt"`
