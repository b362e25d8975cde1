/**
 * What a long history weighs: real drawings are imported, then edited by one small step after the other, and each state
 * is kept as a version. Reads are of versions here and there, each of which must be the state that was kept.
 */
import { execFile } from "node:child_process"
import { randomUUID } from "node:crypto"
import { readdir } from "node:fs/promises"
import { dirname, join } from "node:path"
import { performance } from "node:perf_hooks"
import { promisify } from "node:util"
import { openEditor } from "./BenchEditor.ts"
import { Histogram } from "./Histogram.ts"
import type { History, HistoryResult } from "./LoadSpec.ts"
import { answerOf, applied, moveText } from "./versionRequests.ts"

const pageVersions = 200

interface Version {
  readonly id: string
  readonly bytes: number
}

interface Read {
  readonly objects: ReadonlyArray<{ readonly id: string; readonly x?: number }>
}

export const runHistoryLoad = async (spec: History): Promise<HistoryResult> => {
  const fileId = await importDrawings(spec.url, spec.drawings)
  const path = `${spec.url}/api/files/${fileId}`
  const { objects } = await answerOf<Read>(path)
  const editor = await openEditor({ url: spec.url, fileId, index: 1 })
  const saves = new Histogram()
  const kept: Array<{ readonly id: string; readonly objectId: string; readonly x: number }> = []
  for (let step = 0; step < spec.versions; step++) {
    const objectId = objects[Math.floor(Math.random() * objects.length)]?.id ?? ""
    await applied(editor, [moveText(randomUUID(), objectId, step)])
    const startedAt = performance.now()
    const { id } = await answerOf<Version>(`${path}/versions`, { name: `Step ${step}` })
    saves.record(performance.now() - startedAt)
    kept.push({ id, objectId, x: step })
  }
  editor.webSocket.close()

  const reads = new Histogram()
  let [wrong, fullBytes] = [0, 0]
  for (let read = 0; read < spec.reads; read++) {
    const { id, objectId, x } = kept[Math.floor(Math.random() * kept.length)] ?? { id: "", objectId: "", x: 0 }
    const startedAt = performance.now()
    const body = await (await fetch(`${path}/versions/${id}/document`)).text()
    reads.record(performance.now() - startedAt)
    fullBytes = body.length
    const then: Read = JSON.parse(body)
    if (then.objects.find((object) => object.id === objectId)?.x !== x) wrong++
  }
  const bytes = await storedBytes(path)
  return {
    _tag: "History",
    objects: objects.length,
    versions: kept.length,
    bytesEach: bytes / kept.length,
    fullBytes,
    saveMillis: saves.latencies(),
    readMillis: reads.latencies(),
    wrong
  }
}

/** By the program, as anybody would. */
const importDrawings = async (url: string, count: number): Promise<string> => {
  const folder = dirname(process.argv[1] ?? "")
  const icons = join(folder, "../node_modules/lucide-static/icons")
  const names = (await readdir(icons)).filter((name) => name.endsWith(".svg")).sort().slice(0, count)
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(folder, "easel.mjs"), "import", ...names.map((name) => join(icons, name))],
    { env: { ...process.env, EASEL_URL: url } }
  )
  const [, fileId] = /\/api\/files\/(\S+)/.exec(stdout) ?? []
  if (fileId === undefined) throw new Error(`the import says ${stdout.slice(0, 300)}`)
  return fileId
}

/** Of all versions that are listed, those that others are deltas from among them. */
const storedBytes = async (path: string): Promise<number> => {
  let bytes = 0
  for (let next: string | undefined = `${path}/versions?limit=${pageVersions}`; next !== undefined;) {
    const page: Response = await fetch(next)
    const versions: ReadonlyArray<Version> = JSON.parse(await page.text())
    for (const version of versions) bytes += version.bytes
    const [, more] = /^<([^>]+)>/.exec(page.headers.get("link") ?? "") ?? []
    next = more === undefined ? undefined : new URL(more, path).href
  }
  return bytes
}
