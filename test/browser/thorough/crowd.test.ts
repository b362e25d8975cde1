/**
 * The page under load: many editors, many objects. What must be true is asserted; how long it took is printed, because
 * it depends on the machine.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { newId } from "@easel/client"
import { importSvg } from "@easel/client/svg"
import { expect, it, onTestFinished } from "vitest"
import { browserForFile, describeInBrowser } from "../../harness/browser.ts"
import { Crowd, type CrowdOptions } from "../../harness/Crowd.ts"
import { nodeForFile } from "../../harness/easelNode.ts"
import { createFile } from "../../harness/editing.ts"
import { EditorTab, tabsConverged } from "../../harness/EditorTab.ts"
import { percentile, watchFrames, watchInput, watchPixel } from "../../harness/FrameProbe.ts"
import { waitUntil } from "../../harness/waitUntil.ts"

const root = fileURLToPath(new URL("../../../", import.meta.url))
const deadlineMillis = 20_000

/** Movements of the mouse whose way is measured. */
const rounds = 100

const millis = (values: ReadonlyArray<number>, ...parts: ReadonlyArray<number>): string =>
  `${parts.map((part) => `p${part * 100} ${percentile(values, part).toFixed(1)} ms`).join(", ")} (${values.length})`

describeInBrowser("the page under load", () => {
  const started = nodeForFile()
  const browser = browserForFile()

  const openTab = async (fileId: string): Promise<EditorTab> => {
    const visitor = await browser.newVisitor()
    // Of the probe's own doing.
    visitor.expectErrors(/willReadFrequently/)
    return EditorTab.open(await visitor.newPage(), started.node.url, fileId)
  }

  const join = async (fileId: string, options: CrowdOptions): Promise<Crowd> => {
    const crowd = await Crowd.join(started.node.url, fileId, options)
    onTestFinished(() => crowd.leave())
    return crowd
  }

  it("50 editors work in a file, and a page shows it all and keeps its pace", { timeout: 240_000 }, async () => {
    const fileId = await createFile(started.node, "Crowd")
    const tab = await openTab(fileId)
    const crowd = await join(fileId, { count: 50, editsPerSecond: 4, cursorsPerSecond: 10 })
    await tab.untilObjects("everybody's object is there", ({ length }) => length === 50)
    await tab.page.evaluate(() => globalThis.easel.model.zoomToFit())
    const seq = () => tab.page.evaluate(() => globalThis.easel.file.seq ?? 0)
    const before = await seq()
    const frames = await watchFrames(tab.page)
    await waitUntil(async () => await seq() > before + 1_000, { deadlineMillis, what: "1,000 operations have come", state: seq })
    const { intervals, works } = await frames.stop()
    await tab.draw("Rectangle", { x: 320, y: 20 }, { x: 420, y: 80 })
    await crowd.rest()
    await tabsConverged(started.node, fileId, [tab])
    expect(await tab.page.evaluate(() => globalThis.easel.file.presence.size)).toBe(50)
    console.log(`50 editors, 200 edits/s and 500 cursor movements/s: frame interval ${millis(intervals, 0.5, 0.95, 0.99)}; work per frame ${millis(works, 0.5, 0.95, 0.99)}`)
  })

  it("an edit is painted where it is made, and on the other page, among 20 editors", { timeout: 240_000 }, async () => {
    const fileId = await createFile(started.node, "Latency")
    const [ada, bob] = [await openTab(fileId), await openTab(fileId)]
    const crowd = await join(fileId, { count: 18, editsPerSecond: 4, cursorsPerSecond: 10 })
    const red = [255, 0, 0] as const
    await crowd.editors[0]?.saved()
    crowd.editors[0]?.create("rectangle", { x: -400, y: -200, width: 80, height: 80, fill: "#ff0000" }, { id: "red" })
    for (const tab of [ada, bob]) {
      await tab.untilObjects("the red one is there", (objects) => objects.some(({ id }) => id === "red"))
      await tab.page.evaluate(() => {
        const { model } = globalThis.easel
        model.zoomTo(1)
        model.setCamera({ x: -600, y: -350, zoom: 1 })
      })
    }
    await ada.page.bringToFront()
    const hold = await ada.at({ x: -360, y: -160 })
    const watched = await Promise.all([ada, bob].map(async (tab) => watchPixel(tab.page, await tab.at({ x: -260, y: -160 }), red)))
    const input = await watchInput(ada.page)
    const { mouse } = ada.page
    await mouse.move(hold.x, hold.y)
    await mouse.down()
    await mouse.move(hold.x + 5, hold.y)
    const [local, remote] = watched
    if (local === undefined || remote === undefined) throw new Error("two tabs")
    for (let round = 0; round < rounds; round++) {
      // The pixel is covered by the red one, and free again.
      await mouse.move(hold.x + (round % 2 === 0 ? 100 : 5), hold.y)
      await Promise.all([local, remote].map((pixel) => pixel.changed(round + 1, deadlineMillis)))
    }
    const [localChanges, remoteChanges] = [await local.changes(), await remote.changes()]
    const inputs = await input.inputs()
    // Each round begins when the last one is painted everywhere, so its movement is the last before its painting.
    const began = localChanges.map((painted) => inputs.findLast((millis) => millis < painted) ?? Number.NaN)
    const since = (changes: ReadonlyArray<number>) => changes.map((painted, round) => painted - (began[round] ?? Number.NaN))
    const [toLocal, toRemote] = [since(localChanges), since(remoteChanges)]
    await mouse.up()
    await crowd.rest()
    await tabsConverged(started.node, fileId, [ada, bob])
    console.log(`20 editors: input to local paint ${millis(toLocal, 0.5, 0.99)}; input on A to paint on B ${millis(toRemote, 0.5, 0.99)}`)
  })

  it("10,000 objects pan, zoom and are edited", { timeout: 240_000 }, async () => {
    const fileId = await createFile(started.node, "Many")
    const [writer] = (await join(fileId, { count: 1, editsPerSecond: 0, cursorsPerSecond: 0 })).editors
    for (let n = 0; n < 10_000; n++) {
      const at = { x: (n % 125) * 12, y: Math.floor(n / 125) * 12, width: 10, height: 10 }
      writer?.create(n % 3 === 0 ? "ellipse" : "rectangle", { ...at, fill: `hsl(${n % 360} 60% 60%)`, ...(n % 5 === 0 ? { stroke: "#333333", strokeWidth: 1 } : {}) })
    }
    await writer?.saved()
    const tab = await openTab(fileId)
    const { page } = tab
    expect((await tab.objects()).length).toBe(10_000)
    await page.evaluate(() => globalThis.easel.model.zoomToFit())
    const middle = await tab.at({ x: 750, y: 480 })
    await page.mouse.move(middle.x, middle.y)
    const measured: Record<string, Awaited<ReturnType<Awaited<ReturnType<typeof watchFrames>>["stop"]>>> = {}
    for (const [what, keys, dx, dy] of [["pan", undefined, 9, 5], ["zoom", "Control", 0, -12]] as const) {
      const frames = await watchFrames(page)
      if (keys !== undefined) await page.keyboard.down(keys)
      for (let n = 0; n < 120; n++) {
        const back = n % 60 < 30 ? 1 : -1
        await page.mouse.wheel(dx * back, dy * back)
      }
      if (keys !== undefined) await page.keyboard.up(keys)
      measured[what] = await frames.stop()
    }
    await page.evaluate(() => globalThis.easel.model.zoomToFit())
    const frames = await watchFrames(page)
    await page.keyboard.press("Escape")
    await tab.drag({ x: 605, y: 605 }, { x: 700, y: 640 }, 60)
    measured["drag"] = await frames.stop()
    for (const [what, { intervals, works }] of Object.entries(measured)) {
      console.log(`10,000 objects, ${what}: frame interval ${millis(intervals, 0.5, 0.95, 0.99)}; work per frame ${millis(works, 0.5, 0.95, 0.99)}`)
    }
    await tabsConverged(started.node, fileId, [tab])
  })

  it("real icons and several people look as they should", { timeout: 240_000 }, async () => {
    const fileId = await createFile(started.node, "Icon set")
    const crowd = await join(fileId, { count: 4, editsPerSecond: 0, cursorsPerSecond: 0 })
    const [drawer] = crowd.editors
    if (drawer === undefined) throw new Error("somebody draws")
    drawer.create("rectangle", { x: -56, y: -104, width: 528, height: 488, fill: "#ffffff", cornerRadius: 16, name: "Card" })
    drawer.create("text", { x: -16, y: -44, text: "Icons for the new release", fontSize: 24, fontWeight: 600, fontFamily: "system-ui, sans-serif", fill: "#1f2328", name: "Title" })
    const folder = `${root}node_modules/lucide-static/icons`
    const icons = readdirSync(folder).filter((name) => name.endsWith(".svg")).filter((_, n) => n % 29 === 3).slice(0, 48)
    const colours = ["#5b5bd6", "#0f9d7a", "#d6409f", "#e5730d", "#1f2328", "#2f7de1"]
    const frames: Array<string> = []
    for (const [n, name] of icons.entries()) {
      const { objects } = importSvg(readFileSync(`${folder}/${name}`, "utf8"), { newId, name: name.replace(".svg", "") })
      for (const [index, { id, parentId, properties, type }] of objects.entries()) {
        const place = index === 0 ? { x: (n % 8) * 56, y: Math.floor(n / 8) * 56 } : { stroke: colours[(n + Math.floor(n / 8)) % colours.length] ?? "#000000" }
        drawer.create(type, { ...properties, ...place }, { id, parentId })
      }
      frames.push(objects[0]?.id ?? "")
    }
    await drawer.saved()
    await waitUntil(() => crowd.editors.every(({ seq }) => seq === drawer.seq), { deadlineMillis, what: "everybody has the icons" })
    const visitor = await browser.newVisitor({ viewport: { width: 1280, height: 800 } })
    const tab = await EditorTab.open(await visitor.newPage(), started.node.url, fileId)
    for (const [n, editor] of crowd.editors.entries()) {
      editor.setPresence({ cursor: { x: 70 + n * 112, y: 60 + ((n * 5) % 4) * 75 }, selection: [frames[9 + n * 10] ?? ""], viewport: null })
    }
    await waitUntil(() => tab.page.evaluate(() => [...globalThis.easel.file.presence.values()].filter(({ cursor }) => cursor !== null).length === 4), { deadlineMillis, what: "four cursors are there" })
    await tab.page.evaluate(() => globalThis.easel.model.zoomToFit())
    await tab.page.evaluate((id) => globalThis.easel.model.select([id]), frames[10] ?? "")
    // Cursors glide to where they are: the picture is done when it does not change any more.
    let picture = await tab.page.screenshot({ type: "png" })
    await waitUntil(async () => {
      const before = picture
      picture = await tab.page.screenshot({ type: "png" })
      return picture.equals(before)
    }, { deadlineMillis, what: "the picture is at rest" })
    expect(picture.length).toBeLessThan(200 * 1024)
    if (process.env["EASEL_SCREENSHOT"] !== undefined) {
      mkdirSync(`${root}docs`, { recursive: true })
      writeFileSync(`${root}docs/editor.png`, picture)
    }
  })
})
