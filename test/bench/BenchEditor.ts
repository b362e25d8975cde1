/**
 * One editor of the load generator: a connection that subscribes and hands over frames undecoded.
 *
 * Frames are told apart by the bytes after `{"type":"`, because parsing what 200 editors receive would make the
 * generator the slowest part. It takes compressed snapshots, as the SDK does.
 */
import { performance } from "node:perf_hooks"
import { inflateRawSync } from "node:zlib"
import { LeanSocket } from "./LeanSocket.ts"

export type FrameType = "ack" | "operation" | "sync" | "error" | "other"

interface SyncPayload {
  /** Absent when the answer is what was missed. */
  readonly file?: { readonly id: string; readonly objects: ReadonlyArray<unknown> }
  readonly clientId: string
}

export interface AckPayload {
  readonly operationIds: ReadonlyArray<string>
  readonly results: ReadonlyArray<{ readonly id: string; readonly status: string; readonly reason?: unknown }>
}

export interface BenchEditor {
  readonly index: number
  readonly webSocket: LeanSocket
  /** From the start of the connection to the parsed `sync`. */
  readonly joinMillis: number
  /** From the start of the connection to the last byte of the `sync`, decompressed. */
  readonly receivedMillis: number
  /** Bytes the socket had read by then, HTTP upgrade included. */
  readonly wireBytes: number
  readonly objects: number
}

export interface EditorOptions {
  readonly url: string
  readonly fileId: string
  readonly index: number
  /** What it has seen on an earlier connection. */
  readonly sinceSeq?: number
  /** The bytes are gone when it returns. */
  readonly onFrame?: (editor: BenchEditor, type: FrameType, data: Buffer) => void
  readonly onClose?: (editor: BenchEditor, reason: string) => void
}

const joinMillisMax = 30_000

/** Connects, subscribes and resolves with the first `sync`. */
export const openEditor = (options: EditorOptions): Promise<BenchEditor> =>
  new Promise((resolve, reject) => {
    const { fileId, index } = options
    const startedAt = performance.now()
    const webSocket = new LeanSocket(`${options.url}/ws`)
    let editor: BenchEditor | undefined
    const fail = (reason: string): void => {
      clearTimeout(deadline)
      webSocket.terminate()
      reject(new Error(`editor ${index} could not join: ${reason}`))
    }
    const deadline = setTimeout(() => fail(`no sync within ${joinMillisMax} ms`), joinMillisMax)
    webSocket.on("open", () => {
      webSocket.send(frameText("subscribe", { fileId, userId: `bench-${index}`, userName: `Bench ${index}`, sinceSeq: options.sinceSeq, compression: "deflate-raw" }))
    })
    webSocket.on("close", (code, reason) => {
      const text = `closed ${code} ${reason}`
      if (editor === undefined) fail(text)
      else options.onClose?.(editor, text)
    })
    webSocket.on("message", (received, isBinary) => {
      const data = isBinary ? inflateRawSync(received) : received
      const type = frameType(data)
      if (editor !== undefined) return options.onFrame?.(editor, type, data)
      if (type === "error") return fail(data.toString())
      if (type !== "sync") return
      const receivedMillis = performance.now() - startedAt
      const sync: SyncPayload = payloadOf(data)
      clearTimeout(deadline)
      editor = {
        index,
        webSocket,
        joinMillis: performance.now() - startedAt,
        receivedMillis,
        wireBytes: webSocket.bytesRead,
        objects: sync.file?.objects.length ?? 0
      }
      resolve(editor)
    })
  })

/** Opens many editors, a few at a time, so that the handshakes do not time each other out. */
export const openEditors = async (count: number, optionsOf: (index: number) => EditorOptions): Promise<Array<BenchEditor>> => {
  const editors: Array<BenchEditor> = []
  while (editors.length < count) {
    const batch = Math.min(joiningMax, count - editors.length)
    const first = editors.length
    editors.push(...await Promise.all(Array.from({ length: batch }, (_, offset) => openEditor(optionsOf(first + offset)))))
  }
  return editors
}

const joiningMax = 25

const frameText = (type: string, payload: unknown): string => JSON.stringify({ type, payload })

// SAFETY: the two servers under test define these shapes; a generator that validated would measure itself.
export const payloadOf = (data: Buffer) => JSON.parse(data.toString()).payload

/** Every server under test writes `type` first; a frame that does not start so is decoded to find out. */
const frameType = (data: Buffer): FrameType => {
  const type = data.subarray(0, prefix.length).equals(prefix)
    ? data.toString("latin1", prefix.length, data.indexOf(0x22, prefix.length))
    : String(JSON.parse(data.toString()).type)
  return type === "ack" || type === "operation" || type === "sync" || type === "error" ? type : "other"
}

const prefix = Buffer.from(`{"type":"`)

export const createFile = async (url: string): Promise<string> => {
  const response = await fetch(`${url}/api/files`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "Bench" })
  })
  if (response.status !== 201) throw new Error(`POST /api/files answered ${response.status}: ${await response.text()}`)
  // SAFETY: as above; `id` is what the API promises.
  const file: { readonly id: string } = JSON.parse(await response.text())
  return file.id
}
