/**
 * Who has a role in a file, or in a team and so in all files of the team. What has an owner keeps one: the last can neither
 * be removed nor given a weaker role. Changes take effect with the transaction that makes them (migration 0003).
 */
import { type Role, roles } from "@easel/protocol"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { Policy } from "./Policy.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"
import { ensuredUser } from "./userRow.ts"

export interface Member {
  readonly userId: string
  readonly role: Role
}

/** What members are members of. */
export interface Circle {
  readonly of: "file" | "team"
  readonly id: string
}

/** It would have no owner any more. Nothing was changed. */
export class LastOwner extends Schema.TaggedError<LastOwner>()("LastOwner", {}) {}

export class Members extends Context.Service<Members, {
  /** The strongest first. */
  readonly list: (circle: Circle) => Effect.Effect<ReadonlyArray<Member>, StoreUnavailable>
  /** Gives a user a role, in place of the one he had. */
  readonly put: (circle: Circle, member: Member) => Effect.Effect<void, LastOwner | StoreUnavailable>
  /** Returns whether there was such a member. */
  readonly remove: (circle: Circle, userId: string) => Effect.Effect<boolean, LastOwner | StoreUnavailable>
}>()("@easel/store/Members") {
  static readonly layer = Layer.effect(
    Members,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const policy = yield* Policy

      /** Others who change members of the same circle wait: of two owners that remove each other one stays. */
      const change = <Row extends object>(operation: string, { id, of }: Circle, text: string, parameters: ReadonlyArray<unknown>) =>
        policy.postgres(operation, Effect.gen(function*() {
          yield* sql.unsafe(`SELECT FROM ${of}s WHERE id = $1::uuid FOR UPDATE`, [id])
          const hasOwner = Effect.map(
            sql.unsafe(`SELECT FROM ${of}_members WHERE ${of}_id = $1::uuid AND role = 'owner' LIMIT 1`, [id]),
            ({ length }) => length > 0
          )
          // What was made where nobody is asked has none to keep.
          const hadOwner = yield* hasOwner
          const rows = yield* sql.unsafe<Row>(text, [id, ...parameters])
          if (hadOwner && !(yield* hasOwner)) return yield* Effect.fail(noOwner)
          return rows
        }).pipe(sql.withTransaction, Effect.catchIf((error) => error === noOwner, () => Effect.succeed(noOwner)))).pipe(
          Effect.flatMap((rows) => rows === noOwner ? Effect.fail(new LastOwner()) : Effect.succeed(rows))
        )

      return Members.of({
        list: ({ id, of }) =>
          policy.postgres("Members.list", sql.unsafe<Member>(
            `SELECT u.subject AS "userId", m.role FROM ${of}_members m JOIN users u ON u.id = m.user_id
             WHERE m.${of}_id = $1::uuid ORDER BY array_position($2::text[], m.role) DESC, u.subject`,
            [id, roles]
          )),
        put: (circle, { role, userId }) =>
          change(
            "Members.put",
            circle,
            `WITH member AS (${ensuredUser("$2")})
             INSERT INTO ${circle.of}_members (${circle.of}_id, user_id, role) SELECT $1::uuid, id, $3 FROM member
             ON CONFLICT (${circle.of}_id, user_id) DO UPDATE SET role = excluded.role`,
            [userId, role]
          ).pipe(Effect.asVoid),
        remove: (circle, userId) =>
          change(
            "Members.remove",
            circle,
            `DELETE FROM ${circle.of}_members m USING users u
             WHERE m.${circle.of}_id = $1::uuid AND u.id = m.user_id AND u.subject = $2 RETURNING u.id`,
            [userId]
          ).pipe(Effect.map((rows) => rows.length > 0))
      })
    })
  )
}

const noOwner = Symbol("no owner is left")
