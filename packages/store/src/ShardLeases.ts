/**
 * Which runner holds which shard: Effect Cluster's `RunnerStorage` on leases in PostgreSQL.
 *
 * A lease belongs to a runner while that runner is a living member (`ClusterMembers`); the lease of a dead or unknown
 * one is free for whoever asks. Taking a lease from a runner that is only believed dead is safe: the right to write a
 * file is granted only to the holder of its shard's lease, in one statement (`Files.activate`), and commits of earlier
 * grants are refused (`Journal`). So a former owner can neither write nor take its files back.
 *
 * Therefore a database that does not answer is no reason to give up shards: while it is away nobody can take them.
 * Effect Cluster thinks otherwise: when a second passes before it hears which leases are left, it gives up all, and
 * every actor with them. So it is told at once what was found by the last look, and a new one is begun.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Request from "effect/Request"
import * as RequestResolver from "effect/RequestResolver"
import * as ClusterError from "effect/cluster/ClusterError"
import * as RunnerStorage from "effect/cluster/RunnerStorage"
import type { NonEmptyArray } from "effect/Array"
import { ClusterMembers } from "./ClusterMembers.ts"
import { type LeaseRows, make as makeRows } from "./leaseRows.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"

/** The right of a runner to host the entities of a shard. `group:number` and `host:port`. */
export interface Lease {
  readonly shardId: string
  readonly address: string
}

/**
 * How long a runner that was assigned shards waits for those who still hold them, before it serves what it got. The
 * cluster gives up after a second, and then knows nothing of what was taken; and when it was not given all, it asks
 * again only after a further second.
 */
const handOverWait = Duration.millis(850)
const handOverPoll = Duration.millis(25)

/** A shard that its holder gives back. */
class Release extends Request.Class<Lease, void, StoreUnavailable> {}

/** The same over other rows than those of PostgreSQL. */
export const layerOver = ({ held, release, releaseAll, take }: LeaseRows) => Layer.effect(
  RunnerStorage.RunnerStorage,
  Effect.gen(function*() {
    const members = yield* ClusterMembers
    const scope = yield* Effect.scope

    /** A runner that leaves gives its shards back one by one, all in the same turn: one statement for all of them. */
    const releases = RequestResolver.makeGrouped<Release, string>({
      key: ({ request }) => request.address,
      resolver: (entries, address) =>
        Effect.flatMap(Effect.exit(release(address, entries.map(({ request }) => request.shardId))), (exit) =>
          Effect.sync(() => {
            for (const entry of entries) entry.completeUnsafe(exit)
          }))
    })

    /** The shards of the last call to `acquire`. */
    let wanted: ReadonlySet<string> = new Set()

    /** Former holders give their shards back one by one: those that come within a moment are served together. */
    const acquire = Effect.fnUntraced(function*(address: string, shardIds: NonEmptyArray<string>) {
      wanted = new Set(shardIds)
      const taken = new Set<string>()
      const deadline = (yield* Clock.currentTimeMillis) + Duration.toMillis(handOverWait)
      while (true) {
        const missing = shardIds.filter((shardId) => !taken.has(shardId))
        for (const shardId of yield* take(address, missing)) taken.add(shardId)
        if (taken.size === shardIds.length || (yield* Clock.currentTimeMillis) >= deadline) return [...taken]
        yield* Effect.sleep(handOverPoll)
      }
    })

    /** What the last look at the leases found missing, and whether one is under way. */
    let lost: ReadonlySet<string> = new Set()
    let isLooking = false
    /** Leases of which the runner knows nothing: an `acquire` took them whose answer came too late. */
    let strays: ReadonlySet<string> = new Set()
    const look = (address: string, known: ReadonlyArray<string>) =>
      Effect.gen(function*() {
        const found = new Set(yield* held(address))
        lost = new Set(known.filter((shardId) => !found.has(shardId)))
        for (const shardId of known) found.delete(shardId)
        // What is a stray twice in a row, and is not asked for, is nobody's: the others wait for it.
        const abandoned = [...found].filter((shardId) => strays.has(shardId) && !wanted.has(shardId))
        strays = found
        if (abandoned.length > 0) yield* release(address, abandoned)
      }).pipe(
        Effect.ignore,
        Effect.ensuring(Effect.sync(() => {
          isLooking = false
          wanted = new Set()
        }))
      )

    const refresh = Effect.fnUntraced(function*(address: string, shardIds: ReadonlyArray<string>) {
      const kept = shardIds.filter((shardId) => !lost.has(shardId))
      lost = new Set()
      if (!isLooking) {
        isLooking = true
        yield* Effect.forkIn(look(address, kept), scope)
      }
      return kept
    })

    return RunnerStorage.makeEncoded({
      getRunners: Effect.map(members.runners, (runners) => [...runners]).pipe(refail),
      register: (address, runner) => members.join(address, runner).pipe(refail),
      unregister: (address) => members.leave(address).pipe(refail),
      // A member speaks for itself, and `MemberWatch` for those who cannot.
      setRunnerHealth: () => Effect.void,
      acquire: (address, shardIds) => acquire(address, shardIds).pipe(refail),
      refresh,
      release: (address, shardId) => Effect.request(new Release({ address, shardId }), releases).pipe(refail),
      releaseAll: (address) => releaseAll(address).pipe(refail)
    })
  })
)

export const layer = Layer.unwrap(Effect.map(makeRows, layerOver))

const refail = ClusterError.PersistenceError.refail
