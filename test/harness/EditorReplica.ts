/**
 * What an editor knows of its file from frames alone, merged by `Model`, and what the frames promised on the way:
 * no seq in two frames, and nothing after a frame said that everything up to there had been told (P5), which an ack of
 * own operations says, too. Broken promises are collected; tests expect none.
 */
import type { Payloads, Result, SentOperation, Sync, ToldOperation } from "./contract.ts"
import { Model } from "./model.ts"

export class EditorReplica {
  #model = new Model()
  #snapshotSeq = 0
  /** Everything up to here has been told, the own operations in flight excepted. */
  #toldSeq = 0
  #epoch = 0
  readonly #seqs = new Map<number, string>()
  readonly #sent = new Map<string, SentOperation>()
  readonly violations: Array<string> = []

  get model(): Model {
    return this.#model
  }

  get seq(): number {
    return this.#toldSeq
  }

  get epoch(): number {
    return this.#epoch
  }

  /** Operation ids by seq, of all operations since the snapshot that this editor was told of or had acknowledged. */
  get seqs(): ReadonlyMap<number, string> {
    return this.#seqs
  }

  /** Seqs after `fromSeq`, up to what was told, of which the editor knows nothing: superseded ones of others, or gaps. */
  unknownSeqs(fromSeq = this.#snapshotSeq): ReadonlyArray<number> {
    const unknown: Array<number> = []
    for (let seq = fromSeq + 1; seq <= this.#toldSeq; seq++) if (!this.#seqs.has(seq)) unknown.push(seq)
    return unknown
  }

  onSend(operations: ReadonlyArray<SentOperation>): void {
    for (const operation of operations) this.#sent.set(operation.id, operation)
  }

  onSync(sync: Sync): void {
    this.#hasEpoch(sync.epoch)
    if (sync.file === undefined) {
      if (sync.fromSeq !== this.#toldSeq) this.violations.push(`sync from seq ${sync.fromSeq}, not ${this.#toldSeq}`)
      let last = sync.fromSeq ?? 0
      for (const operation of sync.operations ?? []) {
        if (operation.seq <= last) this.violations.push(`sync told seq ${operation.seq} after ${last}`)
        last = operation.seq
        this.#apply(operation)
      }
    } else {
      this.#model = Model.of([...sync.file.objects, ...sync.file.deleted])
      this.#snapshotSeq = sync.seq
      this.#seqs.clear()
    }
    this.#toldSeq = sync.seq
  }

  onOperation({ epoch, operations, seq: toldSeq }: Payloads["operation"]): void {
    this.#hasEpoch(epoch)
    let last = 0
    for (const operation of operations) {
      const { seq } = operation
      if (seq <= last) this.violations.push(`told seq ${seq} after ${last} in one frame`)
      last = seq
      if (seq <= this.#toldSeq) this.violations.push(`told seq ${seq}, although everything to ${this.#toldSeq} was told`)
      if (seq > toldSeq) this.violations.push(`told seq ${seq} in a frame that ends at ${toldSeq}`)
      this.#apply(operation)
    }
    if (toldSeq < this.#toldSeq) this.violations.push(`a frame ends at seq ${toldSeq} after ${this.#toldSeq}`)
    this.#toldSeq = Math.max(this.#toldSeq, toldSeq)
  }

  onAck({ operationIds, results, seq }: Payloads["ack"], clientId: string): void {
    if (operationIds.join() !== results.map(({ id }) => id).join()) this.violations.push("operationIds are not those of the results")
    for (const result of results) {
      if (result.seq > seq) this.violations.push(`an ack with seq ${seq} answers seq ${result.seq}`)
      this.#settle(result, clientId)
    }
    this.#toldSeq = Math.max(this.#toldSeq, seq)
  }

  #settle(result: Result, clientId: string): void {
    const sent = this.#sent.get(result.id)
    const came = result.status === "duplicate" ? result.first : result.status
    if (sent === undefined || result.seq === 0 || result.seq <= this.#snapshotSeq) return
    // After a fault the server tells from its log, where it cannot leave an editor's own out; what was told stands.
    const known = this.#seqs.get(result.seq)
    if (known !== undefined && (known === result.id || result.status === "duplicate")) return
    this.#know(result.seq, result.id)
    if (came === "applied") this.#model.apply(asUsed(sent, result, clientId))
  }

  #apply(operation: ToldOperation): void {
    if (operation.seq <= this.#snapshotSeq) return
    this.#know(operation.seq, operation.id)
    this.#model.apply(operation)
  }

  #know(seq: number, id: string): void {
    const known = this.#seqs.get(seq)
    if (known !== undefined) this.violations.push(`seq ${seq} came twice: ${known} and ${id}`)
    this.#seqs.set(seq, id)
  }

  #hasEpoch(epoch: number): void {
    if (epoch < this.#epoch) this.violations.push(`epoch ${epoch} after ${this.#epoch}`)
    this.#epoch = Math.max(this.#epoch, epoch)
  }
}

/** An own operation as it stands in the log: with the server's timestamp and order key, where it chose others. */
const asUsed = (sent: SentOperation, result: Result, clientId: string) => {
  const { newValue } = sent
  const placed = typeof newValue === "object" && newValue !== null && result.orderKey !== undefined
    ? { newValue: { ...newValue, orderKey: result.orderKey } }
    : {}
  return { ...sent, ...placed, timestamp: result.timestamp ?? sent.timestamp, clientId, seq: result.seq }
}
