/** `easel start --nodes 3`: a cluster on one machine, with a database of its own. */
import { expect, it } from "vitest"
import { descendantsOf, isAlive } from "../../harness/descendants.ts"
import { nodeForTest } from "../../harness/easelNode.ts"
import { create, createFile, expectConverged, join, update } from "../../harness/editing.ts"
import { waitUntil } from "../../harness/waitUntil.ts"

const doorsOf = (log: string) =>
  [...log.matchAll(/^(?:Easel|Node \d) is ready: (http:\S+)$/gm)].map(([, url = ""]) => ({ url, webSocketUrl: `${url.replace("http", "ws")}/ws` }))

it("K4: three nodes serve one file together, and end together", { timeout: 90_000 }, async () => {
  const node = await nodeForTest({ flags: ["--nodes", "3"] })
  await node.start()
  const doors = doorsOf(node.log)
  expect(new Set(doors.map(({ url }) => url)).size).toBe(3)
  const [first] = doors
  if (first === undefined) throw new Error("unreachable")
  for (const door of doors) {
    // Each door in turn sees the file that it did not create.
    const fileId = await createFile(door)
    const editors = await Promise.all(doors.map((each) => join(each, fileId)))
    await Promise.all(editors.map(async (editor, number) => {
      await editor.edit(create(`of-${number}`))
      for (let round = 0; round < 20; round++) await editor.edit(update(`of-${number}`, "x", round), create(`${number}-${round}`))
    }))
    for (const each of doors) await expectConverged(each, fileId, ...editors)
  }
  const started = descendantsOf(node.pid)
  expect(started.length).toBeGreaterThanOrEqual(4)
  const { code } = await node.interrupt()
  expect(code).toBe(0)
  await waitUntil(() => !started.some(isAlive), { deadlineMillis: 5_000, what: "nothing is left", state: () => started.filter(isAlive) })
})
