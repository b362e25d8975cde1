/**
 * Who is in the cluster: one row a member, kept alive by its own heartbeat and told dead by others.
 *
 * A member speaks for itself: nobody declares another one healthy. One that was told dead and is not (it was frozen,
 * or cut off) says so with its next heartbeat, and finds its leases given away (`ShardLeases`). One that is leaving
 * keeps its leases until it gives them back, so that it can finish what it has.
 */
import type { Json } from "@easel/document"
import type { ShardGroup } from "@easel/protocol"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { Policy } from "./Policy.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"

/** What a member tells of itself, as JSON. */
export type MemberStatus = Readonly<Record<string, Json>>

export interface Member {
  /** `host:port` of a runner; `gateway/<id>` of a gateway that hosts no shards. */
  readonly address: string
  /** Effect's encoded `Runner`, or `null` for a gateway. */
  readonly runner: string | null
  readonly state: "alive" | "leaving" | "dead"
  readonly status: MemberStatus
  /** Milliseconds since 1970. */
  readonly joinedAt: number
  /** Since its last heartbeat, by the database's clock. */
  readonly silentMillis: number
  readonly shards: number
}

/** A member that has not been heard of. */
export interface Silent {
  readonly address: string
  readonly silentMillis: number
}

export class ClusterMembers extends Context.Service<ClusterMembers, {
  /** Adds a member, or revives one, and returns its number, which is unique in the database. */
  readonly join: (address: string, runner: string | null) => Effect.Effect<number, StoreUnavailable>
  /** How long ago another runner last took shards; `Infinity` when none has any. */
  readonly tookMillisAgo: (address: string) => Effect.Effect<number, StoreUnavailable>
  /** Takes no new leases from now on, and keeps those it has until it gives them back. */
  readonly leave: (address: string) => Effect.Effect<void, StoreUnavailable>
  readonly remove: (address: string) => Effect.Effect<void, StoreUnavailable>
  /** Says that a member lives. */
  readonly beat: (address: string, status: MemberStatus) => Effect.Effect<void, StoreUnavailable>
  /** The others that live and were silent for longer than so. */
  readonly silent: (address: string, silentMillisMax: number) => Effect.Effect<ReadonlyArray<Silent>, StoreUnavailable>
  /** Tells a member dead, unless it was heard of meanwhile. Returns whether it was told. */
  readonly bury: (silent: Silent) => Effect.Effect<boolean, StoreUnavailable>
  /**
   * Encoded runners, and whether each is alive. One that is leaving counts while it has leases, so that its shards are
   * given to others when they can be had, and not before; or when nobody else is there.
   */
  readonly runners: Effect.Effect<ReadonlyArray<readonly [runner: string, isAlive: boolean]>, StoreUnavailable>
  /** Whether a living runner takes the group. */
  readonly hosts: (group: ShardGroup) => Effect.Effect<boolean, StoreUnavailable>
  readonly all: Effect.Effect<ReadonlyArray<Member>, StoreUnavailable>
  /** How many shards are held, by group. */
  readonly shards: Effect.Effect<Readonly<Record<string, number>>, StoreUnavailable>
}>()("@easel/store/ClusterMembers") {
  static readonly layer = Layer.effect(
    ClusterMembers,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const policy = yield* Policy
      const query = <Row extends object>(operation: string, text: string, parameters: ReadonlyArray<unknown> = []) =>
        policy.postgres(operation, sql.unsafe<Row>(text, parameters))

      return ClusterMembers.of({
        join: (address, runner) =>
          query<{ machineId: number }>(
            "ClusterMembers.join",
            `WITH forgotten AS (
               DELETE FROM cluster_members WHERE heartbeat_at < now() - interval '${forgetAfter}' AND address <> $1
             )
             INSERT INTO cluster_members (address, runner, state) VALUES ($1, $2::text, 'alive')
             ON CONFLICT (address) DO UPDATE SET runner = excluded.runner, state = 'alive', heartbeat_at = now()
             RETURNING machine_id AS "machineId"`,
            [address, runner]
          ).pipe(Effect.map((rows) => rows[0]?.machineId ?? 0)),

        tookMillisAgo: (address) =>
          query<{ millis: number | null }>(
            "ClusterMembers.tookMillisAgo",
            `SELECT (extract(epoch FROM now() - max(acquired_at)) * 1000)::float8 AS millis FROM shard_leases WHERE address <> $1`,
            [address]
          ).pipe(Effect.map((rows) => rows[0]?.millis ?? Infinity)),

        leave: (address) =>
          Effect.asVoid(query("ClusterMembers.leave", `UPDATE cluster_members SET state = 'leaving' WHERE address = $1`, [address])),

        remove: (address) =>
          Effect.asVoid(query("ClusterMembers.remove", `DELETE FROM cluster_members WHERE address = $1`, [address])),

        beat: (address, status) =>
          Effect.asVoid(query(
            "ClusterMembers.beat",
            `UPDATE cluster_members SET heartbeat_at = now(), status = $2::jsonb,
               state = CASE state WHEN 'leaving' THEN 'leaving' ELSE 'alive' END
             WHERE address = $1`,
            [address, JSON.stringify(status)]
          )),

        silent: (address, silentMillisMax) =>
          query<Silent>(
            "ClusterMembers.silent",
            `SELECT address, ${silentMillis} AS "silentMillis" FROM cluster_members
             WHERE state <> 'dead' AND address <> $1 AND heartbeat_at < now() - make_interval(secs => $2::float8 / 1000)`,
            [address, silentMillisMax]
          ),

        bury: ({ address, silentMillis: since }) =>
          query(
            "ClusterMembers.bury",
            `UPDATE cluster_members SET state = 'dead'
             WHERE address = $1 AND state <> 'dead' AND ${silentMillis} >= $2::float8 RETURNING address`,
            [address, since]
          ).pipe(Effect.map((rows) => rows.length > 0)),

        runners: query<{ runner: string; isAlive: boolean }>(
          "ClusterMembers.runners",
          `SELECT runner, state <> 'dead' AS "isAlive" FROM cluster_members m WHERE runner IS NOT NULL AND (
             state <> 'leaving' OR EXISTS (SELECT FROM shard_leases l WHERE l.address = m.address)
             OR NOT EXISTS (SELECT FROM cluster_members o WHERE o.runner IS NOT NULL AND o.state = 'alive'))`
        ).pipe(Effect.map((rows) => rows.map(({ isAlive, runner }) => [runner, isAlive] as const))),

        hosts: (group) =>
          query(
            "ClusterMembers.hosts",
            `SELECT FROM cluster_members m WHERE m.state = 'alive' AND m.runner::jsonb->'groups' ? $1 LIMIT 1`,
            [group]
          ).pipe(Effect.map((rows) => rows.length > 0)),

        shards: query<{ name: string; held: number }>(
          "ClusterMembers.shards",
          `SELECT split_part(shard_id, ':', 1) AS name, count(*)::int AS held FROM shard_leases GROUP BY 1 ORDER BY 1`
        ).pipe(Effect.map((rows) => Object.fromEntries(rows.map(({ held, name }) => [name, held])))),

        all: query<Member>(
          "ClusterMembers.all",
          `SELECT m.address, m.runner, m.state, m.status, ${silentMillis} AS "silentMillis",
             (extract(epoch FROM m.joined_at) * 1000)::float8 AS "joinedAt",
             (SELECT count(*)::int FROM shard_leases l WHERE l.address = m.address) AS shards
           FROM cluster_members m ORDER BY m.joined_at, m.address`
        )
      })
    })
  )
}

/** Members that ended without a word are kept this long, for operators to see. */
const forgetAfter = "1 hour"

const silentMillis = `(extract(epoch FROM now() - heartbeat_at) * 1000)::float8`
