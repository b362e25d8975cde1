/**
 * One run of the simulated cluster: editors and watchers of some files, faults for a while, then a quiet phase in which
 * everything must come to an end and agree. The seed decides all of it.
 */
import { createHash } from "node:crypto"
import { checkHistory, type LogRow, type Verdict } from "../harness/checkHistory.ts"
import type { HistoryEvent } from "../harness/History.ts"
import { fold } from "../harness/readLogs.ts"
import type { OperationRecord } from "../harness/store/StoreModel.ts"
import { Cluster } from "./Cluster.ts"
import { befall, type FaultName } from "./Faults.ts"
import { ModelEditor } from "./ModelEditor.ts"
import { ModelWatcher } from "./ModelWatcher.ts"
import { OperationMaker } from "./OperationMaker.ts"
import { readEverywhere, readNowAndThen } from "./readNowAndThen.ts"

const filesCount = 2
const editorsCount = 4
/** Nothing new befalls the cluster after the first, and everything that did has taken its course after the second. */
const chaosMillis = { begins: 5_000, ends: 8_000 }
/** Longer than it takes to tell the last silent node dead, and for a commit to be given up. */
const quietMillisMax = 60_000
const editorSkewsMillis = [0, 0, 0, 3_600_000, -3_600_000, -13 * 3_600_000] as const

export interface Outcome {
  readonly violations: ReadonlyArray<string>
  readonly counts: Verdict["counts"] & {
    /** Commits of a former owner that the database refused. */
    readonly fenced: number
    /** Grants to another node than the one before. */
    readonly moves: number
    /** Commits that were made and whose answer never came. */
    readonly indeterminate: number
  }
  /** What befell the cluster. */
  readonly faults: ReadonlySet<FaultName>
  /** Of everything that was seen and stored. */
  readonly hash: string
  readonly history: ReadonlyArray<HistoryEvent>
  readonly story: ReadonlyArray<string>
}

export const simulate = async (seed: number): Promise<Outcome> => {
  const random = Math.random
  const cluster = new Cluster(seed, filesCount)
  // Effect takes the first numbers of a node and the hashes of its own objects from here.
  Math.random = () => cluster.random.nextDoubleUnsafe()
  try {
    return await run(cluster)
  } finally {
    Math.random = random
  }
}

const run = async (cluster: Cluster): Promise<Outcome> => {
  const { database, fileIds, random, serving: nodes, story, world } = cluster
  const history: Array<HistoryEvent> = []
  const violations: Array<string> = []
  const known = new Map<string, number>()
  const knownSeq = (file: string): number => known.get(file) ?? 0
  const record = (event: HistoryEvent): void => {
    history.push(event)
    if ("file" in event) known.set(event.file, Math.max(knownSeq(event.file), seqIn(event)))
  }
  const violation = (text: string) => violations.push(`${Math.round(world.elapsedMillis)} ms: ${text}`)
  const makers = fileIds.map(() => new OperationMaker(random, () => world.now + random.oneOf(editorSkewsMillis)))
  const editors = Array.from({ length: editorsCount }, (_, number) => {
    const fileId = fileIds[number % filesCount] ?? ""
    const maker = makers[number % filesCount] ?? unreachable()
    return new ModelEditor({ world, number, fileId, maker, nodes, record, violation })
  })
  const watchers = fileIds.map((fileId, number) => ({ fileId, watcher: new ModelWatcher({ world, number, fileId, nodes, record, violation }) }))
  const readers = { cluster, record, violation, knownSeq }
  readNowAndThen(readers)

  befall(cluster, chaosMillis.begins)
  await world.until(() => false, chaosMillis.ends)
  cluster.note("quiet")
  cluster.heal()
  for (const editor of editors) editor.stop()
  const headOf = (fileId: string) => database.store.files.get(fileId)?.headSeq ?? 0
  const areDone = () => editors.every(({ isDone }) => isDone) && watchers.every(({ fileId, watcher }) => watcher.seq === headOf(fileId))
  if (!(await world.until(areDone, quietMillisMax))) {
    violation(`no end: ${editors.filter(({ isDone }) => !isDone).length} editors wait, watchers at ${watchers.map(({ fileId, watcher }) => `${watcher.seq} of ${headOf(fileId)}`).join(", ")}`)
  }
  if (!(await readEverywhere(readers))) violation("no end: a file cannot be read everywhere")

  const logs = new Map<string, ReadonlyArray<LogRow>>([...database.store.operations].map(([fileId, rows]) => [fileId, rows.map(rowOf)]))
  const verdict = checkHistory(history, logs)
  for (const { fileId, watcher } of watchers) {
    if (watcher.model.digest !== fold(logs.get(fileId) ?? []).digest) violation(`${fileId}: a watcher has another document than the log`)
  }
  const { fenced, moves } = database.counts
  return {
    violations: [...violations, ...verdict.violations],
    faults: cluster.faults,
    counts: { ...verdict.counts, fenced, moves, indeterminate: database.lostReplies.count },
    hash: createHash("sha256").update(JSON.stringify([history, story, [...logs]])).digest("hex"),
    history,
    story
  }
}

const rowOf = ({ clientId, epoch, key, newValue, objectId, operationId, operationType, propertyPath, seq, status, timestamp }: OperationRecord): LogRow => ({
  seq,
  epoch,
  id: operationId,
  key,
  status,
  operationType,
  objectId,
  propertyPath,
  newValue: newValue === null ? null : JSON.parse(newValue),
  timestamp,
  clientId
})

const seqIn = (event: HistoryEvent): number =>
  event.type === "ok" ? event.result.seq : event.type === "read" ? event.seq : event.type === "told" ? event.operations.at(-1)?.[0] ?? 0 : 0

const unreachable = (): never => {
  throw new Error("unreachable")
}
