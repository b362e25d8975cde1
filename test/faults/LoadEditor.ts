/**
 * An editor that edits without pause and outlives its connections: when the line breaks it comes back with `sinceSeq`
 * and sends again what has no answer, with the same keys and in the same order. What it does is random and follows
 * from its seed; it draws, moves, deletes and restores in a file that others edit, with a clock that is wrong.
 */
import { randomUUID } from "node:crypto"
import type { Frame, SentOperation } from "../harness/contract.ts"
import { create, move, remove, restore, update } from "../harness/editing.ts"
import { EditorReplica } from "../harness/EditorReplica.ts"
import type { History } from "../harness/History.ts"
import { mulberry32 } from "../harness/mulberry32.ts"
import { RawEditor } from "../harness/RawEditor.ts"
import { waitUntil } from "../harness/waitUntil.ts"
import type { Answer } from "./report/timeline.ts"

const framesInFlightMax = 3
const frameOperationsMax = 4
/** Beyond it the editor changes what is there instead of drawing more. */
const objectsMax = 60
const reconnectMillisMax = 60_000
const answerMillisMax = 15_000
const hourMillis = 3_600_000

export interface LoadOptions {
  readonly number: number
  readonly fileId: string
  readonly seed: number
  readonly history: History
  /** Where to connect, after so many failures in a row, or `undefined` while nobody is there. */
  readonly url: (failures: number) => string | undefined
  /** Between two frames; without it the editor sends whenever fewer than three frames wait for their answers. */
  readonly pauseMillis?: number
  /** An answer that comes later than this is a failure. */
  readonly answerMillisMax?: number
}

export class LoadEditor {
  readonly replica = new EditorReplica()
  readonly fileId: string
  /** Error frames that an editor which does nothing wrong must not get. */
  readonly errors: Array<string> = []
  acked = 0
  /** Of them: resends of what was committed before. */
  duplicates = 0
  connections = 0
  readonly answers: Array<Answer> = []
  readonly #options: LoadOptions
  readonly #random: () => number
  readonly #clockOffsetMillis: number
  /** Frames without a complete answer, oldest first. */
  #frames: Array<Array<SentOperation>> = []
  #connection: RawEditor | undefined
  #clientId: string | undefined
  /** When the operations without an answer were sent for the first time, by id. */
  readonly #sentAt = new Map<string, number>()
  #isStopped = false
  #failures = 0
  #sentAtMillis = 0

  constructor(options: LoadOptions) {
    this.#options = options
    this.fileId = options.fileId
    this.#random = mulberry32(options.seed)
    this.#clockOffsetMillis = Math.round((this.#random() - 0.5) * 80)
  }

  get inFlight(): number {
    return this.#frames.reduce((count, frame) => count + frame.length, 0)
  }

  /** Edits until `stop`, and then until everything has its answer. */
  async run(): Promise<void> {
    while (!this.#isDone) {
      try {
        await this.#connect()
      } catch {
        // The node went down again before the sync: the next turn waits for it.
        this.#connection?.terminate()
        this.#failures++
        continue
      }
      const connection = this.#connection
      while (connection?.isOpen === true && !this.#isDone) {
        if (this.#mayDraw) this.#sendFrame(this.#newFrame())
        else await this.#untilWork(connection)
      }
      if (!this.#isDone) {
        this.#failures++
        this.#record({ type: "info", what: `connection ended with ${connection?.closeCode}` })
      }
    }
  }

  get #mayDraw(): boolean {
    const { pauseMillis = 0 } = this.#options
    return !this.#isStopped && this.#frames.length < framesInFlightMax && performance.now() - this.#sentAtMillis >= pauseMillis
  }

  #untilWork(connection: RawEditor): Promise<void> {
    return waitUntil(() => !connection.isOpen || this.#isDone || this.#mayDraw, {
      deadlineMillis: this.#options.answerMillisMax ?? answerMillisMax,
      what: `editor ${this.#options.number} has answers`,
      state: () => ({ inFlight: this.#frames, frames: connection.frames.slice(-6) })
    })
  }

  stop(): void {
    this.#isStopped = true
  }

  /**
   * One more operation that surely applies. The seqs of superseded ones are told with the next that is not, so without
   * it the others might never hear of the last seq.
   */
  async finish(): Promise<void> {
    this.#sendFrame([create(randomUUID())])
    await this.#connection?.until(() => this.#frames.length === 0, "the last answer")
  }

  /** Everything up to `seq` is known here. */
  async reaches(seq: number): Promise<void> {
    await this.#connection?.reaches(seq)
  }

  disconnect(): void {
    this.#connection?.terminate()
  }

