/** P7 and P11 against a real node: who an editor is, and which file a connection is about. */
import { randomUUID } from "node:crypto"
import { describe, expect, it } from "vitest"
import { sharedNode } from "../harness/easelNode.ts"
import { connect, create, createFile, expectConverged, join, readFile } from "../harness/editing.ts"

const own = sharedNode()

describe("identity", () => {
  it("P7: a clientId of an earlier connection is kept", async () => {
    const fileId = await createFile(own.node)
    const first = await join(own.node, fileId, { userId: "ada" })
    await first.close()
    const second = await join(own.node, fileId, { userId: "ada", clientId: first.clientId })
    expect(second.clientId).toBe(first.clientId)
    const chosen = await join(own.node, fileId, { userId: "ada", clientId: "tab:1.a-B_c" })
    expect(chosen.clientId).toBe("tab:1.a-B_c")
  })

  it("P7: a clientId that belongs to another user is not given away", async () => {
    const fileId = await createFile(own.node)
    const ada = await join(own.node, fileId, { userId: "ada" })
    const bob = await join(own.node, fileId, { userId: "bob", clientId: ada.clientId })
    expect(bob.clientId).not.toBe(ada.clientId)
    await bob.edit(create("a"))
    await ada.reaches(1)
    expect(ada.replica.seqs.size).toBe(1)
  })

  it("P7: an older connection that still has the clientId is closed with 4010, and the editor is not announced as gone", async () => {
    const fileId = await createFile(own.node)
    const tab = await join(own.node, fileId, { userId: "ada", clientId: "tab" })
    const copy = await join(own.node, fileId, { userId: "ada", clientId: "tab" })
    expect(copy.clientId).toBe("tab")
    expect(await tab.closedWith()).toBe(4010)
    const observer = await join(own.node, fileId)
    await copy.edit(create("a"))
    await expectConverged(own.node, fileId, copy, observer)
    expect(observer.all("sync")[0]?.presence.map(({ clientId }) => clientId)).toEqual(["tab"])
    expect(observer.all("presence").flatMap(({ left }) => left)).toEqual([])
  })
})

describe("the connection", () => {
  it("P11: unsubscribe leaves the file and keeps the connection; another subscribe follows", async () => {
    const [one, two] = [await createFile(own.node, "one"), await createFile(own.node, "two")]
    const observer = await join(own.node, one)
    const editor = await join(own.node, one)
    const { clientId } = editor
    await editor.edit(create("a"))
    editor.send("unsubscribe", {})
    await observer.until(() => observer.all("presence").some(({ left }) => left.includes(clientId)), "the editor has left")
    await observer.edit(create("unheard"))
    editor.submit(create("b"))
    expect(await editor.next("error")).toMatchObject({ code: "not_subscribed", operationIds: [expect.any(String)] })
    expect(editor.all("operation")).toEqual([])

    const sync = await editor.subscribe({ fileId: two, userId: "ada" })
    expect(sync.file).toMatchObject({ id: two, name: "two", objects: [] })
    const back = await join(own.node, two)
    await back.edit(create("heard"))
    await editor.reaches(1)
    expect(editor.all("operation").flatMap(({ operations }) => operations)).toMatchObject([{ objectId: "heard" }])

    const again = await editor.subscribe({ fileId: one, userId: "ada", clientId, sinceSeq: 1 })
    expect(again.operations).toMatchObject([{ objectId: "unheard", seq: 2 }])
  })

  it("P11: subscribe to another file leaves the first", async () => {
    const [one, two] = [await createFile(own.node), await createFile(own.node)]
    const observer = await join(own.node, one)
    const editor = await join(own.node, one)
    const { clientId } = editor
    await editor.subscribe({ fileId: two, userId: "ada" })
    await observer.until(() => observer.all("presence").some(({ left }) => left.includes(clientId)), "the editor has left")
    await observer.edit(create("unheard"))
    await editor.edit(create("a"))
    expect((await readFile(own.node, two)).objects).toMatchObject([{ id: "a" }])
    expect(editor.all("operation")).toEqual([])
  })

  it("P11: ping is answered by pong with its echo, also before subscribe", async () => {
    const editor = await connect(own.node)
    editor.send("ping", { echo: { n: 1, text: "é\u{1f600}" } })
    expect(await editor.next("pong")).toEqual({ serverTime: expect.any(Number), echo: { n: 1, text: "é\u{1f600}" } })
    editor.send("ping", undefined)
    expect(await editor.next("pong")).toEqual({ serverTime: expect.any(Number) })
  })

  it("P11: what is sent right after subscribe waits for the sync", async () => {
    const fileId = await createFile(own.node)
    const editor = await connect(own.node)
    editor.send("subscribe", { fileId, userId: "ada" })
    const operation = create("a")
    editor.submit(operation)
    expect(await editor.ackOf(operation.id)).toMatchObject({ status: "applied", seq: 1 })
    expect(editor.frames.map(({ type }) => type).filter((type) => type !== "presence")).toEqual(["sync", "ack"])
  })

  it("P11: unsubscribe right after operations loses none of them", async () => {
    const fileId = await createFile(own.node)
    const editor = await join(own.node, fileId)
    const operations = Array.from({ length: 10 }, (_, n) => create(`o${n}-${randomUUID()}`))
    for (const operation of operations) editor.submit(operation)
    editor.send("unsubscribe", {})
    const sync = await editor.subscribe({ fileId, userId: "ada" })
    expect(sync.seq).toBeLessThanOrEqual(10)
    await Promise.all(operations.map(({ id }) => editor.ackOf(id)))
    expect((await readFile(own.node, fileId)).seq).toBe(10)
  })
})
