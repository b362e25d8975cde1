/**
 * Who has a role in a file, or in a team and so in all files of the team. What has an owner keeps one: the last can neither
 * be removed nor given a weaker role. Changes take effect with the transaction that makes them (migration 0003).
 */
import { createHash } from "node:crypto"
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

/** They are not those that the change was about. Nothing was changed. */
export class MembersChanged extends Schema.TaggedError<MembersChanged>()("MembersChanged", {}) {}

/** A text that is another one when the list is. */
export const tagOfMembers = (members: ReadonlyArray<Member>): string =>
  createHash("sha256").update(JSON.stringify(members.map(({ role, userId }) => [userId, role]))).digest("base64url").slice(0, tagChars)

const tagChars = 22

export class Members extends Context.Service<Members, {
  /** The strongest first. */
  readonly list: (circle: Circle) => Effect.Effect<ReadonlyArray<Member>, StoreUnavailable>
  /** Gives a user a role, in place of the one he had; while the members have the tag, if one is given. */
  readonly put: (circle: Circle, member: Member, tag?: string) => Effect.Effect<void, LastOwner | MembersChanged | StoreUnavailable>
  /** Returns whether there was such a member. */
  readonly remove: (circle: Circle, userId: string, tag?: string) => Effect.Effect<boolean, LastOwner | MembersChanged | StoreUnavailable>
}>()("@easel/store/Members") {
  static readonly layer = Layer.effect(
    Members,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const policy = yield* Policy

      const list = ({ id, of }: Circle) =>
        sql.unsafe<Member>(
          `SELECT u.subject AS "userId", m.role FROM ${of}_members m JOIN users u ON u.id = m.user_id
           WHERE m.${of}_id = $1::uuid ORDER BY array_position($2::text[], m.role) DESC, u.subject`,
          [id, roles]
        )

      /** Others who change members of the same circle wait: of two owners that remove each other one stays. */
      const change = (operation: string, { id, of }: Circle, tag: string | undefined, text: string, parameters: ReadonlyArray<unknown>) =>
        policy.postgres(operation, Effect.gen(function*() {
          yield* sql.unsafe(`SELECT FROM ${of}s WHERE id = $1::uuid FOR UPDATE`, [id])
          if (tag !== undefined && tagOfMembers(yield* list({ id, of })) !== tag) return new MembersChanged()
          const hasOwner = Effect.map(
            sql.unsafe(`SELECT FROM ${of}_members WHERE ${of}_id = $1::uuid AND role = 'owner' LIMIT 1`, [id]),
            ({ length }) => length > 0
          )
          // What was made where nobody is asked has none to keep.
          const hadOwner = yield* hasOwner
          const rows = yield* sql.unsafe(text, [id, ...parameters])
          if (hadOwner && !(yield* hasOwner)) return yield* Effect.fail(noOwner)
          return rows
        }).pipe(sql.withTransaction, Effect.catchIf((error) => error === noOwner, () => Effect.succeed(noOwner)))).pipe(
          Effect.flatMap((rows): Effect.Effect<ReadonlyArray<object>, LastOwner | MembersChanged> =>
            rows === noOwner ? Effect.fail(new LastOwner()) : rows instanceof MembersChanged ? Effect.fail(rows) : Effect.succeed(rows))
        )

      return Members.of({
        list: (circle) => policy.postgres("Members.list", list(circle)),
        put: (circle, { role, userId }, tag) =>
          change(
            "Members.put",
            circle,
            tag,
            `WITH member AS (${ensuredUser("$2")})
             INSERT INTO ${circle.of}_members (${circle.of}_id, user_id, role) SELECT $1::uuid, id, $3 FROM member
             ON CONFLICT (${circle.of}_id, user_id) DO UPDATE SET role = excluded.role`,
            [userId, role]
          ).pipe(Effect.asVoid),
        remove: (circle, userId, tag) =>
          change(
            "Members.remove",
            circle,
            tag,
            `DELETE FROM ${circle.of}_members m USING users u
             WHERE m.${circle.of}_id = $1::uuid AND u.id = m.user_id AND u.subject = $2 RETURNING u.id`,
            [userId]
          ).pipe(Effect.map((rows) => rows.length > 0))
      })
    })
  )
}

const noOwner = Symbol("no owner is left")
