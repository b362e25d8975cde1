/**
 * Effect's cluster for this process: as a runner, which hosts shards, or as a gateway, which only calls those that do.
 *
 * The cluster decides where an actor lives; that it is the only one that can write is guaranteed by the store
 * (`ShardLeases`, `Files.activate`, `Journal`), not here.
 */
import { type ShardGroup, shardGroups } from "@easel/protocol"
import { ClusterMembers, ShardLeases } from "@easel/store"
import * as MessageStorage from "effect/cluster/MessageStorage"
import * as RunnerAddress from "effect/cluster/RunnerAddress"
import * as RunnerHealth from "effect/cluster/RunnerHealth"
import * as Sharding from "effect/cluster/Sharding"
import * as ShardingConfig from "effect/cluster/ShardingConfig"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as RpcSerialization from "effect/rpc/RpcSerialization"
import * as Schema from "effect/Schema"
import type * as SocketServer from "effect/socket/SocketServer"
import * as MemberWatch from "./MemberWatch.ts"
import * as RunnerCalls from "./RunnerCalls.ts"
import { hangingUp, RunnerLines } from "./RunnerLines.ts"
import * as RunnerPort from "./RunnerPort.ts"

export interface ClusterOptions {
  readonly shardsPerGroup: number
  readonly residentFilesMax: number
}

export interface RunnerOptions extends ClusterOptions {
  /** The host under which the others reach this runner. */
  readonly host: string
  /** 0 picks a free port. */
  readonly port: number
  /** The address to listen on; the others need not know it. */
  readonly listenHost: string
  readonly groups: ReadonlyArray<ShardGroup>
}

/** The runners' port cannot be listened on. */
export class RunnerListenFailed extends Schema.TaggedError<RunnerListenFailed>()("RunnerListenFailed", { reason: Schema.String }) {}

export const layerRunner = ({ groups, host, listenHost, port, ...options }: RunnerOptions) => {
  const listening = RunnerPort.RunnerPort.layer(listenHost, port).pipe(
    Layer.catchTag("SocketServerError", (error) =>
      Layer.effect(RunnerPort.RunnerPort, Effect.fail(
        new RunnerListenFailed({ reason: `the runner cannot listen on ${listenHost}:${port}: ${reasonOf(error)}` })
      )))
  )
  const config = Layer.effect(
    ShardingConfig.ShardingConfig,
    Effect.map(RunnerPort.RunnerPort, ({ address }) =>
      ShardingConfig.ShardingConfig.of({
        ...shared(options),
        assignedShardGroups: groups,
        runnerAddress: Option.some(RunnerAddress.make(host, address._tag === "UnixPathAddress" ? port : address.port))
      }))
  )
  return layerRunnerOver.pipe(Layer.provideMerge(storage), Layer.provideMerge(config), Layer.provide(listening))
}

/** A runner on whatever holds the leases and carries the calls. */
export const layerRunnerOver = Layer.provideMerge(
  MemberWatch.layerRunner,
  RunnerPort.layerAnswers.pipe(
    Layer.provideMerge(Sharding.layer),
    Layer.provideMerge(RunnerCalls.layer),
    Layer.provide(RunnerHealth.layerNoop),
    Layer.provideMerge(MemberWatch.layerHeartbeat),
    Layer.provide(RpcSerialization.layerSchemaBinary())
  )
)

export const layerGateway = (options: ClusterOptions) =>
  Layer.provideMerge(
    MemberWatch.layerGateway,
    Sharding.layer.pipe(
      Layer.provideMerge(RunnerCalls.layer),
      Layer.provide(RunnerHealth.layerNoop),
      Layer.provideMerge(storage),
      Layer.provide(ShardingConfig.layer({ ...shared(options), runnerAddress: Option.none(), assignedShardGroups: [] })),
      Layer.provide(RpcSerialization.layerSchemaBinary())
    )
  )

/** No call is persisted: what must survive is in the journal, and callers send again what was not answered. */
const storage = Layer.mergeAll(MessageStorage.layerNoop, hangingUp(ShardLeases.layer)).pipe(
  Layer.provideMerge(ClusterMembers.layer),
  Layer.provideMerge(RunnerLines.layer)
)

export const intervals = {
  // How soon a runner learns that shards were taken from it. Writing them is refused at once (`Journal`).
  shardLockRefreshInterval: "1 second",
  shardLockExpiration: "10 seconds",
  // How soon everybody learns who has come or gone; the half of what a move costs.
  refreshAssignmentsInterval: "150 millis",
  sendRetryInterval: "50 millis",
  // How soon a runner asks again for shards that it did not get.
  entityMessagePollInterval: "1 second",
  entityTerminationTimeout: "2 seconds"
} as const

export const shared = ({ residentFilesMax, shardsPerGroup }: ClusterOptions): ShardingConfig.ShardingConfig["Service"] => ({
  ...ShardingConfig.defaults,
  availableShardGroups: shardGroups,
  shardsPerGroup,
  maxResidentEntities: residentFilesMax,
  ...intervals,
  // Messages between nodes are serialised; within one they pass by reference.
  simulateRemoteSerialization: false
})

const reasonOf = (error: SocketServer.SocketServerError): string => {
  const { cause } = error.reason
  return cause instanceof Error ? cause.message : error.message
}
