/**
 * A browser tab with the editor of a file: what a person does in it, with mouse and keyboard, and what it knows, by the
 * handle `easel` that the page keeps on its window.
 */
import type { EditorFile } from "@easel/client"
import type { ObjectView } from "@easel/document"
import type { Locator, Page } from "playwright-core"
import { expect } from "vitest"
import type { FileRead } from "./contract.ts"
import { readFile } from "./editing.ts"
import { waitUntil } from "./waitUntil.ts"

/** As much of the page's model as tests look at. */
interface PageModel {
  readonly selection: ReadonlySet<string>
  readonly tool: string
  readonly editingTextId: string | undefined
  readonly camera: { readonly x: number; readonly y: number; readonly zoom: number }
  select(ids: Iterable<string>): void
  zoomToFit(): void
  zoomTo(zoom: number): void
  copy(): string
  paste(text: string, at: Point): void
  setCamera(camera: PageModel["camera"]): void
}

declare global {
  var easel: { readonly model: PageModel; readonly file: EditorFile }
}

export interface Point {
  readonly x: number
  readonly y: number
}

const deadlineMillis = 15_000

export class EditorTab {
  readonly page: Page
  readonly canvas: Locator

  constructor(page: Page) {
    this.page = page
    this.canvas = page.getByRole("application", { name: /^Canvas/ })
  }

  /** Opens a file and waits until it is there. */
  static async open(page: Page, url: string, fileId: string): Promise<EditorTab> {
    await page.goto(`${url}/f/${fileId}`)
    const tab = new EditorTab(page)
    await tab.ready()
    return tab
  }

  async ready(): Promise<void> {
    await this.canvas.waitFor()
    await this.until("the file is open", ({ connectivity }) => connectivity === "online")
  }

  // ---- what it knows --------------------------------------------------------------------------------------------

  status(): Promise<EditorFile["status"]> {
    return this.page.evaluate(() => globalThis.easel.file.status)
  }

  /** What the person sees: objects that are not deleted, in order of id. */
  objects(): Promise<ReadonlyArray<ObjectView>> {
    return this.page.evaluate(() => {
      const { file } = globalThis.easel
      return [...file.document.all()].flatMap(({ deleted, id }) => (deleted ? [] : file.get(id) ?? []))
    })
  }

  async object(): Promise<ObjectView> {
    const objects = await this.objects()
    const [only] = objects
    if (only === undefined || objects.length !== 1) throw new Error(`one object, not ${objects.length}`)
    return only
  }

  /** The text that is edited on the canvas. */
  get textField(): Locator {
    return this.canvas.getByRole("textbox", { name: "Text" })
  }

  selection(): Promise<ReadonlyArray<string>> {
    return this.page.evaluate(() => [...globalThis.easel.model.selection])
  }

  get saveText(): Promise<string> {
    return this.page.locator(".save-indicator .save-text").innerText()
  }

  until(what: string, holds: (status: EditorFile["status"]) => boolean): Promise<void> {
    return waitUntil(async () => holds(await this.status()), { deadlineMillis, what, state: () => this.status() })
  }

  untilObjects(what: string, holds: (objects: ReadonlyArray<ObjectView>) => boolean): Promise<void> {
    return waitUntil(async () => holds(await this.objects()), { deadlineMillis, what, state: () => this.objects() })
  }

  untilSaveText(pattern: RegExp): Promise<void> {
    return waitUntil(async () => pattern.test(await this.saveText), { deadlineMillis, what: `the save indicator says ${pattern}`, state: () => this.saveText })
  }

  saved(): Promise<void> {
    return this.page.evaluate(() => globalThis.easel.file.saved())
  }

  // ---- what a person does ---------------------------------------------------------------------------------------

  tool(name: string): Promise<void> {
    return this.page.getByRole("radio", { name, exact: true }).click()
  }

  /** Where a point of the drawing is in the window. */
  async at({ x, y }: Point): Promise<Point> {
    const box = await this.canvas.boundingBox()
    if (box === null) throw new Error("the canvas is not shown")
    const camera = await this.page.evaluate(() => globalThis.easel.model.camera)
    return { x: box.x + (x - camera.x) * camera.zoom, y: box.y + (y - camera.y) * camera.zoom }
  }

  /** With the mouse, between points of the drawing, in steps as a hand makes them. */
  async drag(from: Point, to: Point, steps = 5): Promise<void> {
    const { mouse } = this.page
    const [start, end] = [await this.at(from), await this.at(to)]
    await mouse.move(start.x, start.y)
    await mouse.down()
    await mouse.move(end.x, end.y, { steps })
    await mouse.up()
  }

  async click(point: Point): Promise<void> {
    const { x, y } = await this.at(point)
    await this.page.mouse.click(x, y)
  }

  async draw(tool: string, from: Point, to: Point): Promise<void> {
    await this.tool(tool)
    await this.drag(from, to)
    await waitUntil(async () => await this.page.evaluate(() => globalThis.easel.model.tool) === "select", { deadlineMillis, what: `a ${tool} is drawn` })
  }

  /** A new text, typed key by key. */
  async write(at: Point, text: string): Promise<void> {
    await this.tool("Text")
    await this.click(at)
    await this.textField.waitFor()
    await this.page.keyboard.type(text)
    await this.page.keyboard.press("Escape")
  }
}

/** C3: all tabs have saved everything, are at the server's seq, and have its digest. */
export const tabsConverged = async (node: { readonly url: string; readonly webSocketUrl: string }, fileId: string, tabs: ReadonlyArray<EditorTab>): Promise<FileRead> => {
  await Promise.all(tabs.map((tab) => tab.saved()))
  const file = await readFile(node, fileId)
  for (const { page } of tabs) {
    const seen = () => page.evaluate(() => ({ seq: globalThis.easel.file.seq, digest: globalThis.easel.file.digest() }))
    await waitUntil(async () => (await seen()).seq === file.seq, { deadlineMillis, what: `the tab is at seq ${file.seq}`, state: seen })
    expect((await seen()).digest).toBe(file.digest)
  }
  return file
}
