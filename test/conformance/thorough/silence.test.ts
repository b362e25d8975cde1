/** The time limits of P10. It waits for most of a minute, on nobody's processor. */
import { expect, it, onTestFinished } from "vitest"
import { nodeForFile } from "../../harness/easelNode.ts"
import { connect, create, createFile, expectConverged, join, update } from "../../harness/editing.ts"
import { frameBytes, opcodes, RawSocket } from "../../harness/RawSocket.ts"
import { waitUntil } from "../../harness/waitUntil.ts"

const own = nodeForFile()

it("P10: who never subscribes or never answers pings is closed with 4009", { timeout: 120_000 }, async () => {
  const fileId = await createFile(own.node)
  const connectedMillis = performance.now()
  const stranger = await connect(own.node)
  let strangerMillis = 0
  void stranger.closed.then(() => {
    strangerMillis = performance.now() - connectedMillis
  })
  const answering = await join(own.node, fileId)
  const between = await join(own.node, fileId)
  between.send("unsubscribe", {})
  const mute = await RawSocket.webSocket(own.node.url)
  onTestFinished(() => void mute.socket.destroy())
  mute.write(frameBytes(opcodes.text, Buffer.from(JSON.stringify({ type: "subscribe", payload: { fileId, userId: "mute" } }))))
  await mute.until(() => mute.text.includes(`"type":"sync"`), "sync")
  const left = () => answering.all("presence").flatMap(({ left }) => left)
  await waitUntil(() => stranger.closeCode !== undefined && mute.isClosed && left().length === 2, { deadlineMillis: 90_000, what: "both are closed" })
  expect(stranger.closeCode).toBe(4009)
  expect(strangerMillis).toBeGreaterThan(4_500)
  expect(strangerMillis).toBeLessThan(15_000)
  expect(await mute.closeCode()).toBe(4009)
  expect(answering.isOpen).toBe(true)
  // Who has been known stays, also without a file (P11).
  expect(between.isOpen).toBe(true)
  await between.subscribe({ fileId, userId: "back" })
})

it("P10: a socket that does not read is dropped, and the others are served", async () => {
  const fileId = await createFile(own.node)
  const editor = await join(own.node, fileId)
  const reader = await join(own.node, fileId)
  await editor.edit(create("a", { type: "text" }))
  const deaf = await RawSocket.webSocket(own.node.url)
  onTestFinished(() => void deaf.socket.destroy())
  deaf.write(frameBytes(opcodes.text, Buffer.from(JSON.stringify({ type: "subscribe", payload: { fileId, userId: "deaf" } }))))
  await deaf.until(() => deaf.text.includes(`"type":"sync"`), "sync")
  deaf.socket.pause()
  const drops = async () => /^easel_slow_consumers_total (\d+)$/m.exec(await (await fetch(`${own.node.url}/metrics`)).text())?.[1] ?? "0"
  const before = await drops()
  for (let n = 0; n < 30; n++) await editor.edit(update("a", "text", `${n} ${"x".repeat(256 * 1024 - 16)}`))
  expect(await drops()).toBe(before)
  await waitUntil(async () => await drops() !== before, { deadlineMillis: 20_000, what: "the deaf socket's end" })
  expect(Number(await drops()) - Number(before)).toBe(1)
  deaf.socket.resume()
  await deaf.until(() => deaf.hasEnded, "the end of the connection")
  await expectConverged(own.node, fileId, editor, reader)
})
