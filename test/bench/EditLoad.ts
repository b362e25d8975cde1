/**
 * Loads of edits, on one file or many: `Saturate` asks how much a server takes, `Paced` how fast it is at a given pace.
 *
 * Saturate is a closed loop, so its latencies are those of a full pipe. Paced is an open loop: operations leave when
 * they are due, whatever the server does, and how late the generator itself was is reported beside them. Both warm up
 * first, measure for a fixed time, then wait for what is under way. Nobody reconnects: a lost editor counts as one.
 */
import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { openEditors } from "./BenchEditor.ts"
import { EditRecorder } from "./EditRecorder.ts"
import { type FilledFile, fillFile } from "./FilledFile.ts"
import type { EditResult, Paced, Saturate } from "./LoadSpec.ts"
import { fillConsumers, openConsumers, slowConsumersClosed } from "./Consumers.ts"
import { pace, send, type Session } from "./Pacer.ts"
import { cpuMillis, familyCpuMillis, machineCpuMillis, rssBytes } from "./ProcessUsage.ts"
import { objectsPerEditor, observerPrefix, Workload } from "./Workload.ts"

const drainMillisMax = 4_000

export const runEditLoad = async (spec: Saturate | Paced): Promise<EditResult> => {
  const servers = [spec, ...spec.beside]
  const editorsPerFile = spec.editors / spec.files
  const files = await fillFiles(spec, editorsPerFile * objectsPerEditor)
  const recorder = new EditRecorder(spec.editors, spec.files)
  const sessions: Array<Session> = []
  let isOver = false
  let disconnected = 0
  let onAcked = (_session: Session): void => {}
  const editors = await openEditors(spec.editors, (index) => ({
    url: urlFor(spec, Math.floor(index / editorsPerFile)),
    fileId: files[Math.floor(index / editorsPerFile)]?.fileId ?? "",
    index,
    onFrame: (editor, type, data) => {
      const acked = recorder.receive(editor, type, data)
      const session = sessions[editor.index]
      if (acked === 0 || session === undefined) return
      session.unacked -= acked
      onAcked(session)
    },
    onClose: (_editor, reason) => {
      if (isOver) return
      disconnected++
      recorder.fault(reason)
    }
  }))
  for (const editor of editors) {
    const seat = editor.index % editorsPerFile
    const file = files[Math.floor(editor.index / editorsPerFile)]
    const own = file?.objectIds.slice(seat * objectsPerEditor, (seat + 1) * objectsPerEditor) ?? []
    const workload = new Workload(own, editor.index === 0 ? observerPrefix : undefined)
    sessions.push({ editor, workload, unacked: 0 })
  }

  const consumers = await openConsumers(spec, files[0]?.fileId ?? "")
  let stop: () => void
  if (spec._tag === "Saturate") {
    const unackedMax = spec.framesInFlight * spec.frameOperations
    onAcked = (session) => {
      while (session.unacked + spec.frameOperations <= unackedMax) {
        if (!send(recorder, session, spec.frameOperations)) return
      }
    }
    for (const session of sessions) onAcked(session)
    stop = () => {
      onAcked = () => {}
    }
  } else {
    stop = pace(spec, sessions, recorder)
  }

  const fill = await fillConsumers(spec, consumers, editors[0], files[0]?.objectIds ?? [])
  const [first] = sessions
  // Their acks are counted as all others are.
  if (first !== undefined) first.unacked += fill.operations
  await sleep(spec.warmupMillis)
  const before = usage(spec)
  recorder.measure(true)
  await sleep(spec.measureMillis)
  recorder.measure(false)
  const after = usage(spec)
  stop()
  const unacked = (): number => sessions.reduce((sum, session) => sum + session.unacked, 0)
  const drainUntil = performance.now() + drainMillisMax
  while (performance.now() < drainUntil && (unacked() > 0 || recorder.samplesUnseen > 0)) await sleep(20)
  // What is left of other editors' frames when the last ack is in: the observer counts it.
  await sleep(100)
  isOver = true
  const millis = after.at - before.at
  const generatorMillis = after.generatorMillis - before.generatorMillis
  const serverMillis = after.serverMillis - before.serverMillis
  const postgresMillis = after.postgresMillis - before.postgresMillis
  const machineMillis = after.machineMillis - before.machineMillis
  const result: EditResult = {
    _tag: "Edit",
    operationsPerSecond: recorder.acked / millis * 1000,
    ackMillis: recorder.ackMillis.latencies(),
    syncMillis: recorder.syncMillis.latencies(),
    samplesUnseen: recorder.samplesUnseen,
    observerMissed: recorder.observerMissed,
    statuses: recorder.statuses,
    unacked: unacked(),
    disconnected,
    errors: recorder.errors,
    latenessMillis: recorder.latenessMillis.latencies(),
    receivedMegabytesPerSecond: recorder.receivedBytes / millis / 1000,
    framesPerSecond: recorder.frames / millis * 1000,
    generatorCpu: generatorMillis / millis,
    serverCpu: serverMillis / millis,
    postgresCpu: postgresMillis / millis,
    strangersCpu: (machineMillis - generatorMillis - serverMillis - postgresMillis) / millis,
    serverCpuMillisPer1000: serverMillis / recorder.acked * 1000,
    serverRssBytes: servers.reduce((sum, { pid }) => sum + rssBytes(pid), 0),
    ...(consumers.length === 0 ? {} : { consumers: { bytesEach: fill.bytesEach, closed: await slowConsumersClosed(spec.url) } })
  }
  for (const { webSocket } of consumers) webSocket.terminate()
  for (const { editor } of sessions) editor.webSocket.close()
  return result
}

/** Files, and where they are created, take turns. */
const homeOf = ({ beside, url }: Saturate | Paced, file: number): string =>
  beside[file % (beside.length + 1) - 1]?.url ?? url

const urlFor = (spec: Saturate | Paced, file: number): string => {
  if (spec.editorsAt === "first") return spec.url
  return homeOf(spec, spec.editorsAt === "home" ? file : Math.floor(Math.random() * (spec.beside.length + 1)))
}

/** Fills at once. */
const fillingMax = 10

const fillFiles = async (spec: Saturate | Paced, objects: number): Promise<ReadonlyArray<FilledFile>> => {
  const files: Array<FilledFile> = []
  while (files.length < spec.files) {
    const batch = Array.from({ length: Math.min(fillingMax, spec.files - files.length) }, (_, offset) =>
      fillFile(spec.editorsAt === "first" ? spec.url : homeOf(spec, files.length + offset), objects))
    const filled = await Promise.all(batch)
    for (const { editor } of filled) editor.webSocket.close()
    files.push(...filled)
  }
  return files
}

const usage = (spec: Saturate | Paced) => {
  const servers = [spec, ...spec.beside]
  const postgresPids = new Set(servers.map(({ postgresPid }) => postgresPid))
  const { system, user } = process.cpuUsage()
  return {
    at: performance.now(),
    generatorMillis: (user + system) / 1000,
    serverMillis: servers.reduce((sum, { pid }) => sum + cpuMillis(pid), 0),
    postgresMillis: [...postgresPids].reduce((sum, pid) => sum + familyCpuMillis(pid), 0),
    machineMillis: machineCpuMillis()
  }
}
