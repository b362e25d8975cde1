/**
 * The editor's copy of a document: what the server has confirmed, what others do that it cannot save now, the editor's
 * own operations on their way, and the view, which is one on top of the other in this order. Pure bookkeeping; sockets
 * and clocks are elsewhere.
 *
 * Confirmed registers need no stamps from the snapshot: the server announces only operations that won, so among those
 * that follow a snapshot the stamps decide, in whatever order acks and announcements arrive.
 */
import { Document, fromViews, Operation, isRefusal, type Stamp, validateOperation } from "@easel/document"
import type { FileView, OperationResult, WireOperation } from "@easel/protocol/editor"

export interface Pending {
  readonly operation: Operation.Operation
  /** Whether it was sent on the present connection. */
  sent: boolean
}

/** The seq before anything was received. */
const nothing = -1

export class Replica {
  private confirmed = Document.empty
  /** Operations of others that the server has not saved (T1), by id. They count until they are confirmed or dropped. */
  private readonly tentative = new Map<string, { readonly operation: Operation.Operation; readonly stamp: Stamp.Stamp }>()
  /** What others see or may see: confirmed, with what is tentative merged into it. */
  private shared = Document.empty
  private visible = Document.empty
  private waiting = new Map<string, Pending>()
  /** The seq of the last `sync` with a snapshot: everything up to it is in the snapshot. */
  private snapshotSeq = nothing
  private lastSeq = nothing
  private localCounter = 0

  /** What the user sees: confirmed operations with the own pending ones on top. */
  get view(): Document.Document {
    return this.visible
  }

  /** What the server has confirmed. Equal seqs mean equal documents, here and everywhere. */
  get confirmedDocument(): Document.Document {
    return this.confirmed
  }

  /** Everything up to here has been received, or `undefined` before the first sync. */
  get seq(): number | undefined {
    return this.lastSeq === nothing ? undefined : this.lastSeq
  }

  /** Own operations without an answer, in the order they were made. */
  get pending(): Iterable<Pending> {
    return this.waiting.values()
  }

  pendingOperation(id: string): Operation.Operation | undefined {
    return this.waiting.get(id)?.operation
  }

  get pendingCount(): number {
    return this.waiting.size
  }

  /** Applies own operations at once. Their order keys must be chosen. */
  applyLocal(operations: ReadonlyArray<Operation.Operation>): void {
    for (const operation of operations) this.waiting.set(operation.id, { operation, sent: false })
    this.visible = this.visible.edit((draft) => this.overlay(draft, operations))
  }

  /**
   * Takes operations of an earlier page among the own ones, before all that were made here: they are older. Returns
   * the ids of the objects they touch. Those objects need not exist here (yet).
   */
  takeOver(operations: ReadonlyArray<Operation.Operation>): ReadonlySet<string> {
    const news = operations.filter(({ id }) => !this.waiting.has(id))
    if (news.length === 0) return new Set()
    for (const { id } of news) this.tentative.delete(id)
    const before = news.map((operation): [string, Pending] => [operation.id, { operation, sent: false }])
    this.waiting = new Map([...before, ...this.waiting])
    this.rebuild()
    return new Set(news.map(({ objectId }) => objectId))
  }

  onSnapshot(file: FileView, seq: number): void {
    this.confirmed = fromViews([...file.objects, ...file.deleted])
    this.snapshotSeq = seq
    this.lastSeq = seq
    this.rebuild()
  }

  /** What others do while the server cannot save it. Returns the ids of the objects they touch. */
  onTentative(operations: ReadonlyArray<WireOperation>): ReadonlySet<string> {
    const touched = new Set<string>()
    for (const wire of operations) {
      if (this.waiting.has(wire.id)) continue
      this.tentative.set(wire.id, { operation: valid(wire), stamp: stampOf(wire.timestamp, wire.clientId, wire.seq) })
      touched.add(wire.objectId)
    }
    this.rebuild()
    return touched
  }

  /** What is tentative by now will not be saved, or comes as confirmed. Returns the ids of the objects it touched. */
  dropTentative(): ReadonlySet<string> {
    const touched = new Set(Array.from(this.tentative.values(), ({ operation }) => operation.objectId))
    if (touched.size === 0) return touched
    this.tentative.clear()
    this.rebuild()
    return touched
  }

