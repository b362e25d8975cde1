/**
 * The heartbeat of a member of the cluster, and its eye on the others.
 *
 * A runner that is silent for `silentMillisMax` is asked directly; one that does not answer is told dead, and its
 * shards are free. One that answers but does not reach the database (its heartbeats stay away while ours arrive) is
 * told dead after `cutOffMillisMax`, because it cannot commit anything. After the database itself was away everybody
 * looks silent: then nobody is judged until heartbeats had time to come.
 */
import { ClusterMembers, type Silent, supervisedLoop } from "@easel/store"
import * as RunnerAddress from "effect/cluster/RunnerAddress"
import * as Runners from "effect/cluster/Runners"
import * as ShardingConfig from "effect/cluster/ShardingConfig"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import { MemberStatus } from "./MemberStatus.ts"

const heartbeatMillis = 500
const silentMillisMax = 2_000
const cutOffMillisMax = 10_000
const answerWait = "1 second"

/** A second, and what an answer needs to arrive. */
const deafMillis = 1_100

const buried = Metric.counter("easel_members_buried_total", { description: "Members of the cluster that this one told dead" })

/**
 * The heartbeat of this process's runner. It outlives what hosts its shards, so that a runner that is leaving is not
 * taken for a dead one, and takes the member off the list when the shards have been given back.
 */
export const layerHeartbeat = Layer.effectDiscard(Effect.gen(function*() {
  const members = yield* ClusterMembers
  const status = yield* MemberStatus
  const address = yield* ownAddress
  yield* Effect.addFinalizer(() => Effect.ignore(members.remove(address)))
  yield* Effect.flatMap(status.read, (read) => members.beat(address, read)).pipe(Effect.ignore, repeated)
}))

/** Watches the others. */
export const layerRunner = Layer.effectDiscard(Effect.gen(function*() {
  const members = yield* ClusterMembers
  const runners = yield* Runners.Runners
  const address = yield* ownAddress

  const answers = (silent: Silent) =>
    runners.ping(addressOf(silent.address)).pipe(Effect.timeout(answerWait), Effect.isSuccess)

  const judge = Effect.fnUntraced(function*(silent: Silent) {
    if (silent.silentMillis < cutOffMillisMax && (yield* answers(silent))) return
    if (!(yield* members.bury(silent))) return
    yield* Metric.update(buried, 1)
    yield* Effect.logWarning("A member of the cluster is gone", { member: silent.address, silentMillis: silent.silentMillis })
  })

  let lookedMillis = 0
  let trustsFromMillis = 0
  yield* Effect.gen(function*() {
    const silent = yield* members.silent(address, silentMillisMax)
    const now = yield* Clock.currentTimeMillis
    if (now - lookedMillis > silentMillisMax) trustsFromMillis = now + silentMillisMax
    lookedMillis = now
    if (now >= trustsFromMillis) yield* Effect.forEach(silent, judge, { concurrency: "unbounded", discard: true })
  }).pipe(Effect.ignore, repeated)
}))

/**
 * A runner that leaves goes on serving until the others have had their last shards for so long: Effect's loop is deaf for
 * a second after it was given some, and files that were given back meanwhile would be served by nobody.
 */
export const layerDeparture = Layer.effectDiscard(Effect.gen(function*() {
  const members = yield* ClusterMembers
  const address = yield* ownAddress
  yield* Effect.addFinalizer(() =>
    members.tookMillisAgo(address).pipe(
      Effect.flatMap((millis) => Effect.sleep(Math.max(0, deafMillis - millis))),
      Effect.timeoutOption(deafMillis),
      Effect.ignore
    ))
}))

/** A gateway only shows that it is there. */
export const layerGateway = Layer.effectDiscard(Effect.gen(function*() {
  const members = yield* ClusterMembers
  const status = yield* MemberStatus
  const address = `gateway/${crypto.randomUUID()}`
  yield* Effect.addFinalizer(() => Effect.ignore(members.remove(address)))
  yield* members.join(address, null).pipe(
    Effect.andThen(status.read),
    Effect.flatMap((read) => members.beat(address, read)),
    Effect.ignore,
    repeated
  )
}))

const repeated = <A, R>(look: Effect.Effect<A, never, R>) =>
  supervisedLoop("MemberWatch", look.pipe(Effect.andThen(Effect.sleep(heartbeatMillis)), Effect.withTracerEnabled(false)))

const ownAddress = Effect.map(ShardingConfig.ShardingConfig, ({ runnerAddress }) =>
  Option.match(runnerAddress, { onNone: () => "", onSome: ({ host, port }) => `${host}:${port}` }))

const addressOf = (address: string): RunnerAddress.RunnerAddress => {
  const colon = address.lastIndexOf(":")
  return RunnerAddress.make(address.slice(0, colon), Number(address.slice(colon + 1)))
}
