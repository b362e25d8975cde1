/** A node of the simulated cluster: the real runner with its file actors, on simulated time, network and database. */
import { FileEntity } from "@easel/protocol"
import { Access, Policy, PresenceStore } from "@easel/store"
import * as MessageStorage from "effect/cluster/MessageStorage"
import * as RunnerAddress from "effect/cluster/RunnerAddress"
import * as ShardingConfig from "effect/cluster/ShardingConfig"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as FileEntityLayer from "../../cluster/file/FileEntityLayer.ts"
import { ResidentFiles } from "../../cluster/file/ResidentFiles.ts"
import * as Cluster from "../../cluster/runtime/Cluster.ts"
import { MemberStatus } from "../../cluster/runtime/MemberStatus.ts"
import * as MemberWatch from "../../cluster/runtime/MemberWatch.ts"
import { hangingUp } from "../../cluster/runtime/RunnerLines.ts"
import * as modelStore from "../harness/store/modelStore.ts"
import type { Database, DatabaseLine } from "./Database.ts"
import type { Network } from "./Network.ts"
import { Process, type World } from "./World.ts"

type Clients = Effect.Success<typeof FileEntity.client>

const shardsPerGroup = 6
/** Shorter than a run, so that files come into memory again. */
const fileIdle = "3 seconds"

export interface Surroundings {
  readonly world: World
  readonly network: Network
  readonly database: Database
}

export class SimulatedNode {
  readonly process: Process
  readonly line: DatabaseLine
  private readonly scope = Scope.makeUnsafe()
  private clients: Clients | undefined

  constructor({ database, network, world }: Surroundings, name: string, skewMillis: number) {
    this.process = new Process(world, name, skewMillis)
    this.line = database.connect(this.process)
    const address = { host: name, port: 1 }
    const config = Layer.succeed(ShardingConfig.ShardingConfig, {
      ...Cluster.shared({ shardsPerGroup, residentFilesMax: 1_000 }),
      assignedShardGroups: ["default"],
      runnerAddress: Option.some(RunnerAddress.make(address.host, address.port))
    })
    const layer = MemberWatch.layerDeparture.pipe(
      Layer.provideMerge(FileEntityLayer.layer({ idle: fileIdle })),
      Layer.provide([ResidentFiles.layer, Access.layerEverybody, PresenceStore.layerMemory]),
      Layer.provideMerge(Cluster.layerRunnerOver),
      Layer.provide(MessageStorage.layerNoop),
      Layer.provideMerge(hangingUp(modelStore.layerLeases(this.line))),
      Layer.provideMerge(modelStore.layerOver(this.line)),
      Layer.provide(Policy.layer),
      Layer.provideMerge(network.layer(this.process, address)),
      Layer.provideMerge(config),
      Layer.provide(MemberStatus.layer({ node: name, role: "node", groups: ["default"] }))
    )
    const start = Effect.gen({ self: this }, function*() {
      const services = yield* Layer.buildWithScope(layer, this.scope)
      this.clients = yield* Effect.provideContext(FileEntity.client, services)
    })
    Effect.runForkWith(this.process.context)(start)
  }

  get isServing(): boolean {
    return this.clients !== undefined && !this.process.isDead
  }

  /** Calls a file's actor, wherever that is. What was called goes on when nobody listens any more. */
  call<A, E>(fileId: string, ask: (file: ReturnType<Clients>) => Effect.Effect<A, E>, onExit: (exit: Exit.Exit<A, E>) => void): void {
    const { clients } = this
    if (clients === undefined) return
    this.run(ask(clients(fileId))).addObserver(onExit)
  }

  run<A, E>(effect: Effect.Effect<A, E>): Fiber.Fiber<A, E> {
    return Effect.runForkWith(this.process.context)(effect)
  }

  kill(): void {
    this.clients = undefined
    this.process.kill()
  }

  /** As SIGTERM does. */
  stop(onEnd: () => void): void {
    this.clients = undefined
    this.process.world.after(0, () => this.run(Scope.close(this.scope, Exit.void)).addObserver(onEnd), this.process)
  }
}
