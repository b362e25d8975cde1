/**
 * What a browser keeps of one file, in memory: the outboxes of all its pages, with the queue that each has before the
 * disk. Pages open, write and end when the test says so; whose page has ended is taken over by the first that lives.
 */
import type { Outbox, OutboxFailure, OutboxHandlers } from "@easel/client"
import type { Operation } from "@easel/document"

export class MemoryDisk {
  /** In the order written. */
  private rows: Array<{ page: MemoryOutbox; readonly operation: Operation.Operation }> = []
  private readonly living = new Set<MemoryOutbox>()
  /** Every operation that was ever written. */
  readonly everWritten = new Set<string>()

  get operationIds(): ReadonlyArray<string> {
    return this.rows.map(({ operation }) => operation.id)
  }

  newPage(): MemoryOutbox {
    return new MemoryOutbox(this)
  }

  /** All pages are open and everything they told is written. */
  settle(pages: Iterable<MemoryOutbox>): void {
    for (const page of pages) page.finishOpening()
    for (const page of pages) page.write()
  }

  add(page: MemoryOutbox, operation: Operation.Operation): void {
    this.rows.push({ page, operation })
    this.everWritten.add(operation.id)
  }

  remove(id: string): void {
    this.rows = this.rows.filter(({ operation }) => operation.id !== id)
  }

  opened(page: MemoryOutbox): void {
    this.living.add(page)
    this.takeOver()
  }

  ended(page: MemoryOutbox): void {
    this.living.delete(page)
    this.takeOver()
  }

  private takeOver(): void {
    const [first] = this.living
    const left = this.rows.filter(({ page }) => !this.living.has(page))
    if (first === undefined || left.length === 0) return
    for (const row of left) row.page = first
    first.takeOver(left.map(({ operation }) => operation))
  }
}

export class MemoryOutbox implements Outbox {
  /** Every operation that the page made, in order. */
  readonly made: Array<string> = []
  private readonly disk: MemoryDisk
  private queue: Array<() => void> = []
  private handlers: OutboxHandlers | undefined
  private state: "new" | "open" | "ended" = "new"
  private hasFailed = false

  constructor(disk: MemoryDisk) {
    this.disk = disk
  }

  open(handlers: OutboxHandlers): void {
    this.handlers = handlers
  }

  add(operations: ReadonlyArray<Operation.Operation>): void {
    this.made.push(...operations.map(({ id }) => id))
    if (!this.hasFailed) this.queue.push(() => operations.forEach((operation) => this.disk.add(this, operation)))
  }

  remove(operationIds: ReadonlyArray<string>): void {
    this.queue.push(() => operationIds.forEach((id) => this.disk.remove(id)))
  }

  close(): void {
    this.write()
    this.crash()
  }

  finishOpening(): void {
    if (this.state !== "new") return
    this.state = "open"
    this.disk.opened(this)
    this.handlers?.onOpen()
  }

  /** So much of what was told reaches the disk. */
  write(count = Infinity): void {
    if (this.state === "open") for (const write of this.queue.splice(0, count)) write()
  }

  /** The page is gone, and what was not written with it. */
  crash(): void {
    if (this.state === "ended") return
    this.state = "ended"
    this.queue = []
    this.disk.ended(this)
  }

  fail(failure: OutboxFailure): void {
    this.hasFailed = true
    this.handlers?.onFailed(failure)
  }

  takeOver(operations: ReadonlyArray<Operation.Operation>): void {
    this.handlers?.onTakenOver(operations)
  }
}