  /** Operations of others, or after a reconnect own ones too. Returns the ids of the objects they touch. */
  onOperations(operations: ReadonlyArray<WireOperation>, seq: number): ReadonlySet<string> {
    const touched = new Set<string>()
    this.confirmed = this.confirmed.edit((draft) => {
      for (const wire of operations) {
        this.waiting.delete(wire.id)
        this.tentative.delete(wire.id)
        if (wire.seq <= this.snapshotSeq) continue
        const operation = valid(wire)
        draft.write(operation.objectId, Operation.writesOf(operation), stampOf(operation.timestamp, wire.clientId, wire.seq))
        touched.add(operation.objectId)
      }
    })
    if (seq > this.lastSeq) this.lastSeq = seq
    this.rebuild()
    return touched
  }

  /** Answers to own operations. Returns the ids of the objects whose view may have changed by it. */
  onResults(results: ReadonlyArray<OperationResult>, seq: number, clientId: string): ReadonlySet<string> {
    const touched = new Set<string>()
    this.confirmed = this.confirmed.edit((draft) => {
      for (const result of results) {
        const pending = this.waiting.get(result.id)
        if (pending === undefined) continue
        this.waiting.delete(result.id)
        const operation = asStored(pending.operation, result)
        const status = result.status === "duplicate" ? result.first : result.status
        if (status !== "applied") touched.add(operation.objectId)
        if (status !== "applied" || result.seq <= this.snapshotSeq) continue
        if (result.status === "duplicate" && isKnown(draft, operation, result.seq)) continue
        draft.write(operation.objectId, Operation.writesOf(operation), stampOf(operation.timestamp, clientId, result.seq))
        if (result.orderKey !== undefined) touched.add(operation.objectId)
      }
    })
    if (seq > this.lastSeq) this.lastSeq = seq
    this.rebuild()
    return touched
  }

  /** The connection is gone: what has no answer must be sent again. */
  unsendAll(): void {
    for (const pending of this.waiting.values()) pending.sent = false
  }

  private rebuild(): void {
    this.shared = this.tentative.size === 0 ? this.confirmed : this.confirmed.edit((draft) => {
      for (const { operation, stamp } of this.tentative.values()) draft.write(operation.objectId, Operation.writesOf(operation), stamp)
    })
    this.visible = this.waiting.size === 0
      ? this.shared
      : this.shared.edit((draft) => this.overlay(draft, Array.from(this.waiting.values(), ({ operation }) => operation)))
  }

  /** Own operations stand above every confirmed one until the server has decided. */
  private overlay(draft: Document.Draft, operations: ReadonlyArray<Operation.Operation>): void {
    for (const operation of operations) {
      const stamp = stampOf(Number.MAX_SAFE_INTEGER, "", ++this.localCounter)
      draft.write(operation.objectId, Operation.writesOf(operation), stamp)
    }
  }
}

const valid = (wire: WireOperation): Operation.Operation => {
  const operation = validateOperation(wire)
  if (isRefusal(operation)) throw new Error(`the server sent an operation that is not valid: ${operation.message}`)
  return operation
}

const stampOf = (timestamp: number, clientId: string, counter: number) => ({ timestamp, clientId, counter })

/**
 * Whether the operation at the seq, or a later one that won over it, was announced here before. A page that is gone may
 * have sent what this one took over, under an identity, and so with a stamp, that this one does not know.
 */
const isKnown = (document: Document.Document, operation: Operation.Operation, seq: number): boolean => {
  const [write] = Operation.writesOf(operation)
  const stamp = write === undefined ? undefined : document.get(operation.objectId)?.stampOf(write.path)
  return stamp !== undefined && stamp.counter >= seq
}

/** The operation as the server stored it. */
const asStored = (operation: Operation.Operation, { orderKey, timestamp = operation.timestamp }: OperationResult): Operation.Operation =>
  orderKey !== undefined && (operation.operationType === "create" || operation.operationType === "move")
    ? { ...operation, timestamp, orderKey }
    : { ...operation, timestamp }
