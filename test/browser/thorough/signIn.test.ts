/** The page of a server that asks who one is: signing in, coming by a link, losing a role, and sharing. */
import type { Page } from "playwright-core"
import { expect, it, onTestFinished } from "vitest"
import { browserForFile, describeInBrowser } from "../../harness/browser.ts"
import { nodeForFile } from "../../harness/easelNode.ts"
import { EditorTab } from "../../harness/EditorTab.ts"
import { runSql } from "../../harness/runSql.ts"
import { makeFile, makeLink, setRole } from "../../harness/sharing.ts"
import { takesTokens, type TokenFields, tokenOf } from "../../harness/tokens.ts"
import { waitUntil } from "../../harness/waitUntil.ts"
import { WebSocketGate } from "../../harness/WebSocketGate.ts"

const deadlineMillis = 15_000

/** What a browser says of every answer that is a refusal, and of a socket that finds nobody. */
const refusal = /status of 40[139]|WebSocket connection to .* failed/

describeInBrowser("the page of a server that asks who one is", () => {
  const own = nodeForFile({ environment: takesTokens })
  const browser = browserForFile()

  const newPage = async (): Promise<Page> => {
    const visitor = await browser.newVisitor()
    visitor.expectErrors(refusal)
    const page = await visitor.newPage()
    page.setDefaultTimeout(deadlineMillis)
    return page
  }

  /** A file of ada's. */
  const newFile = async (): Promise<string> => {
    const fileId = await makeFile(own.database.url)
    await grant(fileId, "ada", "owner")
    return fileId
  }

  const grant = (fileId: string, userId: string, role: string | undefined) => setRole(own.database.url, "file", fileId, userId, role)

  const signIn = async (page: Page, token: string): Promise<void> => {
    await page.getByRole("heading", { name: "Sign in" }).waitFor()
    await page.getByLabel("Token").fill(token)
    await page.keyboard.press("Enter")
  }

  /** A tab of somebody who came with a token in the address. */
  const tabOf = async (fileId: string, fields: TokenFields, url = own.node.url): Promise<EditorTab> => {
    const page = await newPage()
    await page.goto(`${url}/f/${fileId}#token=${await tokenOf(fields)}`)
    const tab = new EditorTab(page)
    await tab.ready()
    return tab
  }

  const says = (page: Page, text: string | RegExp): Promise<void> => page.locator(".toast", { hasText: text }).waitFor()

  it("asks for a token before it lists files, says why one is refused, and is signed out again", async () => {
    const fileId = await newFile()
    const page = await newPage()
    await page.goto(own.node.url)
    await page.getByRole("heading", { name: "Sign in" }).waitFor()
    expect(await page.getByRole("alert").innerText()).toBe("")
    await signIn(page, await tokenOf({ userId: "ada", expiresInSeconds: -60 }))
    await page.getByRole("alert").filter({ hasText: "the token has expired" }).waitFor()
    expect(await page.getByLabel("Token").getAttribute("aria-invalid")).toBe("true")
    await signIn(page, `Bearer ${await tokenOf({ userId: "ada", name: "Ada L." })}`)
    await page.locator(`a[href="/f/${fileId}"]`).waitFor()
    await page.reload()
    await page.getByText("Ada L.").waitFor()
    await page.getByRole("button", { name: "Sign out" }).click()
    await page.getByRole("heading", { name: "Sign in" }).waitFor()
    expect(await page.evaluate("Object.values(sessionStorage).length")).toBe(0)
  })

  it("asks for a token before it opens a file, and opens that file then", async () => {
    const fileId = await newFile()
    const page = await newPage()
    await page.goto(`${own.node.url}/f/${fileId}`)
    await signIn(page, await tokenOf({ userId: "ada", name: "Ada L." }))
    const tab = new EditorTab(page)
    await tab.ready()
    await tab.draw("Rectangle", { x: 0, y: 0 }, { x: 100, y: 50 })
    await tab.saved()
    await page.getByRole("button", { name: "You are Ada L." }).click()
    await page.getByRole("menuitem", { name: "Sign out" }).click()
    await page.getByRole("heading", { name: "Sign in" }).waitFor()
  })

  it("takes a token out of the address, and says that one has no access", async () => {
    const page = await newPage()
    await page.goto(`${own.node.url}/f/${await newFile()}#token=${await tokenOf({ userId: "nobody" })}`)
    await page.getByRole("heading", { name: "You have no access to this file" }).waitFor()
    expect(page.url()).not.toContain("#")
    await page.getByRole("button", { name: "Sign in as somebody else" }).click()
    await signIn(page, await tokenOf({ userId: "ada" }))
    await new EditorTab(page).ready()
  })

  it("says when a token has expired, and goes on with another", async () => {
    const tab = await tabOf(await newFile(), { userId: "ada", expiresInSeconds: 5 })
    await tab.page.getByRole("alert").filter({ hasText: "the token has expired" }).waitFor()
    await signIn(tab.page, await tokenOf({ userId: "ada" }))
    await tab.ready()
    expect(await tab.saveText).toBe("Saved")
  })

  it("keeps what was not saved when a token is refused, and sends it for nobody but whom it was made by", async () => {
    const fileId = await newFile()
    await grant(fileId, "bob", "editor")
    const gate = await WebSocketGate.start(own.node.url)
    onTestFinished(() => gate.stop())
    const tab = await tabOf(fileId, { userId: "ada", tokenId: `of ${fileId}` }, gate.url)
    const { page } = tab
    gate.shut()
    await tab.until("it is offline", ({ connectivity }) => connectivity === "offline")
    await tab.draw("Rectangle", { x: 0, y: 0 }, { x: 100, y: 50 })
    await runSql(own.database.url, "INSERT INTO revocations (token_id, expires_at) VALUES ($1, now() + interval '1 hour')", [`of ${fileId}`])
    gate.open()
    await page.getByRole("alert").filter({ hasText: "What was not saved yet is kept" }).waitFor()
    await signIn(page, await tokenOf({ userId: "bob" }))
    await tab.ready()
    await tab.until("there is nothing of ada's", ({ outbox, waiting }) => outbox === "open" && waiting === 0)
    expect(await tab.objects()).toEqual([])
    await page.getByRole("button", { name: "You are bob" }).click()
    await page.getByRole("menuitem", { name: "Sign out" }).click()
    await signIn(page, await tokenOf({ userId: "ada" }))
    await tab.ready()
    await tab.untilObjects("what ada drew is there", ({ length }) => length === 1)
    await tab.saved()
    const authors = await runSql(own.database.url, "SELECT DISTINCT user_id AS author FROM operations WHERE file_id = $1::uuid", [fileId])
    expect(authors).toEqual([{ author: "ada" }])
  })

  it("a guest who may view sees, selects and zooms, and changes nothing", async () => {
    const fileId = await newFile()
    const ada = await tabOf(fileId, { userId: "ada" })
    await ada.draw("Rectangle", { x: 0, y: 0 }, { x: 100, y: 50 })
    await ada.saved()
    const before = await ada.object()
    const page = await newPage()
    await page.goto(`${own.node.url}/f/${fileId}#link=${await makeLink(own.database.url, fileId, "viewer")}`)
    const guest = new EditorTab(page)
    await guest.ready()
    await guest.untilSaveText(/^Read only$/)
    expect(page.url()).toBe(`${own.node.url}/f/${fileId}`)
    await guest.click({ x: 50, y: 25 })
    await waitUntil(async () => (await guest.selection()).length === 1, { deadlineMillis, what: "the rectangle is selected" })
    expect(await page.getByRole("radio", { name: "Rectangle" }).isDisabled()).toBe(true)
    expect(await page.getByLabel("Width", { exact: true }).isDisabled()).toBe(true)
    expect(await page.getByRole("button", { name: /Rename$/ }).count()).toBe(0)
    await guest.drag({ x: 50, y: 25 }, { x: 150, y: 125 })
    for (const key of ["Delete", "ArrowLeft", "Control+d", "Control+g", "Control+z", "r", "Enter"]) await page.keyboard.press(key)
    await page.evaluate(`(() => {
      const clipboardData = new DataTransfer()
      clipboardData.setData("text/plain", "pasted")
      document.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData }))
    })()`)
    await page.keyboard.press("Shift+1")
    expect(await guest.status()).toMatchObject({ role: "viewer", waiting: 0 })
    expect(await ada.object()).toEqual(before)
    // The link lasts as long as the tab.
    await page.reload()
    await guest.ready()
    expect(await page.getByRole("button", { name: "Copy the link to this file" }).count()).toBe(1)
  })

  it("who is demoted in the middle of a drag is told, and may go on when promoted again", async () => {
    const fileId = await newFile()
    await grant(fileId, "bob", "editor")
    const bob = await tabOf(fileId, { userId: "bob" })
    const { page } = bob
    await bob.draw("Rectangle", { x: 0, y: 0 }, { x: 100, y: 50 })
    await bob.saved()
    const [from, to] = [await bob.at({ x: 50, y: 25 }), await bob.at({ x: 150, y: 125 })]
    await page.mouse.move(from.x, from.y)
    await page.mouse.down()
    await page.mouse.move(to.x, to.y, { steps: 5 })
    await bob.saved()
    await grant(fileId, "bob", "viewer")
    await says(page, "You can now view only.")
    await page.mouse.move(from.x, from.y, { steps: 5 })
    await page.mouse.up()
    await bob.untilSaveText(/^Read only$/)
    expect(await page.getByRole("radio", { name: "Rectangle" }).isDisabled()).toBe(true)
    expect(await bob.status()).toMatchObject({ waiting: 0 })
    await grant(fileId, "bob", "editor")
    await says(page, "You can edit now.")
    await bob.draw("Ellipse", { x: -200, y: -100 }, { x: -100, y: -50 })
    await bob.untilSaveText(/^Saved$/)
    await grant(fileId, "bob", undefined)
    await page.getByRole("heading", { name: "You have no access to this file" }).waitFor()
  })

  it("an owner makes a link that works in another browser, and takes it back", async () => {
    const fileId = await newFile()
    const ada = await tabOf(fileId, { userId: "ada" })
    await ada.page.getByRole("button", { name: "Share this file" }).click()
    const dialog = ada.page.getByRole("dialog", { name: "Share" })
    await dialog.getByLabel("What the link allows").selectOption({ label: "Can edit" })
    await dialog.getByLabel("When the link expires").selectOption({ label: "Expires in a day" })
    await dialog.getByRole("button", { name: "Create link" }).click()
    const link = await dialog.getByRole("textbox", { name: /The link is shown only now/ }).inputValue()
    await dialog.getByText(/^Can edit, expires /).waitFor()
    const page = await newPage()
    await page.goto(link)
    const guest = new EditorTab(page)
    await guest.ready()
    await guest.draw("Rectangle", { x: 0, y: 0 }, { x: 100, y: 50 })
    await ada.untilObjects("ada sees it", ({ length }) => length === 1)
    await dialog.getByRole("button", { name: /^Remove the link/ }).click()
    await page.getByRole("heading", { name: "You have no access to this file" }).waitFor()
    await dialog.getByText(/^Can edit, expires /).waitFor({ state: "detached" })
  })

  it("an owner lets somebody in, changes and takes the role, and stays the last owner", async () => {
    const fileId = await newFile()
    const ada = await tabOf(fileId, { userId: "ada" })
    await ada.page.getByRole("button", { name: "Share this file" }).click()
    const dialog = ada.page.getByRole("dialog", { name: "Share" })
    await dialog.getByLabel("User id").fill("bob")
    await dialog.getByRole("button", { name: "Add" }).click()
    const role = dialog.getByLabel("Role of bob")
    await role.waitFor()
    const bob = await tabOf(fileId, { userId: "bob" })
    await bob.untilSaveText(/^Saved$/)
    await role.selectOption({ label: "Can view" })
    await bob.untilSaveText(/^Read only$/)
    await dialog.getByRole("button", { name: "Remove bob" }).click()
    await bob.page.getByRole("heading", { name: "You have no access to this file" }).waitFor()
    await dialog.getByLabel("Role of ada").selectOption({ label: "Can edit" })
    await dialog.getByRole("alert").filter({ hasText: "nobody would own it any more" }).waitFor()
    expect(await dialog.getByLabel("Role of ada").inputValue()).toBe("owner")
    await dialog.getByRole("button", { name: "Close" }).click()
  })
})
