/** The page without its server: offline, reloaded, in two tabs, and with a node that is killed while somebody types. */
import type { Page } from "playwright-core"
import { expect, it, onTestFinished } from "vitest"
import { freePort } from "../../cluster/runtime/freePort.ts"
import { browserForFile, describeInBrowser, type Visitor } from "../harness/browser.ts"
import { databaseForTest, nodeForFile, nodeForTest } from "../harness/easelNode.ts"
import { createFile, readFile } from "../harness/editing.ts"
import { EditorTab, tabsConverged } from "../harness/EditorTab.ts"
import { online, openEditor } from "../harness/nodeInProcess.ts"
import { runSql } from "../harness/runSql.ts"
import { TcpProxy } from "../harness/TcpProxy.ts"
import { waitUntil } from "../harness/waitUntil.ts"
import { WebSocketGate } from "../harness/WebSocketGate.ts"

const deadlineMillis = 20_000

/** What a browser says when there is nobody to connect to. */
const noConnection = /WebSocket connection to .* failed|net::ERR_/

/** How often each operation stands in the log. */
const occurrences = async (databaseUrl: string, fileId: string): Promise<ReadonlyArray<unknown>> =>
  (await runSql(databaseUrl, "SELECT count(*)::int AS count FROM operations WHERE file_id = $1 GROUP BY idempotency_key", [fileId])).map(({ count }) => count)

/** Waits until the browser has written so many operations down. */
const isKept = (page: Page, count: number): Promise<void> => {
  const kept = () => page.evaluate<number>(`new Promise((resolve) => {
    const opening = indexedDB.open("easel-outbox")
    opening.onsuccess = () => {
      const reading = opening.result.transaction("chunks").objectStore("chunks").getAll()
      reading.onsuccess = () => {
        opening.result.close()
        resolve(reading.result.flat().length)
      }
    }
  })`)
  return waitUntil(async () => await kept() === count, { deadlineMillis, what: `${count} operations are kept`, state: kept })
}

