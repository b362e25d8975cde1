/** The history of a file on the page: kept, looked at, named, brought back for everybody, and taken back again. */
import type { Page } from "playwright-core"
import { expect, it } from "vitest"
import { browserForFile, describeInBrowser } from "../harness/browser.ts"
import { nodeForFile } from "../harness/easelNode.ts"
import { createFile } from "../harness/editing.ts"
import { EditorTab, tabsConverged } from "../harness/EditorTab.ts"
import { waitUntil } from "../harness/waitUntil.ts"

const deadlineMillis = 15_000

const history = (page: Page) => page.getByRole("dialog", { name: "Version history" })

const openHistory = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "Version history" }).click()
  await history(page).waitFor()
}

const saveAs = async (page: Page, name: string): Promise<void> => {
  await history(page).getByLabel("Name for a new version").fill(name)
  await history(page).getByRole("button", { name: "Save", exact: true }).click()
  await history(page).locator(".version", { hasText: name }).waitFor()
}

/** How many colours the view of a version shows, its ground included. */
const coloursSeen = (page: Page): Promise<number> =>
  page.evaluate(`(() => {
    const canvas = document.querySelector(".version-canvas canvas")
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
    return new Set(new Uint32Array(data.buffer)).size
  })()`)

describeInBrowser("the history of a file", () => {
  const started = nodeForFile()
  const browser = browserForFile()

  it("a version is kept, looked at and restored while another edits; the restore is undone", async () => {
    const fileId = await createFile(started.node)
    const openTab = async () => EditorTab.open(await (await browser.newVisitor()).newPage(), started.node.url, fileId)
    const [ada, bob] = [await openTab(), await openTab()]
    await ada.draw("Rectangle", { x: 100, y: 100 }, { x: 200, y: 180 })
    await openHistory(ada.page)
    await history(ada.page).getByText("No version yet.").waitFor()
    await saveAs(ada.page, "One shape")
    await ada.page.keyboard.press("Escape")
    await history(ada.page).waitFor({ state: "detached" })
    await bob.untilObjects("one shape arrives", (objects) => objects.length === 1)
    await bob.draw("Ellipse", { x: 300, y: 100 }, { x: 380, y: 180 })
    await ada.untilObjects("two shapes", (objects) => objects.length === 2)
    const edited = await tabsConverged(started.node, fileId, [ada, bob])

    await openHistory(ada.page)
    await history(ada.page).getByRole("button", { name: /^Show One shape/ }).click()
    await history(ada.page).getByRole("img", { name: /^One shape/ }).waitFor()
    await waitUntil(async () => await coloursSeen(ada.page) > 1, { deadlineMillis, what: "the version is painted", state: () => coloursSeen(ada.page) })
    await waitUntil(async () => await history(ada.page).locator(".version-thumbnail[data-painted=true]").count() === 1, { deadlineMillis, what: "its picture is painted" })
    await history(ada.page).getByRole("button", { name: "Restore this version" }).click()
    await history(ada.page).getByText("The version is restored for everybody.").waitFor()
    await bob.untilObjects("one shape is left", (objects) => objects.length === 1)
    await history(ada.page).locator(".version", { hasText: "Before a restore" }).waitFor()

    await history(ada.page).getByRole("button", { name: "Undo the restore" }).click()
    await bob.untilObjects("two shapes again", (objects) => objects.length === 2)
    const { objects } = await tabsConverged(started.node, fileId, [ada, bob])
    expect(objects).toEqual(edited.objects)
  })

  it("a version is renamed where it stands, kept for ever, and found so by the next who looks", async () => {
    const fileId = await createFile(started.node)
    const tab = await EditorTab.open(await (await browser.newVisitor()).newPage(), started.node.url, fileId)
    await tab.draw("Rectangle", { x: 100, y: 100 }, { x: 200, y: 180 })
    await openHistory(tab.page)
    await saveAs(tab.page, "Draft")
    await history(tab.page).getByRole("button", { name: "Restore this version" }).click()
    const before = history(tab.page).locator(".version", { hasText: "Before a restore" })
    await before.hover()
    await before.getByRole("button", { name: /for ever$/ }).click()
    await before.locator("[aria-pressed=true]").first().waitFor()
    await before.getByRole("button", { name: /^Name / }).click()
    await history(tab.page).getByRole("textbox", { name: "Name of the version" }).fill("What was")
    await tab.page.keyboard.press("Enter")
    await history(tab.page).locator(".version", { hasText: "What was" }).waitFor()

    const other = await EditorTab.open(await (await browser.newVisitor()).newPage(), started.node.url, fileId)
    await openHistory(other.page)
    await history(other.page).locator(".version", { hasText: "Draft" }).waitFor()
    await history(other.page).locator(".version", { hasText: "What was" }).waitFor()
    expect(await history(other.page).locator(".version").count()).toBe(2)
  })
})
