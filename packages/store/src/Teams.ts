/** Teams: those who share files without being asked for each. Who is in one, and what he may do, is in `Members`. */
import { type Principal, RevisionStale, type Role } from "@easel/protocol"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { Policy } from "./Policy.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"
import { ensuredUser } from "./userRow.ts"

export interface Team {
  readonly id: string
  readonly name: string
  /** Counts the changes of its name. */
  readonly revision: number
  /** Of whom asked for it. */
  readonly role: Role
}

/** Files, in the trash or not, or projects are in it. Nothing was changed. */
export class TeamNotEmpty extends Schema.TaggedError<TeamNotEmpty>()("TeamNotEmpty", {}) {}

export class Teams extends Context.Service<Teams, {
  /** Who makes a team owns it. */
  readonly create: (name: string, ownerId: string, id?: string) => Effect.Effect<Team, StoreUnavailable>
  readonly find: (teamId: string) => Effect.Effect<Omit<Team, "role"> | undefined, StoreUnavailable>
  /** It may name the revision that it is about. `undefined`: it is gone. */
  readonly rename: (teamId: string, name: string, revision?: number) => Effect.Effect<Omit<Team, "role"> | undefined, RevisionStale | StoreUnavailable>
  /** Returns whether there was one. */
  readonly remove: (teamId: string, revision?: number) => Effect.Effect<boolean, RevisionStale | StoreUnavailable | TeamNotEmpty>
  /** Those in which a user has a role, by name. */
  readonly list: (userId: string) => Effect.Effect<ReadonlyArray<Team>, StoreUnavailable>
  /** `undefined`: none, or there is no such team. */
  readonly roleOf: (teamId: string, principal: Principal) => Effect.Effect<Role | undefined, StoreUnavailable>
}>()("@easel/store/Teams") {
  static readonly layer = Layer.effect(
    Teams,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const policy = yield* Policy
      const find = (teamId: string) =>
        policy.postgres("Teams.find", sql.unsafe<Omit<Team, "role">>(
          `SELECT ${columns} FROM teams t WHERE t.id = $1::uuid AND t.deleted_at IS NULL`,
          [teamId]
        )).pipe(Effect.map(([team]) => team))

      return Teams.of({
        create: Effect.fnUntraced(function*(name, ownerId, id = crypto.randomUUID()) {
          yield* policy.postgres("Teams.create", sql.unsafe(
            `WITH member AS (${ensuredUser("$3")}), team AS (
               INSERT INTO teams (id, name) VALUES ($1::uuid, $2) ON CONFLICT (id) DO UPDATE SET name = teams.name RETURNING id
             )
             INSERT INTO team_members (team_id, user_id, role) SELECT team.id, member.id, 'owner' FROM team, member
             ON CONFLICT DO NOTHING`,
            [id, name, ownerId]
          ))
          const made: Team = { id, name, revision: 0, role: "owner" }
          return made
        }),
        find,
        rename: Effect.fnUntraced(function*(teamId, name, revision) {
          const [renamed] = yield* policy.postgres("Teams.rename", sql.unsafe<Omit<Team, "role">>(
            `UPDATE teams t SET name = $2, updated_at = now() WHERE t.id = $1::uuid AND t.deleted_at IS NULL
               AND ($3::bigint IS NULL OR t.revision = $3::bigint) RETURNING ${columns}`,
            [teamId, name, revision ?? null]
          ))
          if (renamed !== undefined) return renamed
          const present = yield* find(teamId)
          return present === undefined ? undefined : yield* new RevisionStale({ revision: present.revision })
        }),
        // Who puts something into it meanwhile waits for its row, and finds it gone, or is found here.
        remove: Effect.fnUntraced(function*(teamId, revision) {
          const refusal = yield* policy.postgres("Teams.remove", sql.withTransaction(Effect.gen(function*() {
            const [present] = yield* sql.unsafe<Omit<Team, "role">>(`SELECT ${columns} FROM teams t WHERE t.id = $1::uuid FOR UPDATE`, [teamId])
            if (present === undefined) return "missing" as const
            if (revision !== undefined && revision !== present.revision) return new RevisionStale({ revision: present.revision })
            const held = yield* sql.unsafe(anythingIn, [teamId])
            if (held.length > 0) return new TeamNotEmpty()
            yield* sql.unsafe(`DELETE FROM team_members WHERE team_id = $1::uuid`, [teamId])
            yield* sql.unsafe(`DELETE FROM teams WHERE id = $1::uuid`, [teamId])
            return undefined
          })))
          if (refusal === "missing") return false
          return refusal === undefined ? true : yield* refusal
        }),
        list: (userId) =>
          policy.postgres("Teams.list", sql.unsafe<Team>(
            `SELECT ${columns}, m.role FROM users u JOIN team_members m ON m.user_id = u.id JOIN teams t ON t.id = m.team_id
             WHERE u.subject = $1 AND t.deleted_at IS NULL ORDER BY t.name, t.id`,
            [userId]
          )),
        roleOf: (teamId, { isAdmin, userId }) =>
          policy.postgres("Teams.roleOf", sql.unsafe<{ readonly role: Role | null }>(
            `SELECT m.role FROM teams t
             LEFT JOIN (SELECT m.team_id, m.role FROM team_members m JOIN users u ON u.id = m.user_id WHERE u.subject = $2) m ON m.team_id = t.id
             WHERE t.id = $1::uuid AND t.deleted_at IS NULL`,
            [teamId, userId]
          )).pipe(Effect.map(([team]) => team === undefined ? undefined : isAdmin === true ? "owner" : team.role ?? undefined))
      })
    })
  )
}

const anythingIn = `(SELECT 1 FROM files WHERE team_id = $1::uuid AND deleted_at IS NULL LIMIT 1)
  UNION ALL (SELECT 1 FROM files WHERE team_id = $1::uuid AND deleted_at IS NOT NULL LIMIT 1)
  UNION ALL (SELECT 1 FROM projects WHERE team_id = $1::uuid LIMIT 1)`

const columns = `t.id::text AS id, t.name, t.revision::float8 AS revision`
