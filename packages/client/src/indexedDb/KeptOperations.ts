/**
 * The database of an origin: what the tabs of all files keep, in chunks. A chunk is a list of operations in the order
 * they were made, each as it goes over the wire, in JSON: what is sent again is what was sent, to the letter.
 *
 * Database `easel-outbox`, version 1: store `chunks`, keys [fileId, tabId, number]. The numbers of a tab only grow, so
 * whatever an operation builds on stands before it, also when its tab took that over from another.
 */
import { isRefusal, type Operation, validateOperation } from "@easel/document"
import { type DBSchema, type IDBPDatabase, type IDBPObjectStore, openDB } from "idb"
import { toWire } from "../toWire.ts"
import type { Chunk } from "./Chunk.ts"

interface Schema extends DBSchema {
  chunks: { key: [fileId: string, tabId: string, number: number]; value: ReadonlyArray<string> }
}

type Store = IDBPObjectStore<Schema, ["chunks"], "chunks", "readwrite">

export interface Left {
  readonly kept: ReadonlyArray<{ readonly operation: Operation.Operation; readonly text: string }>
  /** How many could not be read. */
  readonly damaged: number
}

/** The machine may fail a moment after a write; a tab that closes or crashes loses nothing that was written. */
const durability = { durability: "relaxed" } as const

export class KeptOperations {
  private readonly database: IDBPDatabase<Schema>
  private readonly fileId: string
  private readonly tabId: string

  private constructor(database: IDBPDatabase<Schema>, fileId: string, tabId: string) {
    this.database = database
    this.fileId = fileId
    this.tabId = tabId
  }

  /** `onLost`: the database went away under us. */
  static async open(fileId: string, tabId: string, onLost: (why: string) => void): Promise<KeptOperations> {
    const database = await openDB<Schema>("easel-outbox", 1, {
      upgrade: (created) => void created.createObjectStore("chunks"),
      blocking: (_current, _next, event) => {
        // SAFETY: the target of `versionchange` is the connection that is in the way.
        ;(event.target as IDBDatabase).close()
        onLost("another tab brought a newer version")
      },
      terminated: () => onLost("the browser closed the database")
    })
    return new KeptOperations(database, fileId, tabId)
  }

  close(): void {
    this.database.close()
  }

  /** The tabs that keep operations of the file. */
  async tabIds(): Promise<ReadonlySet<string>> {
    const tabIds = new Set<string>()
    const { store } = this.database.transaction("chunks")
    let cursor = await store.openKeyCursor(IDBKeyRange.bound([this.fileId], [this.fileId, []]))
    while (cursor !== null) {
      const [fileId, tabId] = cursor.key
      tabIds.add(tabId)
      // On to the next tab.
      cursor = await cursor.continue([fileId, tabId, Infinity])
    }
    return tabIds
  }

  /** What a tab keeps, in order. */
  async read(tabId: string): Promise<Left> {
    const texts = (await this.database.getAll("chunks", this.ofTab(tabId))).flat()
    const kept = texts.flatMap((text) => {
      const operation = decode(text)
      return operation === undefined ? [] : [{ operation, text }]
    })
    return { kept, damaged: texts.length - kept.length }
  }

  /** Puts chunks of this tab in the place of all that another keeps, or changes nothing. */
  replace(tabId: string, chunks: ReadonlyArray<Chunk>): Promise<void> {
    return this.change((store) => [store.delete(this.ofTab(tabId)), ...chunks.map((chunk) => store.put(chunk.texts, this.keyOf(chunk)))])
  }

  /** Writes chunks as they are now, all or none; empty ones are removed. */
  write(chunks: ReadonlyArray<Chunk>): Promise<void> {
    return this.change((store) =>
      chunks.map((chunk) => chunk.size === 0 ? store.delete(this.keyOf(chunk)) : store.put(chunk.texts, this.keyOf(chunk))))
  }

  /** One transaction. It begins before this returns, so whatever is asked for later comes after it. */
  private async change(ask: (store: Store) => ReadonlyArray<Promise<unknown>>): Promise<void> {
    const transaction = this.database.transaction("chunks", "readwrite", durability)
    const requests = ask(transaction.store)
    // Everything has been asked for: nothing of it needs this tab to be there still when it is done.
    transaction.commit()
    try {
      await Promise.all([...requests, transaction.done])
    } catch (error) {
      // Requests only tell that their transaction was aborted; it knows why.
      throw transaction.error ?? error
    }
  }

  private ofTab(tabId: string): IDBKeyRange {
    return IDBKeyRange.bound([this.fileId, tabId], [this.fileId, tabId, Infinity])
  }

  private keyOf({ number }: Chunk): [fileId: string, tabId: string, number: number] {
    return [this.fileId, this.tabId, number]
  }
}

export const encode = (operation: Operation.Operation): string => JSON.stringify(toWire(operation))

const decode = (text: string): Operation.Operation | undefined => {
  try {
    const operation = validateOperation(JSON.parse(text))
    return isRefusal(operation) ? undefined : operation
  } catch {
    return undefined
  }
}
