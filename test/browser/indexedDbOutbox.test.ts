/** The outbox in a real browser's IndexedDB, without a server: what it keeps, who takes over, and how it fails. */
import type { Outbox } from "@easel/client"
import type { Operation } from "@easel/document"
import type { Page } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type BlankPage, serveBlankPage } from "../harness/blankPage.ts"
import { browserForFile, describeInBrowser } from "../harness/browser.ts"
import { waitUntil } from "../harness/waitUntil.ts"

interface Heard {
  opened: number
  /** Ids, one list per call. */
  readonly takenOver: Array<ReadonlyArray<string>>
  readonly failures: Array<{ readonly code: string; readonly message: string }>
}

/** As much of IndexedDB as the tests look into: the root's types have no DOM. */
interface Asked<Result> {
  onsuccess: (event: { readonly target: { readonly result: Result } }) => void
}

interface ChunkStore {
  getAllKeys(): Asked<ReadonlyArray<ReadonlyArray<unknown>>>
  getAll(): Asked<ReadonlyArray<ReadonlyArray<string>>>
  put(texts: ReadonlyArray<string>, key: unknown): Asked<unknown>
}

interface OutboxDatabase {
  transaction(store: string, mode?: string): { objectStore(name: string): ChunkStore }
  close(): void
}

/** What is global in the page. */
declare global {
  var indexedDB: { open(name: string): Asked<OutboxDatabase> }
  var client: { readonly openIndexedDbOutbox: (fileId: string) => Outbox }
  var outbox: Outbox
  var heard: Heard
  var operationsTaken: Array<Operation.Operation>
}

const fileId = "00000000-0000-4000-8000-000000000000"
const deadlineMillis = 15_000

let blank: BlankPage
beforeAll(async () => {
  blank = await serveBlankPage("@easel/client/indexedDb")
})
afterAll(() => blank.stop())

/** Opens an outbox on the page, and waits until it is open or has failed. */
const openOutbox = async (page: Page, file = fileId): Promise<Heard> => {
  await page.goto(blank.url)
  await page.evaluate((id) => {
    const heard: Heard = { opened: 0, takenOver: [], failures: [] }
    const operationsTaken: Array<Operation.Operation> = []
    const outbox = globalThis.client.openIndexedDbOutbox(id)
    Object.assign(globalThis, { heard, operationsTaken, outbox })
    outbox.open({
      onOpen: () => void heard.opened++,
      onTakenOver: (operations) => {
        heard.takenOver.push(operations.map(({ id }) => id))
        operationsTaken.push(...operations)
      },
      onFailed: (failure) => void heard.failures.push(failure)
    })
  }, file)
  return hears(page, "the outbox is open or has failed", ({ failures, opened }) => opened > 0 || failures.length > 0)
}

const heardOn = (page: Page): Promise<Heard> => page.evaluate(() => globalThis.heard)

const hears = async (page: Page, what: string, predicate: (heard: Heard) => boolean): Promise<Heard> => {
  await waitUntil(async () => predicate(await heardOn(page)), { deadlineMillis, what, state: () => heardOn(page) })
  return heardOn(page)
}

/** Adds operations with these ids, each of so many characters at least. */
const add = (page: Page, ids: ReadonlyArray<string>, chars = 0): Promise<void> =>
  page.evaluate(({ chars, ids }) => {
    globalThis.outbox.add(ids.map((id): Operation.Operation => ({
      id,
      idempotencyKey: `key-${id}`,
      timestamp: 7,
      objectId: "o",
      operationType: "update",
      propertyPath: "data.k",
      newValue: { text: "\u2028\"".padEnd(chars, "x"), list: [1.5, null] }
    })))
  }, { ids, chars })

const remove = (page: Page, ids: ReadonlyArray<string>): Promise<void> => page.evaluate((ids) => globalThis.outbox.remove(ids), ids)

/** The ids of all operations in the database, in order, and how many tabs they belong to. */
const keptOn = (page: Page): Promise<{ readonly ids: ReadonlyArray<string>; readonly tabs: number }> =>
  page.evaluate(() => new Promise((resolve) => {
    globalThis.indexedDB.open("easel-outbox").onsuccess = ({ target: { result: database } }) => {
      const store = database.transaction("chunks").objectStore("chunks")
      store.getAllKeys().onsuccess = ({ target: { result: keys } }) => {
        store.getAll().onsuccess = ({ target: { result: chunks } }) => {
          database.close()
          resolve({ ids: chunks.flat().map((text) => JSON.parse(text).id), tabs: new Set(keys.map(([, tabId]) => tabId)).size })
        }
      }
    }
  }))

