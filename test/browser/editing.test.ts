/** The page as people use it: files, drawing, editing together, keyboard, phone, and what the save indicator says. */
import { randomUUID } from "node:crypto"
import { readFile as readFromDisk } from "node:fs/promises"
import type { Page } from "playwright-core"
import { expect, it } from "vitest"
import { browserForFile, describeInBrowser } from "../harness/browser.ts"
import { nodeForFile } from "../harness/easelNode.ts"
import { create, createFile, join, readFile } from "../harness/editing.ts"
import { EditorTab, type Point, tabsConverged } from "../harness/EditorTab.ts"
import { looked, png } from "../harness/images.ts"
import { lockFile } from "../harness/rowLock.ts"
import { waitUntil } from "../harness/waitUntil.ts"

const deadlineMillis = 15_000

const star = `<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2">
  <path d="M12 2l3 7h7l-5.5 4.5 2 7.5-6.5-4.5-6.5 4.5 2-7.5L2 9h7z"/><circle cx="12" cy="12" r="3"/></svg>`

/** Drops files on the canvas, as from a folder. */
const drop = async ({ canvas, page }: EditorTab, { x, y }: Point, files: Readonly<Record<string, string>>): Promise<void> => {
  const dataTransfer = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer()
    for (const [name, text] of Object.entries(${JSON.stringify(files)})) transfer.items.add(new File([text], name, { type: "image/svg+xml" }))
    return transfer
  })()`)
  await canvas.dispatchEvent("drop", { dataTransfer, clientX: x, clientY: y, bubbles: true, cancelable: true })
}

/** The colour of the canvas at a point of the drawing, as red, green, blue. */
const colourAt = async (tab: EditorTab, point: Point): Promise<ReadonlyArray<number>> => {
  const { x, y } = await tab.at(point)
  const png = (await tab.page.screenshot({ clip: { x, y, width: 1, height: 1 }, type: "png" })).toString("base64")
  return tab.page.evaluate(`new Promise((resolve) => {
    const image = new Image()
    image.onload = () => {
      const context = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d")
      context.drawImage(image, 0, 0)
      resolve([...context.getImageData(0, 0, 1, 1).data].slice(0, 3))
    }
    image.src = "data:image/png;base64,${png}"
  })`)
}

const looks = (tab: EditorTab, point: Point, colour: ReadonlyArray<number>): Promise<void> =>
  waitUntil(async () => String(await colourAt(tab, point)) === String(colour), { deadlineMillis, what: `the canvas is ${colour} there`, state: () => colourAt(tab, point) })

describeInBrowser("the page", () => {
  const started = nodeForFile()
  const browser = browserForFile()

  const openTab = async (fileId: string): Promise<EditorTab> =>
    EditorTab.open(await (await browser.newVisitor()).newPage(), started.node.url, fileId)

  it("the list of files hears of an edit and of a new name, without being loaded again", async () => {
    const fileId = await createFile(started.node)
    const page = await (await browser.newVisitor()).newPage()
    const listening = page.waitForResponse((response) => response.url().endsWith("/api/events"))
    await page.goto(started.node.url)
    await listening
    const card = page.locator(".file-card", { has: page.locator(`a[href="/f/${fileId}"]`) })
    await card.getByText("Created").waitFor()
    const editor = await join(started.node, fileId)
    const rename = await fetch(`${started.node.url}/api/files/${fileId}`, {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "Heard of" })
    })
    expect(rename.status).toBe(200)
    await waitUntil(async () => {
      await editor.edit(create(randomUUID()))
      return await card.getByText("Edited").count() === 1 && await card.getByText("Heard of").count() === 1
    }, { deadlineMillis, what: "the card says so" })
    await editor.close()
  })

  it("a file is made from the list, drawn on with the mouse, renamed, and found in the list again", async () => {
    const page = await (await browser.newVisitor()).newPage()
    await page.goto(started.node.url)
    await page.getByRole("button", { name: "New file" }).first().click()
    await page.waitForURL(/\/f\/[0-9a-f-]+$/)
    const tab = new EditorTab(page)
    await tab.ready()
    await tab.draw("Rectangle", { x: -200, y: -100 }, { x: -50, y: 50 })
    expect(await tab.object()).toMatchObject({ type: "rectangle", x: -200, y: -100, width: 150, height: 150 })
    await looks(tab, { x: -100, y: 0 }, [0xd9, 0xd9, 0xd9])
    await tab.draw("Ellipse", { x: 50, y: 0 }, { x: 150, y: 60 })
    await tab.saved()
    await page.getByRole("button", { name: /Rename$/ }).click()
    await page.getByRole("textbox", { name: "File name" }).fill("House of cards")
    await page.keyboard.press("Enter")
    await page.getByRole("button", { name: "File name: House of cards. Rename" }).waitFor()
    const fileId = page.url().split("/").at(-1) ?? ""
    await waitUntil(async () => (await readFile(started.node, fileId)).name === "House of cards", { deadlineMillis, what: "the server has the name" })
    await page.getByRole("link", { name: "All files" }).click()
    await page.getByRole("link", { name: "House of cards" }).click()
    await new EditorTab(page).ready()
    expect((await tab.objects()).map(({ type }) => type).toSorted()).toEqual(["ellipse", "rectangle"])
  })

  it("H24 to H26: files are searched, renamed, copied, thrown away and taken out of the trash in the list", async () => {
    const mark = randomUUID().slice(0, 8)
    await createFile(started.node, `Poster ${mark}`)
    await createFile(started.node, `Icons ${mark}`)
    const page = await (await browser.newVisitor()).newPage()
    await page.goto(started.node.url)
    const card = (name: string) => page.getByRole("listitem").filter({ hasText: name })
    const choose = async (name: string, action: string) => {
      await page.getByRole("button", { name: `More about ${name}` }).click()
      await page.getByRole("menuitem", { name: action }).click()
    }
    const search = page.getByRole("searchbox", { name: "Search files" })
    await search.fill(`POSTER ${mark}`)
    await card(`Icons ${mark}`).waitFor({ state: "detached" })
    await choose(`Poster ${mark}`, "Rename")
    await page.getByRole("textbox", { name: "File name" }).fill(`Flyer ${mark}`)
    await page.keyboard.press("Enter")
    await search.fill(mark)
    await card(`Icons ${mark}`).waitFor()
    await choose(`Flyer ${mark}`, "Duplicate")
    await card(`Copy of Flyer ${mark}`).waitFor()
    await choose(`Icons ${mark}`, "Move to the trash")
    await card(`Icons ${mark}`).waitFor({ state: "detached" })
    await page.getByRole("button", { name: "Trash", exact: true }).click()
    await choose(`Icons ${mark}`, "Take out of the trash")
    await page.getByText("No file has such a name").waitFor()
    await page.getByRole("button", { name: "Back to files" }).click()
    await card(`Icons ${mark}`).waitFor()
    expect(await page.getByRole("listitem").count()).toBe(3)
  })

  it("two people draw, drag, type and undo at the same time, and end with the same file", async () => {
    const fileId = await createFile(started.node, "Together")
    const [ada, bob] = await Promise.all([openTab(fileId), openTab(fileId)])
    await Promise.all([
      ada.draw("Rectangle", { x: -300, y: -200 }, { x: -200, y: -100 }),
      bob.write({ x: 50, y: 100 }, "Written by Bob, ŝtono 🪨")
    ])
    await Promise.all([ada, bob].map((tab) => tab.untilObjects("both see both", ({ length }) => length === 2)))
    // Bob takes hold of Ada's rectangle while she draws the next.
    await Promise.all([
      bob.drag({ x: -250, y: -150 }, { x: -150, y: -50 }, 20),
      ada.draw("Ellipse", { x: 100, y: -200 }, { x: 200, y: -150 })
    ])
    await ada.untilObjects("Ada sees Bob's drag", (objects) => objects.some(({ type, x }) => type === "rectangle" && x === -200))
    await Promise.all([ada.page.keyboard.press("Control+z"), bob.page.keyboard.press("Control+z")])
    const undone = await tabsConverged(started.node, fileId, [ada, bob])
    expect(undone.objects.map(({ type, x }) => [type, x]).toSorted()).toEqual([["rectangle", -300], ["text", expect.any(Number)]])
    expect(undone.objects.find(({ type }) => type === "text")?.text).toBe("Written by Bob, ŝtono 🪨")
    await ada.page.keyboard.press("Control+Shift+z")
    const file = await tabsConverged(started.node, fileId, [ada, bob])
    expect(file.objects).toHaveLength(3)
  })

  it("two people type into one text, and see each other", async () => {
    const fileId = await createFile(started.node)
    const [ada, bob] = await Promise.all([openTab(fileId), openTab(fileId)])
    await ada.page.getByRole("group", { name: "People in this file" }).getByRole("button", { name: /^Follow / }).waitFor()
    await ada.write({ x: 0, y: 0 }, "shared")
    await bob.untilObjects("Bob sees it", ([text]) => text?.text === "shared")
    await bob.page.mouse.dblclick(...await bob.at({ x: 10, y: 0 }).then(({ x, y }) => [x, y] as const))
    await bob.textField.waitFor()
    await bob.page.keyboard.press("End")
    await bob.page.keyboard.type(" by two")
    await ada.untilObjects("Ada sees what Bob types", ([text]) => text?.text === "shared by two")
    await bob.page.keyboard.press("Escape")
    await tabsConverged(started.node, fileId, [ada, bob])
  })

  it("SVG drawings that are dropped become objects, in one step of undo", async () => {
    const fileId = await createFile(started.node)
    const tab = await openTab(fileId)
    await drop(tab, await tab.at({ x: -100, y: -100 }), { "star.svg": star, "again.svg": star })
    await tab.untilObjects("both are imported", (objects) => objects.filter(({ type }) => type === "frame" || type === "group").length >= 2)
    const file = await tabsConverged(started.node, fileId, [tab])
    expect(file.objects.filter(({ type }) => type === "ellipse")).toHaveLength(2)
    await tab.canvas.focus()
    await tab.page.keyboard.press("Control+z")
    await tab.page.keyboard.press("Control+z")
    await tab.untilObjects("two steps of undo take both back", ({ length }) => length === 0)
    await tabsConverged(started.node, fileId, [tab])
  })

  it("M4: an image that is dropped is uploaded and painted, for everybody who has the file open", async () => {
    const fileId = await createFile(started.node)
    const [ada, bob] = await Promise.all([openTab(fileId), openTab(fileId)])
    const dataTransfer = await ada.page.evaluateHandle(`(() => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([new Uint8Array([${(await png(60, 40)).join()}])], "red.png", { type: "image/png" }))
      return transfer
    })()`)
    const { x, y } = await ada.at({ x: 0, y: 0 })
    await ada.canvas.dispatchEvent("drop", { dataTransfer, clientX: x, clientY: y, bubbles: true, cancelable: true })
    for (const tab of [ada, bob]) {
      await tab.untilObjects("the image is there", ([image]) => image?.type === "image")
      expect(await tab.object()).toMatchObject({ name: "red", width: 60, height: 40, x: 0, y: 0, assetId: expect.stringMatching(/^[0-9a-f]{64}$/) })
    }
    await looks(bob, { x: 30, y: 20 }, [255, 0, 0])
    await tabsConverged(started.node, fileId, [ada, bob])

    // Copied into another file it brings its image along.
    const otherId = await createFile(started.node)
    const other = await openTab(otherId)
    const text = await ada.page.evaluate(() => {
      globalThis.easel.model.select([...globalThis.easel.file.document.all()].map(({ id }) => id))
      return globalThis.easel.model.copy()
    })
    await other.page.evaluate((copied) => globalThis.easel.model.paste(copied, { x: 0, y: 0 }), text)
    await other.untilObjects("the image is there, too", ([image]) => image?.type === "image")
    await looks(other, { x: 0, y: 0 }, [255, 0, 0])
    await tabsConverged(started.node, otherId, [other])
  })

  it("M13 M15: what is selected is exported from the menu, and the list of files shows what is in them", async () => {
    const fileId = await createFile(started.node, "Poster")
    const tab = await openTab(fileId)
    await tab.page.evaluate(() => {
      globalThis.easel.file.create("rectangle", { x: 0, y: 0, width: 200, height: 100, fill: "#00ff00" })
      globalThis.easel.model.select([globalThis.easel.file.create("rectangle", { x: 50, y: 50, width: 30, height: 20, fill: "#ff0000" })])
    })
    await tab.page.getByRole("button", { name: "Export" }).click()
    const downloading = tab.page.waitForEvent("download")
    await tab.page.getByRole("menuitem", { name: "Export selection as PNG, twice the size" }).click()
    const download = await downloading
    expect(download.suggestedFilename()).toBe("Poster.png")
    expect(await looked(await readFromDisk(await download.path()))).toEqual({ width: 60, height: 40, rgba: [255, 0, 0, 255] })
    const thumbnail = () => fetch(`${started.node.url}/api/files/${fileId}/thumbnail`)
    await waitUntil(async () => (await thumbnail()).status === 200, { deadlineMillis: 30_000, what: "the file has a thumbnail" })
    await tab.page.goto(started.node.url)
    const card = tab.page.locator(".file-card", { has: tab.page.locator(`a[href="/f/${fileId}"]`) })
    await card.locator("img.file-picture").waitFor()
  })

  it("a tool and Enter place a new object with the keyboard alone", async () => {
    const tab = await openTab(await createFile(started.node))
    await tab.canvas.focus()
    await tab.page.keyboard.press("r")
    await tab.page.getByRole("radio", { name: "Rectangle", exact: true, checked: true }).waitFor()
    await tab.page.keyboard.press("Enter")
    await tab.untilObjects("a rectangle is there", ({ length }) => length === 1)
    const { id } = await tab.object()
    await waitUntil(async () => String(await tab.selection()) === id, { deadlineMillis, what: "it is selected" })
  })

  it("what is there is selected, moved, duplicated, deleted and brought back with the keyboard alone", async () => {
    const fileId = await createFile(started.node)
    const tab = await openTab(fileId)
    const { page } = tab
    await page.evaluate(() => globalThis.easel.file.create("rectangle", { x: 0, y: 0, width: 40, height: 40, fill: "#336699" }))
    await tab.canvas.focus()
    await page.keyboard.press("Control+a")
    const { id, x, y } = await tab.object()
    expect(await tab.selection()).toEqual([id])
    for (const key of ["ArrowRight", "ArrowRight", "Shift+ArrowDown", "ArrowUp"]) await page.keyboard.press(key)
    expect(await tab.object()).toMatchObject({ x: Number(x) + 2, y: Number(y) + 9 })
    await page.keyboard.press("Control+d")
    await tab.untilObjects("a duplicate is there", ({ length }) => length === 2)
    await page.keyboard.press("Escape")
    expect(await tab.selection()).toEqual([])
    await page.keyboard.press("Control+a")
    expect(await tab.selection()).toHaveLength(2)
    await page.keyboard.press("Delete")
    await tab.untilObjects("both are deleted", ({ length }) => length === 0)
    await page.keyboard.press("Control+z")
    await tab.untilObjects("both are back", ({ length }) => length === 2)
    await page.keyboard.press("?")
    await page.getByRole("dialog").waitFor()
    await page.keyboard.press("Escape")
    await page.getByRole("dialog").waitFor({ state: "detached" })
    await tabsConverged(started.node, fileId, [tab])
  })

  it("a phone shows the file, pans and zooms with fingers, and has the panels behind buttons", async () => {
    const fileId = await createFile(started.node)
    const desk = await openTab(fileId)
    await desk.draw("Rectangle", { x: 0, y: 0 }, { x: 100, y: 100 })
    await desk.saved()
    const phone = await browser.newVisitor({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 3, hasTouch: true, isMobile: true })
    const tab = await EditorTab.open(await phone.newPage(), started.node.url, fileId)
    await tab.untilObjects("the rectangle is there", ({ length }) => length === 1)
    await looks(tab, { x: 50, y: 50 }, [0xd9, 0xd9, 0xd9])
    const { page } = tab
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true)
    const layers = page.getByRole("complementary", { name: "Layers" })
    expect(await layers.isVisible()).toBe(false)
    await page.getByRole("button", { name: "Layers", exact: true }).tap()
    await layers.waitFor({ state: "visible" })
    await page.getByRole("button", { name: "Close", exact: false }).first().tap()
    await layers.waitFor({ state: "hidden" })
    const before = await page.evaluate(() => globalThis.easel.model.camera)
    await pinch(page, await tab.at({ x: 50, y: 50 }))
    await waitUntil(async () => (await page.evaluate(() => globalThis.easel.model.camera.zoom)) > before.zoom * 1.5, { deadlineMillis, what: "two fingers zoom in" })
  })

  it("the save indicator says what is true: saving, saved", async () => {
    const fileId = await createFile(started.node)
    const tab = await openTab(fileId)
    await tab.untilSaveText(/^Saved$/)
    // A commit that cannot end holds the answer back.
    const lock = await lockFile(started.database.url, fileId)
    await tab.draw("Rectangle", { x: 0, y: 0 }, { x: 10, y: 10 })
    await tab.untilSaveText(/^Saving…$/)
    await lock.release()
    await tab.untilSaveText(/^Saved$/)
  })
})

/** Two fingers that move apart. */
const pinch = async (page: Page, { x, y }: Point): Promise<void> => {
  const session = await page.context().newCDPSession(page)
  const fingers = (distance: number) => [{ x: x - distance, y, id: 1 }, { x: x + distance, y, id: 2 }]
  await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: fingers(20) })
  for (let distance = 24; distance <= 80; distance += 8) await session.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: fingers(distance) })
  await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] })
}
