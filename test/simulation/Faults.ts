/** What happens to the cluster, one after the other and at once, as the seed has it. */
import type { Condition } from "./Database.ts"
import type { Cluster } from "./Cluster.ts"
import type { SimulatedNode } from "./SimulatedNode.ts"

const pauseMillis = { min: 200, max: 1_500 }

type Fault = (cluster: Cluster, node: SimulatedNode) => string

const conditions = ["refusing", "silent"] as const satisfies ReadonlyArray<Condition>

const freeze: Fault = ({ world }, node) => {
  // Long enough, more often than not, for the others to take over.
  const millis = world.random.chance(0.3) ? world.random.between(100, 2_000) : world.random.between(3_500, 6_000)
  node.process.freeze()
  world.after(millis, () => node.process.thaw())
  return `freeze ${node.process.name} for ${Math.round(millis)} ms`
}

const kill: Fault = (cluster, node) => {
  node.kill()
  return `kill ${node.process.name}, ${cluster.replaceLater(node)}`
}

const stop: Fault = (cluster, node) => {
  cluster.stop(node)
  return `stop ${node.process.name}`
}

const partition: Fault = ({ network, random, nodes }, node) => {
  const other = random.oneOf(nodes.filter((each) => each !== node))
  if (other === undefined) return "nobody to cut off"
  network.partition(node.process, other.process)
  return `cut ${node.process.name} off from ${other.process.name}`
}

const heal: Fault = ({ network }) => {
  network.heal()
  return "the network heals"
}

const cutOffFromDatabase: Fault = ({ random, world }, node) => {
  const condition = random.oneOf(conditions)
  const millis = random.between(100, 9_000)
  node.line.set(condition)
  world.after(millis, () => node.line.set("working"))
  return `the database is ${condition} to ${node.process.name} for ${Math.round(millis)} ms`
}

const stopDatabase: Fault = ({ database, random, world }) => {
  const condition = random.oneOf(conditions)
  const millis = random.between(100, 3_000)
  database.set(condition)
  world.after(millis, () => database.set("working"))
  return `the database is ${condition} for ${Math.round(millis)} ms`
}

const loseReplies: Fault = ({ database, random, world }) => {
  const millis = random.between(200, 1_500)
  database.lostReplies.probability = 0.4
  world.after(millis, () => {
    database.lostReplies.probability = 0
  })
  return `replies to commits are lost for ${Math.round(millis)} ms`
}

/** Somebody's role in a file is another one: commits under way are refused. */
const changeRoles: Fault = ({ database, fileIds, random }) => {
  const file = database.store.files.get(random.oneOf(fileIds) ?? "")
  if (file !== undefined) file.access++
  return "roles change"
}

const faults = { freeze, kill, stop, partition, heal, cutOffFromDatabase, stopDatabase, loseReplies, changeRoles }

export type FaultName = keyof typeof faults

/** Those that there is most to learn from come more often. */
const names: readonly [FaultName, ...Array<FaultName>] = [
  "freeze", "freeze", "freeze", "kill", "kill", "stop", "partition", "heal", "cutOffFromDatabase", "cutOffFromDatabase",
  "stopDatabase", "loseReplies", "loseReplies", "changeRoles"
]

export const faultNames: ReadonlySet<FaultName> = new Set(names)

/** Something befalls some node, again and again, for so long. */
export const befall = (cluster: Cluster, untilMillis: number): void => {
  const { random, world } = cluster
  world.after(random.between(pauseMillis.min, pauseMillis.max), () => {
    if (world.elapsedMillis >= untilMillis) return
    const node = cluster.victim()
    if (node !== undefined) {
      const name = random.oneOf(names)
      cluster.faults.add(name)
      cluster.note(faults[name](cluster, node))
    }
    befall(cluster, untilMillis)
  })
}