const idsKept = async (page: Page): Promise<ReadonlyArray<string>> => (await keptOn(page)).ids

/** Waits until these are kept. Their order counts within a tab only, and is seen when they are taken over. */
const keeps = (page: Page, ids: ReadonlyArray<string>): Promise<void> =>
  waitUntil(async () => JSON.stringify((await idsKept(page)).toSorted()) === JSON.stringify(ids.toSorted()), {
    deadlineMillis,
    what: `${ids.length} operations are kept`,
    state: () => idsKept(page)
  })

describeInBrowser("the outbox in IndexedDB", () => {
  const browser = browserForFile()

  it("C6: a reload finds what was not answered, in order, as it was made; what was answered is gone", async () => {
    const page = await (await browser.newVisitor()).newPage()
    expect(await openOutbox(page)).toEqual({ opened: 1, takenOver: [], failures: [] })
    await add(page, ["a", "b"])
    await add(page, ["c"])
    await keeps(page, ["a", "b", "c"])
    await remove(page, ["b", "unknown"])
    await keeps(page, ["a", "c"])
    // Answered in the turn in which they are made, and while they are being written.
    await page.evaluate(() => {
      const make = (id: string): Operation.Operation => ({ id, idempotencyKey: id, timestamp: 1, objectId: "o", operationType: "delete" })
      globalThis.outbox.add([make("d"), make("e")])
      globalThis.outbox.remove(["d"])
      return Promise.resolve().then(() => Promise.resolve()).then(() => globalThis.outbox.remove(["e"]))
    })
    await add(page, ["f"])
    await keeps(page, ["a", "c", "f"])
    const heard = await openOutbox(page)
    expect(heard).toEqual({ opened: 1, takenOver: [["a", "c", "f"]], failures: [] })
    expect((await page.evaluate(() => globalThis.operationsTaken))[1]).toEqual({
      id: "c",
      idempotencyKey: "key-c",
      timestamp: 7,
      objectId: "o",
      operationType: "update",
      propertyPath: "data.k",
      newValue: { text: "\u2028\"", list: [1.5, null] }
    })
    await remove(page, ["a", "c", "f"])
    await keeps(page, [])
    expect((await openOutbox(page)).takenOver).toEqual([])
  })

  it("C6: an edit made just before the reload is kept", async () => {
    const page = await (await browser.newVisitor()).newPage()
    await openOutbox(page)
    for (let round = 0; round < 5; round++) {
      await add(page, [`last words ${round}`.replaceAll(" ", "-")])
      const { takenOver } = await openOutbox(page)
      expect(takenOver.flat()).toHaveLength(round + 1)
    }
  })

  it("C9: what a tab leaves is taken over by one of those that live, and what that leaves by the next", async () => {
    const visitor = await browser.newVisitor()
    const [first, second, third] = [await visitor.newPage(), await visitor.newPage(), await visitor.newPage()]
    for (const page of [first, second, third]) await openOutbox(page)
    await add(second, ["b1", "b2"])
    await add(third, ["c1"])
    await keeps(first, ["b1", "b2", "c1"])
    await second.close()
    expect((await hears(first, "the second's are taken over", ({ takenOver }) => takenOver.length > 0)).takenOver).toEqual([["b1", "b2"]])
    expect((await heardOn(third)).takenOver).toEqual([])
    expect((await keptOn(first)).tabs).toBe(2)
    await add(first, ["a1"])
    await keeps(first, ["b1", "b2", "c1", "a1"])
    await first.close()
    expect((await hears(third, "the first's are taken over", ({ takenOver }) => takenOver.length > 0)).takenOver).toEqual([["b1", "b2", "a1"]])
    await remove(third, ["b1", "b2", "a1", "c1"])
    await keeps(third, [])
  })

  it("C9: a tab that crashes is taken over from, and one that closes its file too", async () => {
    const visitor = await browser.newVisitor()
    const [first, second] = [await visitor.newPage(), await visitor.newPage()]
    await openOutbox(first)
    await openOutbox(second)
    await add(second, ["crashed"])
    await keeps(first, ["crashed"])
    const session = await visitor.context.newCDPSession(second)
    // Its answer never comes.
    session.send("Page.crash").catch(() => undefined)
    expect((await hears(first, "the crashed tab's are taken over", ({ takenOver }) => takenOver.length > 0)).takenOver).toEqual([["crashed"]])
    const third = await visitor.newPage()
    await openOutbox(third)
    await add(third, ["closed"])
    await third.evaluate(() => globalThis.outbox.close())
    expect((await hears(first, "the closed file's are taken over", ({ takenOver }) => takenOver.length > 1)).takenOver[1]).toEqual(["closed"])
  })

  it("C9: files have nothing to do with each other", async () => {
    const visitor = await browser.newVisitor()
    const [first, second] = [await visitor.newPage(), await visitor.newPage()]
    await openOutbox(first, "one")
    await openOutbox(second, "two")
    await add(second, ["of-two"])
    await keeps(first, ["of-two"])
    await second.close()
    const third = await visitor.newPage()
    expect((await openOutbox(third, "two")).takenOver).toEqual([["of-two"]])
    expect((await heardOn(first)).takenOver).toEqual([])
  })

  it("C8: a full disk is told once; what was kept before stays, what follows is not kept, answers still count", async () => {
    const page = await (await browser.newVisitor()).newPage()
    await openOutbox(page)
    await add(page, ["a", "b"])
    await keeps(page, ["a", "b"])
    // Chromium has no way to fill the disk of such a context, so the transaction is told what a full disk tells it.
    await page.evaluate(`
      const { put } = IDBObjectStore.prototype
      IDBObjectStore.prototype.put = function(...args) {
        const request = put.apply(this, args)
        const { transaction } = this
        Object.defineProperty(transaction, "error", { value: new DOMException("disk", "QuotaExceededError") })
        transaction.commit = () => transaction.abort()
        return request
      }`)
    await add(page, ["lost"])
    expect((await hears(page, "it has failed", ({ failures }) => failures.length > 0)).failures[0]?.code).toBe("full")
    await add(page, ["c"])
    await remove(page, ["a", "b"])
    await keeps(page, [])
    expect((await heardOn(page)).failures).toHaveLength(1)
  })

  it("C8: more than the outbox's own limit is told, and nothing is written after it", async () => {
    const page = await (await browser.newVisitor()).newPage()
    await openOutbox(page)
    // Twice this is more than 32 Mi characters.
    const [ids, chars] = [Array.from({ length: 80 }, (_, n) => `op-${n}`), 240_000]
    await add(page, ids, chars)
    await add(page, ids.map((id) => `more-${id}`), chars)
    const { failures } = await hears(page, "it has failed", ({ failures }) => failures.length > 0)
    expect(failures[0]?.code).toBe("full")
    await add(page, ["after"])
    await keeps(page, ids)
    // What was dropped is no gap: all of it comes after all that is kept.
    expect((await openOutbox(page)).takenOver.flat()).toEqual(ids)
  })

  it.each([
    ["no IndexedDB", "Object.defineProperty(globalThis, 'indexedDB', { value: undefined })"],
    ["no Web Locks", "Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })"],
    ["IndexedDB that refuses", "IDBFactory.prototype.open = () => { throw new DOMException('denied', 'SecurityError') }"],
    ["a database of a later version", "if (origin !== 'null') indexedDB.open('easel-outbox', 9)"]
  ])("C8: with %s it is unavailable, and nothing is thrown", async (_what, script) => {
    const visitor = await browser.newVisitor()
    await visitor.context.addInitScript(script)
    const page = await visitor.newPage()
    const heard = await openOutbox(page)
    expect(heard).toMatchObject({ opened: 0, takenOver: [], failures: [{ code: "unavailable" }] })
    await add(page, ["a"])
    await remove(page, ["a"])
    await page.evaluate(() => globalThis.outbox.close())
  })

  it("C8: what cannot be read is told and gone, the rest is taken over", async () => {
    const page = await (await browser.newVisitor()).newPage()
    await openOutbox(page)
    await add(page, ["a", "b", "c"])
    await keeps(page, ["a", "b", "c"])
    await page.evaluate(() => new Promise<void>((resolve) => {
      globalThis.indexedDB.open("easel-outbox").onsuccess = ({ target: { result: database } }) => {
        const store = database.transaction("chunks", "readwrite").objectStore("chunks")
        store.getAllKeys().onsuccess = ({ target: { result: keys } }) => {
          store.getAll().onsuccess = ({ target: { result: [texts = []] } }) => {
            const damaged = texts.map((text) => JSON.parse(text).id === "b" ? text.slice(0, -1) : text)
            store.put(damaged, keys[0]).onsuccess = () => {
              database.close()
              resolve()
            }
          }
        }
      }
    }))
    expect(await openOutbox(page)).toMatchObject({ opened: 1, takenOver: [["a", "c"]], failures: [{ code: "damaged" }] })
    await keeps(page, ["a", "c"])
    expect(await openOutbox(page)).toMatchObject({ opened: 1, takenOver: [["a", "c"]], failures: [] })
  })
})
