/**
 * The measures of a load of edits: acks, and how long an operation takes to reach every other editor.
 *
 * Sync latency is sampled, for at 50 editors each operation is received 49 times and decoding all of it would make the
 * generator the slowest part. A sampled operation's id starts with a fixed prefix; receivers search the undecoded
 * frame for it and look the send time up by id. Samples are spread evenly over editors and time, so that about
 * `sampledReceiptsPerSecond` receipts are timed whatever the load. One editor, the observer, decodes everything and
 * counts, which shows whether operations went missing. All times are of one process's clock.
 */
import { performance } from "node:perf_hooks"
import { type AckPayload, type BenchEditor, type FrameType, payloadOf } from "./BenchEditor.ts"
import { Histogram } from "./Histogram.ts"
import { observerPrefix, sampledPrefix } from "./Workload.ts"

const sampledReceiptsPerSecond = 40_000
const faultsKeptMax = 5
const faultCharsMax = 300

interface Sample {
  readonly sender: BenchEditor
  readonly sentAt: number
  left: number
}

export class EditRecorder {
  readonly ackMillis = new Histogram()
  /** Where what arrives is counted now. */
  syncMillis = new Histogram()
  readonly latenessMillis = new Histogram()
  readonly statuses: Record<string, number> = {}
  readonly errors: Array<string> = []
  acked = 0
  receivedBytes = 0
  frames = 0
  /** Applied operations of all editors but the observer, and how many of them the observer saw. */
  private appliedByOthers = 0
  private observed = 0
  private isMeasuring = false
  private readonly others: number
  private readonly sampleGapMillis: number
  private readonly sampledAt: Array<number>
  private readonly samples = new Map<string, Sample>()
  /** When frames were sent, by the id of their first operation; `NaN` outside the measured window. */
  private readonly sentAt = new Map<string, number>()

  /** Editors whose indices follow each other share a file. The observer is in the first. */
  constructor(editors: number, files: number) {
    this.others = editors / files - 1
    this.sampleGapMillis = editors * this.others / sampledReceiptsPerSecond * 1000
    // Random phases, or all editors would sample the same moments.
    this.sampledAt = Array.from({ length: editors }, () => performance.now() + Math.random() * this.sampleGapMillis)
  }

  /** Opens or closes the measured window; what was sent before it opens is not timed. */
  measure(isMeasuring: boolean): void {
    this.isMeasuring = isMeasuring
  }

  /** Whether the next operation of this editor is to be sampled; the observer's never are. */
  isSampleDue(editor: BenchEditor, now: number): boolean {
    if (!this.isMeasuring || editor.index === 0) return false
    if (now - (this.sampledAt[editor.index] ?? 0) < this.sampleGapMillis) return false
    this.sampledAt[editor.index] = now
    return true
  }

  sent(sender: BenchEditor, firstId: string, sentAt: number, isSampled: boolean): void {
    this.sentAt.set(firstId, this.isMeasuring ? sentAt : Number.NaN)
    if (isSampled) this.samples.set(firstId, { sender, sentAt, left: this.others })
  }

  sentLate(millis: number): void {
    if (this.isMeasuring) this.latenessMillis.record(millis)
  }

  /** Returns how many operations the frame acked. */
  receive(editor: BenchEditor, type: FrameType, data: Buffer): number {
    if (this.isMeasuring) {
      this.receivedBytes += data.length
      this.frames++
    }
    if (type === "operation") this.receiveOperations(editor, data)
    if (type === "error") this.fault(data.toString())
    return type === "ack" ? this.receiveAck(editor, payloadOf(data)) : 0
  }

  /** Keeps the first few, to say what went wrong. */
  fault(text: string): void {
    if (this.errors.length < faultsKeptMax) this.errors.push(text.slice(0, faultCharsMax))
  }

  get samplesUnseen(): number {
    return this.samples.size
  }

  /** Below zero when the server also relays operations that it did not apply. */
  get observerMissed(): number {
    return this.appliedByOthers - this.observed
  }

  private receiveAck(editor: BenchEditor, ack: AckPayload): number {
    const now = performance.now()
    for (const { id, status } of ack.results) {
      this.statuses[status] = (this.statuses[status] ?? 0) + 1
      if (status === "applied" && editor.index !== 0 && editor.index <= this.others) this.appliedByOthers++
      if (status !== "applied") this.samples.delete(id)
      const sentAt = this.sentAt.get(id)
      if (sentAt === undefined) continue
      this.sentAt.delete(id)
      if (!Number.isNaN(sentAt)) this.ackMillis.record(now - sentAt)
    }
    if (this.isMeasuring) this.acked += ack.results.length
    return ack.results.length
  }

  private receiveOperations(editor: BenchEditor, data: Buffer): void {
    const now = performance.now()
    for (let at = data.indexOf(needle); at !== -1; at = data.indexOf(needle, at + needle.length)) {
      const idAt = at + needle.length - sampledPrefix.length
      const id = data.toString("latin1", idAt, idAt + 36)
      const sample = this.samples.get(id)
      if (sample === undefined || sample.sender === editor) continue
      this.syncMillis.record(now - sample.sentAt)
      if (--sample.left === 0) this.samples.delete(id)
    }
    if (editor.index !== 0) return
    const operations: ReadonlyArray<{ readonly id: string }> = payloadOf(data).operations
    for (const { id } of operations) if (!id.startsWith(observerPrefix)) this.observed++
  }
}

const needle = Buffer.from(`"id":"${sampledPrefix}`)