  get #isDone(): boolean {
    return this.#isStopped && this.#frames.length === 0
  }

  async #connect(): Promise<void> {
    const { fileId, number, url } = this.#options
    await waitUntil(() => url(this.#failures) !== undefined, { deadlineMillis: reconnectMillisMax, what: "a node is up" })
    const editor = await RawEditor.connect(url(this.#failures) ?? "", this.replica)
    this.#connection = editor
    editor.onFrame = (frame) => this.#onFrame(frame)
    const known = this.#clientId === undefined ? {} : { clientId: this.#clientId, sinceSeq: this.replica.seq }
    editor.send("subscribe", { fileId, userId: `load-${number}`, ...known })
    await editor.until(() => editor.clientId !== "" || !editor.isOpen, "sync")
    if (editor.clientId === "") throw new Error("the connection ended before the sync")
    this.#clientId = editor.clientId
    this.#failures = 0
    this.connections++
    for (const frame of this.#frames) this.#transmit(frame, true)
  }

  #sendFrame(operations: Array<SentOperation>): void {
    this.#frames.push(operations)
    this.#sentAtMillis = performance.now()
    for (const { id } of operations) this.#sentAt.set(id, this.#sentAtMillis)
    this.#transmit(operations, false)
  }

  #transmit(operations: ReadonlyArray<SentOperation>, again: boolean): void {
    for (const { id, idempotencyKey } of operations) this.#record({ type: "invoke", id, key: idempotencyKey, again })
    if (this.#connection?.isOpen === true) this.#connection.submit(...operations)
  }

  #onFrame(frame: Frame): void {
    if (frame.type === "ack") {
      const atMillis = performance.now()
      for (const result of frame.payload.results) {
        const key = this.#answered(result.id)
        if (key === undefined) continue
        this.acked++
        if (result.status === "duplicate") this.duplicates++
        this.answers.push({ atMillis, waitedMillis: atMillis - (this.#sentAt.get(result.id) ?? atMillis) })
        this.#sentAt.delete(result.id)
        this.#record({ type: "ok", key, result })
      }
    } else if (frame.type === "operation") {
      this.#record({ type: "told", operations: frame.payload.operations.map(({ id, seq }) => [seq, id]) })
    } else if (frame.type === "sync") {
      this.#record({ type: "told", operations: (frame.payload.operations ?? []).map(({ id, seq }) => [seq, id]) })
    } else if (frame.type === "error") {
      const { code, operationIds = [] } = frame.payload
      // P9: these have to be sent again, in the same order.
      if (code === "busy" || code === "indeterminate") {
        const ids = new Set(operationIds)
        for (const waiting of this.#frames.filter((each) => each.some(({ id }) => ids.has(id)))) this.#transmit(waiting, true)
      } else if (code !== "file_unavailable") {
        this.errors.push(JSON.stringify(frame.payload))
      } else this.#connection?.terminate()
    }
  }

  /** Takes an operation off the frames in flight; returns its key unless it had its answer before. */
  #answered(id: string): string | undefined {
    for (const frame of this.#frames) {
      const index = frame.findIndex((operation) => operation.id === id)
      if (index === -1) continue
      const [operation] = frame.splice(index, 1)
      this.#frames = this.#frames.filter(({ length }) => length > 0)
      return operation?.idempotencyKey
    }
    return undefined
  }

  #newFrame(): Array<SentOperation> {
    return Array.from({ length: 1 + Math.floor(this.#random() * frameOperationsMax) }, () => this.#newOperation())
  }

  #newOperation(): SentOperation {
    const { ids } = this.replica.model
    const object = this.#pick(ids)
    const chance = this.#random()
    if (object === undefined || (chance < 0.1 && ids.length < objectsMax)) return this.#drawing()
    const at = { timestamp: this.#timestamp() }
    if (chance < 0.2) return move(object, this.#random() < 0.5 ? null : this.#pick(ids) ?? null, undefined, at)
    if (chance < 0.25) return remove(object, at)
    if (chance < 0.3) return restore(object, at)
    if (chance < 0.5) return update(object, `data.k${Math.floor(this.#random() * 3)}`, [this.#random(), { by: this.#options.number, text: "ü\u{1f600}" }], at)
    if (chance < 0.6) return update(object, "name", `name ${this.#random()}`, at)
    return update(object, this.#pick(["x", "y", "width"]) ?? "x", this.#random() * 1e6, at)
  }

  #drawing(): SentOperation {
    const place = this.#random() < 0.5 ? {} : { orderKey: this.#pick(["a0", "a1", "a1V", "a2"]) ?? "a0" }
    const properties = { type: this.#pick(["rectangle", "frame", "group"]) ?? "group", x: this.#random(), data: { drawn: true }, ...place }
    return create(randomUUID(), properties, { timestamp: this.#timestamp() })
  }

  /** Mostly about now; sometimes from the first days of 1970, sometimes from the future. */
  #timestamp(): number {
    const chance = this.#random()
    if (chance < 0.02) return Math.floor(this.#random() * 1000)
    return Date.now() + this.#clockOffsetMillis + (chance > 0.98 ? hourMillis : 0)
  }

  #pick<A>(items: ReadonlyArray<A>): A | undefined {
    return items[Math.floor(this.#random() * items.length)]
  }

  #record(event: LoadEvent): void {
    this.#options.history.record({ process: this.#options.number, file: this.fileId, ...event })
  }
}

type LoadEvent =
  | { readonly type: "invoke"; readonly id: string; readonly key: string; readonly again: boolean }
  | { readonly type: "ok"; readonly key: string; readonly result: Extract<Frame, { type: "ack" }>["payload"]["results"][number] }
  | { readonly type: "told"; readonly operations: ReadonlyArray<readonly [number, string]> }
  | { readonly type: "info"; readonly what: string }