describeInBrowser("the page without its server", () => {
  const started = nodeForFile()
  const browser = browserForFile()

  const newGate = async (): Promise<WebSocketGate> => {
    const gate = await WebSocketGate.start(started.node.url)
    onTestFinished(() => gate.stop())
    return gate
  }

  const newVisitor = async (): Promise<Visitor> => {
    const visitor = await browser.newVisitor()
    visitor.expectErrors(noConnection)
    return visitor
  }

  it("C2: a page that goes offline says so, goes on editing, and delivers when it is back", async () => {
    const fileId = await createFile(started.node)
    const gate = await newGate()
    const visitor = await newVisitor()
    const [ada, bob] = await Promise.all([
      EditorTab.open(await visitor.newPage(), gate.url, fileId),
      EditorTab.open(await (await newVisitor()).newPage(), started.node.url, fileId)
    ])
    await ada.draw("Rectangle", { x: -100, y: -100 }, { x: 0, y: 0 })
    await ada.saved()
    await visitor.context.setOffline(true)
    gate.shut()
    await ada.untilSaveText(/^Offline/)
    await ada.draw("Ellipse", { x: 50, y: 50 }, { x: 100, y: 100 })
    await ada.drag({ x: -50, y: -50 }, { x: -150, y: -50 })
    const { waiting } = await ada.status()
    expect(waiting).toBeGreaterThan(1)
    await ada.untilSaveText(/^Offline, \d+ changes waiting$/)
    // Bob works on the same rectangle meanwhile.
    await bob.untilObjects("Bob has the rectangle", ({ length }) => length === 1)
    await bob.draw("Ellipse", { x: 50, y: -100 }, { x: 100, y: -50 })
    await bob.saved()
    await visitor.context.setOffline(false)
    gate.open()
    await ada.untilSaveText(/^Saved$/)
    const file = await tabsConverged(started.node, fileId, [ada, bob])
    expect(file.objects.map(({ type }) => type).toSorted()).toEqual(["ellipse", "ellipse", "rectangle"])
    expect(file.objects.find(({ type }) => type === "rectangle")?.x).toBe(-200)
    expect(new Set(await occurrences(started.database.url, fileId))).toEqual(new Set([1]))
  })

  it("T1 T4 T5: a page whose server cannot reach its database says so, shows what others do, and is read-only when too much waits", async () => {
    const proxy = await TcpProxy.start((await databaseForTest()).url)
    onTestFinished(() => proxy.stop())
    const node = await nodeForTest({ databaseUrl: proxy.url })
    await node.start()
    const fileId = await createFile(node)
    const ada = await EditorTab.open(await (await newVisitor()).newPage(), node.url, fileId)
    const bob = openEditor(node, fileId)
    await online(bob)
    proxy.refuse()
    await ada.draw("Rectangle", { x: -100, y: -100 }, { x: 0, y: 0 })
    await ada.untilSaveText(/^Saving paused, \d+ changes? waiting$/)
    const ellipse = bob.create("ellipse", { name: "not saved" })
    await ada.untilObjects("Ada sees what Bob made", (objects) => objects.some(({ id }) => id === ellipse))
    for (let n = 0; n < 12; n++) bob.create("ellipse", { "data.large": "x".repeat(200_000) })
    await ada.untilSaveText(/^Read only$/)
    proxy.accept()
    await ada.untilSaveText(/^Saved$/)
    await bob.saved()
    expect((await tabsConverged(node, fileId, [ada])).objects).toHaveLength(14)
  })

  it("C6: a reload while offline keeps the edits, shows them, and they arrive exactly once", async () => {
    const fileId = await createFile(started.node)
    const gate = await newGate()
    const visitor = await newVisitor()
    const tab = await EditorTab.open(await visitor.newPage(), gate.url, fileId)
    gate.shut()
    await tab.untilSaveText(/^Offline/)
    await tab.draw("Rectangle", { x: -100, y: -100 }, { x: 0, y: 0 })
    await tab.write({ x: 50, y: 50 }, "kept")
    const before = await tab.objects()
    const { waiting } = await tab.status()
    await isKept(tab.page, waiting)
    for (let reload = 0; reload < 2; reload++) {
      await tab.page.reload()
      await waitUntil(async () => await tab.page.evaluate(() => globalThis.easel !== undefined), { deadlineMillis, what: "the page has its file" })
      await tab.untilObjects("what was drawn is there without a server", ({ length }) => length === 2)
      expect(await tab.objects()).toEqual(before)
      expect(await tab.status()).toMatchObject({ waiting, outbox: "open" })
    }
    expect((await readFile(started.node, fileId)).seq).toBe(0)
    gate.open()
    await tab.ready()
    await tab.untilSaveText(/^Saved$/)
    const file = await tabsConverged(started.node, fileId, [tab])
    expect(file.seq).toBe(waiting)
    expect(await occurrences(started.database.url, fileId)).toEqual(Array.from({ length: waiting }, () => 1))
    expect(file.objects.map(({ text, type }) => [type, text ?? null]).toSorted()).toEqual([["rectangle", null], ["text", "kept"]])
    await isKept(tab.page, 0)
    // And nothing of it comes again.
    await tab.page.reload()
    await tab.ready()
    expect((await tabsConverged(started.node, fileId, [tab])).seq).toBe(waiting)
  })

  it("C6: a page that is reloaded with no network at all is there, with its edits, and delivers them later", async () => {
    const fileId = await createFile(started.node)
    const gate = await newGate()
    const visitor = await newVisitor()
    const tab = await EditorTab.open(await visitor.newPage(), gate.url, fileId)
    const { page } = tab
    await waitUntil(() => page.evaluate<boolean>("navigator.serviceWorker.ready.then(({ active }) => active.state === 'activated')"), { deadlineMillis, what: "the page is kept by its service worker" })
    await visitor.context.setOffline(true)
    gate.shut()
    await tab.untilSaveText(/^Offline/)
    await tab.draw("Rectangle", { x: -100, y: -100 }, { x: 0, y: 0 })
    const { waiting } = await tab.status()
    await isKept(page, waiting)
    await page.reload()
    await tab.canvas.waitFor()
    await tab.untilObjects("what was drawn is there", ({ length }) => length === 1)
    await tab.draw("Ellipse", { x: 50, y: 50 }, { x: 100, y: 100 })
    await tab.untilSaveText(/^Offline, \d+ changes waiting$/)
    await visitor.context.setOffline(false)
    gate.open()
    await tab.untilSaveText(/^Saved$/)
    const file = await tabsConverged(started.node, fileId, [tab])
    expect(file.objects.map(({ type }) => type).toSorted()).toEqual(["ellipse", "rectangle"])
    expect(new Set(await occurrences(started.database.url, fileId))).toEqual(new Set([1]))
  })

  it("C9: of two tabs offline, one is closed, and the other delivers the edits of both", async () => {
    const fileId = await createFile(started.node)
    const gate = await newGate()
    const visitor = await newVisitor()
    const first = await EditorTab.open(await visitor.newPage(), gate.url, fileId)
    const second = await EditorTab.open(await visitor.newPage(), gate.url, fileId)
    gate.shut()
    await Promise.all([first, second].map((tab) => tab.untilSaveText(/^Offline/)))
    await first.page.bringToFront()
    await first.draw("Rectangle", { x: -100, y: -100 }, { x: 0, y: 0 })
    await second.page.bringToFront()
    await second.draw("Ellipse", { x: 50, y: 50 }, { x: 100, y: 100 })
    const waiting = (await first.status()).waiting + (await second.status()).waiting
    await isKept(first.page, waiting)
    await first.page.close()
    await second.until("the second has taken over what the first left", (status) => status.waiting === waiting)
    await second.untilObjects("and shows it", ({ length }) => length === 2)
    gate.open()
    await second.untilSaveText(/^Saved$/)
    const file = await tabsConverged(started.node, fileId, [second])
    expect(file.objects.map(({ type }) => type).toSorted()).toEqual(["ellipse", "rectangle"])
    expect(await occurrences(started.database.url, fileId)).toEqual(Array.from({ length: waiting }, () => 1))
  })

  it("C2 A5: a node that is killed and started again while somebody types loses nothing and doubles nothing", async () => {
    const database = await databaseForTest()
    const node = await nodeForTest({ databaseUrl: database.url, port: await freePort() })
    await node.start()
    const fileId = await createFile(node)
    const [ada, bob] = await Promise.all([newVisitor(), newVisitor()].map(async (visitor) =>
      EditorTab.open(await (await visitor).newPage(), node.url, fileId)))
    if (ada === undefined || bob === undefined) throw new Error("two tabs")
    await ada.tool("Text")
    await ada.click({ x: 0, y: 0 })
    await ada.textField.waitFor()
    const text = "Whoever types while the node is killed wants every letter of it back."
    const typed = ada.page.keyboard.type(text, { delay: 15 })
    await ada.untilObjects("some letters are typed", ([object]) => String(object?.text).length >= 10)
    await node.restart("kill")
    await typed
    await ada.page.keyboard.press("Escape")
    await ada.untilSaveText(/^Saved$/)
    await bob.untilObjects("Bob has every letter", ([object]) => object?.text === text)
    await tabsConverged(node, fileId, [ada, bob])
    const counts = await occurrences(database.url, fileId)
    expect(new Set(counts)).toEqual(new Set([1]))
  })
})
