/** P6 and the colours of P7 against a real node: newest only, bounded, announced when joining and leaving. */
import { describe, expect, it } from "vitest"
import type { Presence } from "../harness/contract.ts"
import { sharedNode } from "../harness/easelNode.ts"
import { connect, create, createFile, join } from "../harness/editing.ts"
import type { RawEditor } from "../harness/RawEditor.ts"

const own = sharedNode()

const newest = (observer: RawEditor, clientId: string): Presence | undefined =>
  observer.all("presence").flatMap(({ presence }) => presence).findLast((entry) => entry.clientId === clientId)

const untilNewest = (observer: RawEditor, clientId: string, holds: (entry: Presence) => boolean) =>
  observer.until(() => {
    const entry = newest(observer, clientId)
    return entry !== undefined && holds(entry)
  }, `presence of ${clientId}`)

describe("presence", () => {
  it("P6: reaches the others with who and which colour, and not its sender", async () => {
    const fileId = await createFile(own.node)
    const ada = await join(own.node, fileId, { userId: "ada", userName: "Ada \u{1f58c}" })
    const bob = await join(own.node, fileId, { userId: "bob" })
    const fields = { cursor: { x: 1.5, y: -2 }, selection: ["a", "b"], viewport: { x: 0, y: 0, zoom: 2 } }
    ada.send("presence", fields)
    await untilNewest(bob, ada.clientId, ({ cursor }) => cursor !== null)
    expect(newest(bob, ada.clientId)).toEqual({
      clientId: ada.clientId,
      userId: "ada",
      userName: "Ada \u{1f58c}",
      color: ada.all("sync")[0]?.yourColor,
      ...fields
    })
    ada.send("presence", { cursor: null })
    await untilNewest(bob, ada.clientId, ({ cursor }) => cursor === null)
    expect(newest(bob, ada.clientId)).toMatchObject({ selection: null, viewport: null })
    expect(newest(ada, ada.clientId)).toBeUndefined()
    expect(newest(ada, bob.clientId)).toMatchObject({ userId: "bob", userName: "bob", cursor: null })
  })

  it("P6: who joins is announced, and finds the others in sync", async () => {
    const fileId = await createFile(own.node)
    const ada = await join(own.node, fileId, { userId: "ada" })
    ada.send("presence", { cursor: { x: 1, y: 2 } })
    await ada.settled()
    const observer = await join(own.node, fileId)
    await observer.until(
      () => observer.all("sync")[0]?.presence.some(({ cursor }) => cursor !== null) === true || newest(observer, ada.clientId)?.cursor != null,
      "ada's cursor"
    )
    const bob = await join(own.node, fileId, { userId: "bob" })
    expect(bob.all("sync")[0]?.presence).toEqual(expect.arrayContaining([
      expect.objectContaining({ clientId: ada.clientId, userId: "ada", cursor: { x: 1, y: 2 } })
    ]))
    expect(bob.all("sync")[0]?.presence.map(({ clientId }) => clientId)).not.toContain(bob.clientId)
    await untilNewest(ada, bob.clientId, ({ userId }) => userId === "bob")
  })

  it("P6: left names who closed, whose line was cut, and who unsubscribed", async () => {
    const fileId = await createFile(own.node)
    const observer = await join(own.node, fileId)
    const [closes, cut, leaves] = [await join(own.node, fileId), await join(own.node, fileId), await join(own.node, fileId)]
    await closes.close()
    cut.terminate()
    leaves.send("unsubscribe", {})
    const gone = [closes, cut, leaves].map(({ clientId }) => clientId).toSorted()
    await observer.until(() => observer.all("presence").flatMap(({ left }) => left).toSorted().join() === gone.join(), "all three have left")
    const late = await join(own.node, fileId)
    expect(late.all("sync")[0]?.presence.map(({ clientId }) => clientId)).toEqual([observer.clientId])
  })

  it("P6: only the newest of a fast mover, at most 30 times a second", async () => {
    const fileId = await createFile(own.node)
    const ada = await join(own.node, fileId)
    const bob = await join(own.node, fileId)
    await untilNewest(ada, bob.clientId, () => true)
    const before = bob.all("presence").length
    const startedMillis = performance.now()
    let sent = 0
    while (performance.now() - startedMillis < 1_000) {
      for (let n = 0; n < 10; n++) ada.send("presence", { cursor: { x: ++sent, y: 0 } })
      await ada.settled()
    }
    await untilNewest(bob, ada.clientId, ({ cursor }) => JSON.stringify(cursor) === JSON.stringify({ x: sent, y: 0 }))
    const elapsedSeconds = (performance.now() - startedMillis) / 1_000
    const frames = bob.all("presence").slice(before)
    expect(sent).toBeGreaterThan(frames.length * 2)
    expect(frames.length).toBeGreaterThan(5)
    expect(frames.length).toBeLessThanOrEqual(30 * elapsedSeconds + 2)
    for (const { presence } of frames) expect(presence).toHaveLength(1)
  })

  it("P6: presence does not hold operations up, and is not stored", async () => {
    const fileId = await createFile(own.node)
    const ada = await join(own.node, fileId)
    for (let n = 0; n < 500; n++) ada.send("presence", { cursor: { x: n, y: 0 }, selection: [], viewport: null })
    const [result] = await ada.edit(create("a"))
    expect(result).toMatchObject({ status: "applied", seq: 1 })
  })

  it("P6: presence above 16 KiB is refused", async () => {
    const fileId = await createFile(own.node)
    const ada = await join(own.node, fileId)
    const bob = await join(own.node, fileId)
    ada.send("presence", { selection: Array.from({ length: 2_000 }, (_, n) => `object-${n}`) })
    expect((await ada.next("error")).code).toBe("bad_presence")
    ada.send("presence", { cursor: { x: 1, y: 1 } })
    await untilNewest(bob, ada.clientId, ({ cursor, selection }) => cursor !== null && selection === null)
    expect(bob.all("presence").flatMap(({ presence }) => presence).every(({ selection }) => selection === null)).toBe(true)
  })
})

describe("colours", () => {
  it("P7: the editors of a file have different colours, and a freed one is given again", async () => {
    const fileId = await createFile(own.node)
    const editors = await Promise.all(Array.from({ length: 12 }, () => join(own.node, fileId)))
    const colours = editors.map((editor) => editor.all("sync")[0]?.yourColor)
    expect(new Set(colours).size).toBe(12)
    const [observer, leaver] = editors
    await leaver?.close()
    await observer?.until(() => observer.all("presence").some(({ left }) => left.includes(leaver?.clientId ?? "")), "one has left")
    const next = await join(own.node, fileId)
    const others = colours.filter((_, index) => index !== 1)
    expect(others).not.toContain(next.all("sync")[0]?.yourColor)
  })

  it("P7: who comes back keeps the colour and is not announced as gone", async () => {
    const fileId = await createFile(own.node)
    const observer = await join(own.node, fileId)
    const ada = await join(own.node, fileId, { userId: "ada" })
    const colour = ada.all("sync")[0]?.yourColor
    const again = await connect(own.node)
    const sync = await again.subscribe({ fileId, userId: "ada", clientId: ada.clientId, sinceSeq: 0 })
    ada.terminate()
    await ada.closed
    await again.settled()
    again.send("presence", { cursor: { x: 9, y: 9 } })
    await untilNewest(observer, ada.clientId, ({ cursor }) => cursor !== null)
    expect(sync.yourColor).toBe(colour)
    expect(observer.all("presence").flatMap(({ left }) => left)).toEqual([])
  })
})
