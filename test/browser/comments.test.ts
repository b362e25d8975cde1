/** N1, N2, N6 and N8 in the page: pins that follow their objects, threads in the panel, and what each role sees of them. */
import type { Page } from "playwright-core"
import { expect, it } from "vitest"
import { browserForFile, describeInBrowser } from "../harness/browser.ts"
import { nodeForFile } from "../harness/easelNode.ts"
import { EditorTab } from "../harness/EditorTab.ts"
import { makeFile, setRole } from "../harness/sharing.ts"
import { takesTokens, tokenOf } from "../harness/tokens.ts"
import { waitUntil } from "../harness/waitUntil.ts"

const deadlineMillis = 15_000

describeInBrowser("comments in the page", () => {
  const own = nodeForFile({ environment: takesTokens })
  const browser = browserForFile()

  const tabOf = async (fileId: string, userId: string): Promise<EditorTab> => {
    const visitor = await browser.newVisitor()
    const page = await visitor.newPage()
    page.setDefaultTimeout(deadlineMillis)
    await page.goto(`${own.node.url}/f/${fileId}#token=${await tokenOf({ userId, name: `The ${userId}` })}`)
    const tab = new EditorTab(page)
    await tab.ready()
    return tab
  }

  const sharedFile = async (roles: Readonly<Record<string, string>>): Promise<string> => {
    const fileId = await makeFile(own.database.url)
    for (const [userId, role] of Object.entries(roles)) await setRole(own.database.url, "file", fileId, userId, role)
    return fileId
  }

  const pins = (page: Page) => page.getByRole("group", { name: "Comments on the canvas" }).getByRole("button")

  interface PinAt {
    readonly x: number
    readonly y: number
    readonly detached: boolean
  }

  /** Where the only pin points to on the page of the drawing. */
  const pinAt = ({ page }: EditorTab): Promise<PinAt> =>
    page.evaluate<PinAt>(`(() => {
      const pin = document.querySelector(".comment-pin")
      const [, x = "0", y = "0"] = /translate\\(([-\\d.]+)px, ([-\\d.]+)px\\)/.exec(pin?.style.transform ?? "") ?? []
      const { camera } = easel.model
      return {
        x: Math.round(Number(x) / camera.zoom + camera.x),
        y: Math.round(Number(y) / camera.zoom + camera.y),
        detached: pin?.hasAttribute("data-detached") ?? false
      }
    })()`)

  const pinIsAt = async (tab: EditorTab, x: number, y: number, detached = false): Promise<void> => {
    let seen: unknown
    await waitUntil(async () => {
      seen = await pinAt(tab)
      return JSON.stringify(seen) === JSON.stringify({ x, y, detached })
    }, { deadlineMillis, what: `the pin at ${x}, ${y}, ${detached ? "detached" : "attached"}`, state: () => seen })
  }

  it("N1 N2 N8: a comment on an object reaches the other page, follows the object, stays when that is deleted and is fastened again", async () => {
    const fileId = await sharedFile({ ada: "owner", bob: "commenter" })
    const [ada, bob] = [await tabOf(fileId, "ada"), await tabOf(fileId, "bob")]
    await ada.page.evaluate(() => globalThis.easel.file.create("rectangle", { x: 100, y: 100, width: 200, height: 100, fill: "#cc0000" }, { id: "box" }))
    await waitUntil(async () => (await bob.objects()).length === 1, { deadlineMillis, what: "the box is there" })
    await bob.page.evaluate(() => globalThis.easel.model.select(["box"]))

    // By keyboard alone: C, and Enter for what is selected.
    await bob.canvas.focus()
    await bob.page.keyboard.press("c")
    const place = bob.page.getByRole("button", { name: /^Put the comment/ })
    await waitUntil(() => place.evaluateAll(([button]) => button?.matches(":focus") === true), { deadlineMillis, what: "the keyboard is where the comment is put" })
    await bob.page.keyboard.press("Enter")
    await bob.page.getByLabel("New comment").fill("Too <b>red</b>?")
    await bob.page.keyboard.press("Control+Enter")
    await pins(ada.page).first().waitFor()
    expect(await pins(ada.page).first().getAttribute("aria-label")).toBe("Comment by The bob: Too <b>red</b>?, unread")
    await pinIsAt(ada, 200, 150)

    await ada.page.evaluate(() => globalThis.easel.file.update("box", { x: 300 }))
    for (const tab of [ada, bob]) await pinIsAt(tab, 400, 150)
    await ada.page.evaluate(() => globalThis.easel.file.delete("box"))
    for (const tab of [ada, bob]) await pinIsAt(tab, 400, 150, true)
    await bob.page.getByText("The object was deleted").waitFor()
    await ada.page.evaluate(() => globalThis.easel.file.undo())
    for (const tab of [ada, bob]) await pinIsAt(tab, 400, 150)

    await ada.page.getByRole("button", { name: "Comments, 1 unread" }).waitFor()
    await pins(ada.page).first().click()
    await ada.page.getByRole("button", { name: "Comments", exact: true }).waitFor()
    await ada.page.getByLabel("Reply").fill("A bit, @The bob")
    await ada.page.getByRole("button", { name: "Reply" }).click()
    await bob.page.getByText("A bit, @The bob").waitFor()
    await bob.page.getByRole("button", { name: "Resolve" }).click()
    await waitUntil(async () => await pins(bob.page).count() === 1 && await ada.page.getByRole("button", { name: "Reopen" }).count() === 1, { deadlineMillis, what: "it is resolved" })
    await ada.page.getByRole("button", { name: "Close comments" }).click()
    await waitUntil(async () => await pins(ada.page).count() === 0, { deadlineMillis, what: "its pin is gone" })
  })

  it("N6: a viewer sees threads and has nothing to write with; a commenter puts a region and cannot draw", async () => {
    const fileId = await sharedFile({ vic: "viewer", bob: "commenter", ada: "owner" })
    const [vic, bob] = [await tabOf(fileId, "vic"), await tabOf(fileId, "bob")]
    expect(await bob.page.getByRole("radio", { name: "Rectangle" }).isDisabled()).toBe(true)
    await bob.page.getByRole("radio", { name: "Comment" }).click()
    const placer = await bob.page.getByRole("button", { name: /^Put the comment/ }).boundingBox()
    if (placer === null) throw new Error("nothing to put a comment on")
    await bob.page.mouse.move(placer.x + 100, placer.y + 100)
    await bob.page.mouse.down()
    await bob.page.mouse.move(placer.x + 260, placer.y + 200, { steps: 3 })
    await bob.page.mouse.up()
    await bob.page.getByLabel("New comment").fill("All of this")
    await bob.page.getByRole("button", { name: "Comment", exact: true }).click()
    await pins(vic.page).first().click()
    await vic.page.locator(".comment-region:not([hidden])").waitFor()
    const [thread] = await vic.page.evaluate(() => globalThis.easel.file.comments.threads.map(({ anchor }) => anchor))
    expect(thread).toMatchObject({ kind: "region", width: 160, height: 100 })
    await vic.page.getByText("All of this").waitFor()
    expect(await vic.page.getByRole("radio", { name: "Comment" }).isDisabled()).toBe(true)
    for (const name of ["Add a comment", "Resolve", "Edit", "Delete"]) expect(await vic.page.getByRole("button", { name, exact: true }).count(), name).toBe(0)
    expect(await vic.page.getByLabel("Reply").count()).toBe(0)
    await bob.page.getByRole("button", { name: "Delete" }).click()
    await waitUntil(async () => await pins(vic.page).count() === 0, { deadlineMillis, what: "it is gone" })
  })
})
