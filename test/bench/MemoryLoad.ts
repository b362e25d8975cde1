/**
 * How a server's memory grows with idle connections and with idle open files.
 *
 * Each reading waits until the server is idle and has collected its garbage; the report fits a line through several.
 * Live memory is what the server's objects and buffers hold, and hardly differs between runs. It leaves out what native
 * code and the kernel allocate by themselves, such as socket handles. RSS has the former, and also the pages that
 * garbage made on the way has left behind, so its slope is printed beside and not judged.
 */
import { waitUntil } from "../harness/waitUntil.ts"
import { type BenchEditor, createFile, openEditor } from "./BenchEditor.ts"
import { fillFile } from "./FilledFile.ts"
import { Inspector } from "./Inspector.ts"
import type { IdleConnections, IdleFiles, MemoryPoint, MemoryResult } from "./LoadSpec.ts"
import { cpuMillis, familyCpuMillis } from "./ProcessUsage.ts"

/** Without CPU time for this long a server counts as idle. Its timers alone use 10 ms, the least that shows, in about 1 s. */
const quietMillis = 250
const idleMillisMax = 15_000
/** Handshakes, or fills, at once. */
const openingMax = 10

interface Growth {
  readonly pid: number
  readonly postgresPid: number
  readonly inspectorUrl?: string
  readonly count: number
  readonly steps: number
  readonly openOne: (index: number) => Promise<BenchEditor>
}

export const runIdleConnections = async (spec: IdleConnections): Promise<MemoryResult> => {
  const files = Array.from({ length: Math.ceil(spec.connections / spec.editorsPerFile) }, () => createFile(spec.url))
  const fileIds = await Promise.all(files)
  // The files are open before the first reading, so that only connections are added.
  const openers = await Promise.all(fileIds.map((fileId, index) => openEditor({ url: spec.url, fileId, index })))
  const result = await grow({
    ...spec,
    count: spec.connections,
    // One step fills a few files up rather than all of them a little, as people arrive in real life.
    openOne: (index) =>
      openEditor({ url: spec.url, fileId: fileIds[Math.floor(index / spec.editorsPerFile)] ?? "", index: index + 1 })
  })
  for (const { webSocket } of openers) webSocket.terminate()
  return result
}

export const runIdleFiles = (spec: IdleFiles): Promise<MemoryResult> =>
  grow({
    ...spec,
    count: spec.files,
    openOne: async () => (await fillFile(spec.url, spec.objects)).editor
  })

const grow = async (growth: Growth): Promise<MemoryResult> => {
  if (growth.inspectorUrl === undefined) throw new Error("the server was started without its inspector")
  const inspector = await Inspector.open(growth.inspectorUrl)
  const editors: Array<BenchEditor> = []
  // The first step warms the server up (compiled code, a grown young generation), so nothing is read before it.
  const points: Array<MemoryPoint> = []
  for (let step = 1; step <= growth.steps; step++) {
    const target = Math.round(growth.count * step / growth.steps)
    while (editors.length < target) {
      const batch = Array.from({ length: Math.min(openingMax, target - editors.length) }, (_, offset) =>
        growth.openOne(editors.length + offset))
      editors.push(...await Promise.all(batch))
    }
    await untilIdle(growth)
    points.push({ count: target, ...await inspector.usageAfterCollection() })
  }
  inspector.close()
  const disconnected = editors.filter(({ webSocket }) => !webSocket.isOpen).length
  for (const { webSocket } of editors) webSocket.terminate()
  return { _tag: "Memory", points, disconnected }
}

/** Until nothing is written any more, by the server or its PostgreSQL. */
const untilIdle = ({ pid, postgresPid }: Growth): Promise<void> => {
  const usedMillis = (): number => cpuMillis(pid) + familyCpuMillis(postgresPid)
  let used = usedMillis()
  let quietSince = performance.now()
  return waitUntil(
    () => {
      const now = usedMillis()
      // Where the kernel does not say, both are `NaN`, and the pause has to do.
      if (!Object.is(now, used)) quietSince = performance.now()
      used = now
      return performance.now() - quietSince >= quietMillis
    },
    { deadlineMillis: idleMillisMax, what: `the server has used no CPU time for ${quietMillis} ms` }
  )
}
