/**
 * An outbox in IndexedDB: one tab's operations of one file. Writes go in the order they were told, one transaction at a
 * time, each with everything that has gathered meanwhile; what is answered before its turn is never written. After the
 * first failure nothing is added any more, because what is kept must be a beginning of what was made.
 */
import type { Operation } from "@easel/document"
import { newId } from "../newId.ts"
import type { Outbox, OutboxFailure, OutboxHandlers } from "../Outbox.ts"
import { Chunk } from "./Chunk.ts"
import { encode, KeptOperations, type Left } from "./KeptOperations.ts"
import { openMillisMax, operationsMax, unitsMax } from "./limits.ts"
import { TabLocks } from "./TabLocks.ts"

export class IndexedDbOutbox implements Outbox {
  private readonly fileId: string
  private readonly tabId = newId()
  /** Where each operation is that waits. */
  private readonly chunks = new Map<string, Chunk>()
  private units = 0
  private chunksMade = 0
  /** Chunks that are not in the database as they are here, in order. */
  private changed = new Set<Chunk>()
  /** The chunk that takes what is added; another one follows when its writing begins. */
  private filling: Chunk | undefined
  private kept: KeptOperations | undefined
  private locks: TabLocks | undefined
  private handlers: OutboxHandlers | undefined
  private isOpen = false
  private hasFailed = false
  private writing = false
  private closing = false
  /** Operations of earlier pages that could not be read. */
  private damaged = 0

  constructor(fileId: string) {
    this.fileId = fileId
  }

  open(handlers: OutboxHandlers): void {
    this.handlers = handlers
    const deadline = setTimeout(() => {
      this.fail({ code: "unavailable", message: `the browser's storage did not open within ${openMillisMax} ms` })
    }, openMillisMax)
    this.start()
      .catch((error: unknown) => this.fail({ code: "unavailable", message: String(error) }))
      .finally(() => clearTimeout(deadline))
  }

  add(operations: ReadonlyArray<Operation.Operation>): void {
    if (this.hasFailed || this.closing) return
    for (const operation of operations) {
      const text = encode(operation)
      if (this.chunks.size >= operationsMax || this.units + text.length > unitsMax) {
        return this.fail({ code: "full", message: `${this.chunks.size} changes wait for the server, and no more are kept` })
      }
      if (this.filling?.hasRoomFor(text) !== true) this.filling = new Chunk(this.chunksMade++)
      this.filling.add(operation.id, text)
      this.changed.add(this.filling)
      this.chunks.set(operation.id, this.filling)
      this.units += text.length
    }
    this.writeSoon()
  }

  remove(operationIds: ReadonlyArray<string>): void {
    for (const id of operationIds) {
      const chunk = this.chunks.get(id)
      if (chunk === undefined) continue
      this.chunks.delete(id)
      this.units -= chunk.unitsOf(id)
      chunk.remove(id)
      this.changed.add(chunk)
    }
    this.writeSoon()
  }

  close(): void {
    this.closing = true
    this.writeSoon()
  }

  private async start(): Promise<void> {
    const { indexedDB, isSecureContext, navigator } = globalThis
    if (indexedDB === undefined) throw new Error("this browser has no IndexedDB")
    if (navigator.locks === undefined) throw new Error(isSecureContext ? "this browser has no Web Locks" : "Web Locks need HTTPS or localhost")
    const kept = await KeptOperations.open(this.fileId, this.tabId, (message) => this.fail({ code: "broken", message }))
    if (this.hasFailed) return kept.close()
    this.kept = kept
    this.locks = new TabLocks(navigator.locks, this.fileId, this.tabId, {
      tabsKept: () => kept.tabIds(),
      onGone: (tabId) => this.takeOver(kept, tabId),
      onFailed: (error) => this.fail({ code: "broken", message: String(error) })
    })
    await this.locks.start()
    if (this.hasFailed) return
    this.isOpen = true
    this.handlers?.onOpen()
    this.reportDamage()
    this.writeSoon()
  }

  private async takeOver(from: KeptOperations, tabId: string): Promise<void> {
    if (this.closing || this.hasFailed) return
    const { damaged, kept } = await from.read(tabId)
    const chunks = this.chunksOf(kept)
    const replaced = from.replace(tabId, chunks)
    // These come before everything that builds on them, in the database too, because their place is taken already. And
    // they come also when they cannot be written, for then they stay where they are and are known by their keys.
    if (kept.length > 0) this.handlers?.onTakenOver(kept.map(({ operation }) => operation))
    await replaced.catch((error: unknown) => this.fail(failureOf(error)))
    this.damaged += damaged
    if (this.isOpen) this.reportDamage()
  }

  /** Chunks of this tab for what another one kept. */
  private chunksOf(kept: Left["kept"]): ReadonlyArray<Chunk> {
    const chunks: Array<Chunk> = []
    for (const { operation: { id }, text } of kept) {
      let chunk = chunks.at(-1)
      if (chunk?.hasRoomFor(text) !== true) chunks.push(chunk = new Chunk(this.chunksMade++))
      chunk.add(id, text)
      chunk.isWritten = true
      this.chunks.set(id, chunk)
      this.units += text.length
    }
    return chunks
  }

  private reportDamage(): void {
    if (this.damaged > 0) this.fail({ code: "damaged", message: `${this.damaged} changes kept by an earlier page cannot be read` })
  }

  /** What is told in one turn of the event loop goes into one transaction. */
  private writeSoon(): void {
    if (this.writing || !this.isOpen) return
    this.writing = true
    queueMicrotask(() => {
      this.writeAll()
        .catch((error: unknown) => this.fail(failureOf(error)))
        .finally(() => {
          this.writing = false
          if (this.closing) this.end()
        })
    })
  }

  private async writeAll(): Promise<void> {
    while (this.kept !== undefined && this.changed.size > 0) {
      const chunks = [...this.changed].filter(({ isWritten, size }) => isWritten || size > 0)
      this.changed.clear()
      this.filling = undefined
      if (chunks.length > 0) await this.kept.write(chunks)
      for (const chunk of chunks) chunk.isWritten = true
    }
  }

  private fail(failure: OutboxFailure): void {
    if (this.hasFailed) return
    this.hasFailed = true
    // What is kept already is still removed when it is answered; nothing follows it.
    for (const chunk of this.changed) if (!chunk.isWritten) this.changed.delete(chunk)
    if (!this.isOpen) this.end()
    if (!this.closing) this.handlers?.onFailed(failure)
  }

  private end(): void {
    this.locks?.stop()
    this.kept?.close()
    this.kept = undefined
  }
}

const failureOf = (error: unknown): OutboxFailure => {
  const isFull = error instanceof DOMException && error.name === "QuotaExceededError"
  return isFull ? { code: "full", message: "the browser's storage is full" } : { code: "broken", message: String(error) }
}
