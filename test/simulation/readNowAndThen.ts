/**
 * Reads whole files through one node after the other, while the cluster is in trouble and when it no longer is. While the
 * database answers, what is read is not older than what somebody knew of when it was asked for (K7).
 */
import * as Exit from "effect/Exit"
import type { HistoryEvent } from "../harness/History.ts"
import type { Cluster } from "./Cluster.ts"
import type { SimulatedNode } from "./SimulatedNode.ts"

const pauseMillis = { min: 200, max: 900 }
const quietMillisMax = 30_000
const againMillis = 100

interface Readers {
  readonly cluster: Cluster
  readonly record: (event: HistoryEvent) => void
  readonly violation: (text: string) => void
  /** The latest seq of a file that somebody was told of. */
  readonly knownSeq: (fileId: string) => number
}

export const readNowAndThen = (readers: Readers): void => {
  const { fileIds, random, serving, world } = readers.cluster
  world.after(random.between(pauseMillis.min, pauseMillis.max), () => {
    const [node, fileId] = [random.oneOf(serving()), random.oneOf(fileIds)]
    if (node !== undefined && fileId !== undefined) readOnce(readers, node, fileId, () => undefined)
    readNowAndThen(readers)
  })
}

/** Every node reads every file. Returns whether all could. */
export const readEverywhere = async (readers: Readers): Promise<boolean> => {
  const { fileIds, serving, world } = readers.cluster
  let missing = 0
  for (const node of serving()) {
    for (const fileId of fileIds) {
      missing++
      const read = (): void =>
        readOnce(readers, node, fileId, (isRead) => {
          if (isRead) missing--
          else world.after(againMillis, read)
        })
      read()
    }
  }
  return world.until(() => missing === 0, quietMillisMax)
}

const readOnce = ({ cluster, knownSeq, record, violation }: Readers, node: SimulatedNode, file: string, onEnd: (isRead: boolean) => void): void => {
  const { database } = cluster
  const known = knownSeq(file)
  const troubles = database.isThere ? database.troubles : undefined
  node.call(file, (actor) => actor.Read({ by: { userId: "reader" } }), (exit) => {
    if (Exit.isSuccess(exit)) {
      const { digest, epoch, seq } = exit.value
      record({ type: "read", file, seq, epoch, digest })
      if (seq < known && troubles === database.troubles) violation(`a read saw seq ${seq}, and ${known} was known before it`)
    }
    onEnd(Exit.isSuccess(exit))
  })
}
