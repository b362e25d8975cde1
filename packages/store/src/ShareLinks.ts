/** Share links: whoever knows the secret in one has its role in its file, until it expires or is taken back. */
import type { Role } from "@easel/protocol"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { Policy } from "./Policy.ts"
import { hashOf, newSecret } from "./secrets.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"

export interface ShareLink {
  readonly id: string
  readonly fileId: string
  readonly role: Exclude<Role, "owner">
  /** Milliseconds since 1970; `null`: never. */
  readonly expiresAt: number | null
  readonly createdAt: number
  readonly createdBy: string
}

/** The file has as many as it may. */
export class TooManyLinks extends Schema.TaggedError<TooManyLinks>()("TooManyLinks", {}) {}

export class ShareLinks extends Context.Service<ShareLinks, {
  /** The secret is told once and not kept. `linksMax`: of the file, without those that have expired, which are forgotten. */
  readonly create: (
    link: Pick<ShareLink, "fileId" | "role" | "expiresAt" | "createdBy">,
    linksMax: number
  ) => Effect.Effect<{ readonly link: ShareLink; readonly secret: string }, StoreUnavailable | TooManyLinks>
  /** Those of a file that have not expired, oldest first. */
  readonly list: (fileId: string) => Effect.Effect<ReadonlyArray<ShareLink>, StoreUnavailable>
  /** Returns whether there was one. */
  readonly remove: (fileId: string, linkId: string) => Effect.Effect<boolean, StoreUnavailable>
  /** The link with this secret, unless it has expired. */
  readonly find: (secret: string) => Effect.Effect<ShareLink | undefined, StoreUnavailable>
}>()("@easel/store/ShareLinks") {
  static readonly layer = Layer.effect(
    ShareLinks,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const policy = yield* Policy
      const query = (operation: string, text: string, parameters: ReadonlyArray<unknown>) =>
        policy.postgres(operation, sql.unsafe<ShareLink>(text, parameters))
      return ShareLinks.of({
        create: Effect.fnUntraced(function*({ createdBy, expiresAt, fileId, role }, linksMax) {
          const secret = newSecret()
          // Whoever makes another one meanwhile waits, and counts this one.
          const [link] = yield* policy.postgres("ShareLinks.create", sql.withTransaction(Effect.gen(function*() {
            yield* sql.unsafe(`SELECT FROM files WHERE id = $1::uuid FOR UPDATE`, [fileId])
            yield* sql.unsafe(`DELETE FROM share_links WHERE file_id = $1::uuid AND NOT ${current}`, [fileId])
            return yield* sql.unsafe<ShareLink>(
              `INSERT INTO share_links (file_id, role, secret_sha256, expires_at, created_by)
               SELECT $1::uuid, $2::text, $3::bytea, to_timestamp($4::float8 / 1000), $5::text
               WHERE (SELECT count(*) FROM share_links WHERE file_id = $1::uuid AND secret_sha256 <> $3::bytea) < $6::int
               ON CONFLICT (secret_sha256) DO UPDATE SET created_by = excluded.created_by RETURNING ${columns}`,
              [fileId, role, hashOf(secret), expiresAt, createdBy, linksMax]
            )
          })))
          return link === undefined ? yield* new TooManyLinks() : { link, secret }
        }),
        list: (fileId) =>
          query(
            "ShareLinks.list",
            `SELECT ${columns} FROM share_links WHERE file_id = $1::uuid AND ${current} ORDER BY share_links.created_at, share_links.id`,
            [fileId]
          ),
        remove: (fileId, linkId) =>
          query("ShareLinks.remove", `DELETE FROM share_links WHERE id = $2::uuid AND file_id = $1::uuid RETURNING ${columns}`, [fileId, linkId]).pipe(
            Effect.map((rows) => rows.length > 0)
          ),
        find: (secret) =>
          query("ShareLinks.find", `SELECT ${columns} FROM share_links WHERE secret_sha256 = $1 AND ${current}`, [hashOf(secret)]).pipe(
            Effect.map((rows) => rows[0])
          )
      })
    })
  )
}

const current = `(expires_at IS NULL OR expires_at > now())`

const columns = `id::text AS id, file_id::text AS "fileId", role,
  (extract(epoch FROM expires_at) * 1000)::float8 AS "expiresAt",
  (extract(epoch FROM created_at) * 1000)::float8 AS "createdAt", created_by AS "createdBy"`
