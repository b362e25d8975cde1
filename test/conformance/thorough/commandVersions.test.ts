/** `easel files` and `easel versions`: what people and scripts do with the history of a file on the command line. */
import { randomUUID } from "node:crypto"
import { expect, it } from "vitest"
import { complaintOf, easel } from "../../harness/command.ts"
import { nodeForFile } from "../../harness/easelNode.ts"
import { create, join, readFile, remove, update } from "../../harness/editing.ts"
import { makeFile, setRole } from "../../harness/sharing.ts"
import { takesTokens, tokenOf } from "../../harness/tokens.ts"

const open = nodeForFile()
const own = nodeForFile({ environment: takesTokens })

const parsed = (text: string): Record<string, unknown> => JSON.parse(text)

it("H13: a file is made, kept, compared, restored and the restore taken back", { timeout: 120_000 }, async () => {
  const { node } = open
  const here = { EASEL_URL: node.url }
  const fileId = (await easel(["files", "create", "Drawn \u001b[2Jby script"], here)).trim()
  expect(parsed(await easel(["files", "read", fileId], here))).toMatchObject({ id: fileId, seq: 0 })
  const listed = await easel(["files", "list"], here)
  expect(listed.split("\n")[0]).toMatch(/^id +seq  edited +name$/)
  expect(listed).toContain("Drawn [2Jby script")
  expect(listed).not.toContain("\u001b")

  const editor = await join(node, fileId)
  await editor.edit(create("a", { x: 1 }), create("b"))
  const before = await readFile(node, fileId)
  const request = randomUUID()
  const saved = parsed(await easel(["versions", "save", fileId, "First", "--request", request, "--json"], here))
  expect(saved).toMatchObject({ name: "First", seq: 2, kind: "named" })
  const versionId = String(saved["id"])
  await editor.edit(update("a", "x", 2), remove("b"))
  expect(parsed(await easel(["versions", "save", fileId, "First", "--request", request, "--json"], here))).toEqual(saved)
  expect(parsed(await easel(["versions", "read", fileId, versionId], here))).toEqual(before)
  expect(parsed(await easel(["versions", "read", fileId, "2"], here))).toEqual(before)

  const difference = (await easel(["versions", "diff", fileId, versionId, "4"], here)).trimEnd().split("\n").map((line) => line.split(/ {2,}/))
  expect(difference).toEqual([["what", "object", "property", "from", "to"], ["deleted", "b"], ["changed", "a", "x", "1", "2"]])
  expect((await easel(["versions", "blame", fileId, "a", "x"], here)).split("\n")[1]).toMatch(/^2 +3 /)

  const restored = await easel(["versions", "restore", fileId, versionId], here)
  const [, undo = ""] = /easel (versions undo .+)/.exec(restored) ?? []
  expect((await readFile(node, fileId)).objects).toEqual(before.objects)
  expect(await easel(undo.split(" "), here)).toMatch(/^Taken back by \d+ operations/)
  expect((await readFile(node, fileId)).objects.map(({ id, x }) => [id, x])).toEqual([["a", 2]])
  expect(await easel(["versions", "pin", fileId, versionId], here)).toMatch(/named, pinned +\d+ +First$/m)
  expect((await easel(["versions", "list", fileId], here)).trimEnd().split("\n")).toHaveLength(1 + 3)
  await editor.close()
})

it("H13: what cannot be done is one line on standard error", { timeout: 120_000 }, async () => {
  const here = { EASEL_URL: open.node.url }
  expect(await complaintOf(["versions", "list", randomUUID()], here)).toMatch(/^easel: .*file/)
  expect(await complaintOf(["versions", "restore", randomUUID(), "9".repeat(20)], here)).toMatch(/^easel: no file is at seq/)
  expect(await complaintOf(["files", "list"], { EASEL_URL: "http://127.0.0.1:1" })).toBe("easel: no Easel answers at http://127.0.0.1:1: start one, or set EASEL_URL")

  const there = { EASEL_URL: own.node.url }
  const fileId = await makeFile(own.database.url)
  await setRole(own.database.url, "file", fileId, "vera", "viewer")
  expect(await complaintOf(["versions", "list", fileId], there)).toMatch(/^easel: http\S+ asks who you are: set EASEL_TOKEN/)
  const vera = { ...there, EASEL_TOKEN: await tokenOf({ userId: "vera" }) }
  expect((await easel(["versions", "list", fileId], vera)).trimEnd().split("\n")).toHaveLength(1)
  expect(await complaintOf(["versions", "save", fileId, "Mine"], vera)).toBe("easel: your role does not allow this")
})
