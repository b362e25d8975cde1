/** The nodes of a simulated cluster with their network and database. */
import { Database } from "./Database.ts"
import type { FaultName } from "./Faults.ts"
import { Network } from "./Network.ts"
import type { SeededRandom } from "./SeededRandom.ts"
import { SimulatedNode } from "./SimulatedNode.ts"
import { World } from "./World.ts"

const nodesCount = 3
const clockSkewsMillis = [0, 0, 40, -40, 3_600_000, -3_600_000] as const

export class Cluster {
  readonly world: World
  readonly network: Network
  readonly database: Database
  /** Those that have not been killed or told to stop. */
  nodes: Array<SimulatedNode> = []
  /** Those that are on their way out. */
  private readonly leaving = new Set<SimulatedNode>()
  readonly fileIds: ReadonlyArray<string>
  /** What befell it, for who reads about a failure. */
  readonly story: Array<string> = []
  readonly faults = new Set<FaultName>()
  private started = 0

  constructor(seed: number, files: number) {
    this.world = new World(seed)
    this.network = new Network(this.world)
    this.database = new Database(this.world)
    this.fileIds = Array.from({ length: files }, () => this.random.uuid())
    for (const id of this.fileIds) this.database.store.createFile(id, "Simulated")
    for (let count = 0; count < nodesCount; count++) this.start(`node-${++this.started}`)
  }

  get random(): SeededRandom {
    return this.world.random
  }

  /** Those that editors can connect to. */
  readonly serving = (): ReadonlyArray<SimulatedNode> => this.nodes.filter(({ isServing }) => isServing)

  /** One to whom something is to happen: an owner of a file, more often than not. */
  victim(): SimulatedNode | undefined {
    const owner = this.random.chance(0.6) ? this.database.store.ownerOf(this.random.oneOf(this.fileIds) ?? "") : undefined
    return this.nodes.find(({ process }) => `${process.name}:1` === owner) ?? this.random.oneOf(this.nodes)
  }

  note(what: string): void {
    this.story.push(`${Math.round(this.world.elapsedMillis)} ms: ${what}`)
  }

  private start(name: string): void {
    this.nodes.push(new SimulatedNode(this, name, this.random.oneOf(clockSkewsMillis)))
  }

  /** Soon there is another node for one that is gone: in its place, or somewhere else. */
  replaceLater(gone: SimulatedNode): string {
    this.nodes = this.nodes.filter((node) => node !== gone)
    const name = this.random.chance(0.5) ? gone.process.name : `node-${++this.started}`
    const millis = this.random.between(50, 3_000)
    this.world.after(millis, () => this.start(name))
    return `${name} comes after ${Math.round(millis)} ms`
  }

  stop(node: SimulatedNode): void {
    this.nodes = this.nodes.filter((each) => each !== node)
    this.leaving.add(node)
    node.stop(() => {
      this.leaving.delete(node)
      node.kill()
      this.replaceLater(node)
    })
  }

  /** Nothing is wrong any more. */
  heal(): void {
    this.network.heal()
    this.database.set("working")
    this.database.lostReplies.probability = 0
    for (const { process } of [...this.nodes, ...this.leaving]) process.thaw()
  }
}
