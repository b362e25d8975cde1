/**
 * Which role a user has in a file: the strongest of the file's members, its team's members, and the share link that the
 * user came by. `layerEverybody` is for a server that knows nobody: all are owners.
 */
import type { Principal, Role } from "@easel/protocol"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { Policy } from "./Policy.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"

export interface Held {
  /** `undefined`: none, or there is no such file. */
  readonly role: Role | undefined
  /** When a share link ends it, in milliseconds since 1970. There may be a weaker role after that. */
  readonly untilMillis?: number
}

export class Access extends Context.Service<Access, {
  /** What each of them holds in the file, in the same order. */
  readonly rolesOf: (fileId: string, principals: ReadonlyArray<Principal>) => Effect.Effect<ReadonlyArray<Held>, StoreUnavailable>
}>()("@easel/store/Access") {
  static readonly layerEverybody = Layer.succeed(Access, Access.of({
    rolesOf: (_fileId, principals) => Effect.succeed(principals.map(() => ({ role: "owner" })))
  }))

  static readonly layer = Layer.effect(
    Access,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const policy = yield* Policy
      return Access.of({
        rolesOf: (fileId, principals) =>
          policy.postgres("Access.rolesOf", sql.unsafe<{ readonly role: Role | null; readonly untilMillis: number | null }>(
            rolesStatement,
            [fileId, principals.map(({ userId }) => userId), principals.map(({ linkId }) => linkId ?? "")]
          )).pipe(Effect.map((rows) => rows.map(({ role, untilMillis }, index): Held =>
            principals[index]?.isAdmin === true ? { role: "owner" } : { role: role ?? undefined, ...(untilMillis === null ? {} : { untilMillis }) })))
      })
    })
  )
}

const strength = (role: string): string => `array_position(ARRAY['viewer', 'commenter', 'editor', 'owner'], ${role})`

const rolesStatement = `
SELECT held.role, held."untilMillis"
FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS p (subject, link_id, place)
LEFT JOIN LATERAL (
  SELECT role, "untilMillis" FROM (
    SELECT m.role, NULL::float8 AS "untilMillis" FROM users u JOIN file_members m ON m.user_id = u.id
    WHERE u.subject = p.subject AND m.file_id = $1::uuid
    UNION ALL
    SELECT t.role, NULL FROM users u JOIN team_members t ON t.user_id = u.id JOIN files f ON f.team_id = t.team_id
    WHERE u.subject = p.subject AND f.id = $1::uuid
    UNION ALL
    SELECT l.role, extract(epoch FROM l.expires_at) * 1000 FROM share_links l
    WHERE l.id = nullif(p.link_id, '')::uuid AND l.file_id = $1::uuid AND (l.expires_at IS NULL OR l.expires_at > now())
  ) all_roles
  ORDER BY ${strength("role")} DESC, "untilMillis" DESC NULLS FIRST LIMIT 1
) held ON true
ORDER BY p.place`
