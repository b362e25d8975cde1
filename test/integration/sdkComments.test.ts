/** C15: comments through the SDK, on two nodes, across losses of connection and a move of the file. */
import type { EditorFile } from "@easel/client"
import { afterAll, beforeAll, expect, test } from "vitest"
import { createFile, NodeInProcess, online, openEditor } from "../harness/nodeInProcess.ts"
import { waitUntil } from "../harness/waitUntil.ts"

let node: NodeInProcess
let other: NodeInProcess

beforeAll(async () => {
  node = await NodeInProcess.start()
  other = await NodeInProcess.start({ beside: node })
})
afterAll(async () => {
  await other.stop()
  await node.stop()
})

const anchor = { kind: "page", x: 1, y: 2 } as const

/** What is said in each thread. */
const saidIn = ({ comments }: EditorFile) => comments.threads.map((thread) => thread.comments.map(({ body }) => body))

const hears = (editor: EditorFile, said: ReadonlyArray<ReadonlyArray<string>>) =>
  waitUntil(() => JSON.stringify(saidIn(editor)) === JSON.stringify(said), { deadlineMillis: 20_000, what: JSON.stringify(said), state: () => saidIn(editor) })

test("C15: each hears of the other's comments, on whatever node, also of those made while it was away", async () => {
  const fileId = await createFile(node)
  const ada = openEditor(node, fileId, { userId: "ada", userName: "Ada" })
  const bob = openEditor(other, fileId, { userId: "bob", format: "msgpack" })
  await Promise.all([online(ada), online(bob)])
  for (const editor of [ada, bob]) editor.comments.follow()
  const thread = await ada.comments.create(anchor, "One", ["bob"])
  expect(thread).toMatchObject({ createdBy: "ada", userName: "Ada", mentions: ["bob"], seq: 1 })
  await hears(bob, [["One"]])
  expect(bob.comments.threads).toMatchObject([{ unread: true, resolved: false, anchor }])
  // Who she is says the first page of comments, which may come after the answer to what she wrote.
  await waitUntil(() => ada.comments.userId === "ada", { deadlineMillis: 20_000, what: "Ada knows who she is" })
  expect(ada.comments.threads[0]?.unread).toBe(false)
  const reply = await bob.comments.reply(thread.id, "Two")
  await hears(ada, [["One", "Two"]])
  expect(ada.comments.threads[0]?.unread).toBe(true)
  ada.comments.markRead(thread.id)
  expect(ada.comments.threads[0]?.unread).toBe(false)

  ada.reconnect()
  const late = ada.comments.create(anchor, "Three")
  await bob.comments.edit(reply.id, "Two!")
  await bob.comments.react(reply.id, "👍")
  await bob.comments.resolve(thread.id)
  await late
  for (const editor of [ada, bob]) await hears(editor, [["One", "Two!"], ["Three"]])
  for (const editor of [ada, bob]) await waitUntil(() => editor.comments.threads[0]?.resolved === true, { deadlineMillis: 20_000, what: "it is resolved" })
  for (const editor of [ada, bob]) expect(editor.comments.threads[0]).toMatchObject({ resolved: true, comments: [{}, { reactions: [{ reaction: "👍", userIds: ["bob"] }] }] })
  await expect(bob.comments.edit(thread.id, "Mine")).rejects.toMatchObject({ reason: "forbidden" })
  await expect(bob.comments.create(anchor, "")).rejects.toMatchObject({ reason: "invalid" })
  await bob.comments.delete(reply.id)
  await ada.comments.delete(thread.id)
  for (const editor of [ada, bob]) await hears(editor, [["Three"]])

  const carol = openEditor(other, fileId, { userId: "carol" })
  carol.comments.follow()
  await hears(carol, [["Three"]])
  expect(carol.comments.threads).toMatchObject([{ unread: true }])
})

test("C15 N5: comments go on when the file moves to another node, and nobody misses one", async () => {
  const first = await NodeInProcess.start({ beside: node })
  const fileId = await createFile(first)
  const ada = openEditor(node, fileId, { userId: "ada" })
  const bob = openEditor(other, fileId, { userId: "bob" })
  await Promise.all([online(ada), online(bob)])
  for (const editor of [ada, bob]) editor.comments.follow()
  const writing = Array.from({ length: 10 }, (_, n) => ada.comments.create(anchor, `Before ${n}`))
  const stopped = first.stop()
  writing.push(...Array.from({ length: 10 }, (_, n) => bob.comments.create(anchor, `After ${n}`)))
  const seqs = (await Promise.all(writing)).map(({ seq }) => seq)
  await stopped
  expect(seqs.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
  for (const editor of [ada, bob]) {
    await waitUntil(() => editor.comments.threads.length === 20, { deadlineMillis: 20_000, what: "all threads", state: () => saidIn(editor) })
  }
})

test("C15: what is not answered when the file is closed is rejected", async () => {
  const ada = openEditor(node, await createFile(node), { userId: "ada" })
  const writing = ada.comments.create(anchor, "Too late")
  ada.close()
  await expect(writing).rejects.toMatchObject({ reason: "closed" })
})
