/**
 * Editors of the SDK on a way to their node that doubles, swaps, drops and cuts messages, both ways. `EASEL_SEED` repeats
 * a run's choices.
 */
import { expect, it, onTestFinished } from "vitest"
import { nodeForFile } from "../harness/easelNode.ts"
import { createFile } from "../harness/editing.ts"
import { FrameProxy } from "../harness/FrameProxy.ts"
import { converged, online, openEditor } from "../harness/nodeInProcess.ts"
import { runSql } from "../harness/runSql.ts"
import { waitUntil } from "../harness/waitUntil.ts"
import { measure } from "./report/record.ts"

const seed = Number(process.env["EASEL_SEED"] ?? Math.floor(Math.random() * 2 ** 31))
const editorsCount = 4
/** Of each kind, in each direction: what happened less often was not shown. */
const faultsMin = 3

const own = nodeForFile()

it("C2 C3 D3 A5: messages that come twice, in another order, in part or not at all lose nothing and double nothing", { timeout: 120_000 }, async () => {
  const fileId = await createFile(own.node)
  const proxy = await FrameProxy.start(own.node.url, seed)
  onTestFinished(() => proxy.stop())
  const editors = Array.from({ length: editorsCount }, () => openEditor(own.node, fileId, { url: proxy.url }))
  await Promise.all(editors.map(online))
  const objectIds = editors.map((editor) => editor.create("rectangle", { x: 0 }))
  // A change that overtakes the making of its object would be refused, and rightly.
  await converged(own.node, fileId, editors)
  const rejected: Array<unknown> = []
  for (const editor of editors) editor.on("rejected", (result) => rejected.push(result))

  let made = editorsCount
  let x = 0
  const enough = () => Object.values(proxy.counts).every((counts) => Object.values(counts).every((count) => count >= faultsMin))
  await waitUntil(() => {
    x++
    editors.forEach((editor, index) => {
      editor.update(objectIds[index] ?? "", { x })
      // In the register that all write, whoever wins, everybody has the same.
      editor.update(objectIds[0] ?? "", { name: `${index}: ${x}` })
      made += 2
    })
    return enough()
  }, { deadlineMillis: 60_000, what: "everything has befallen messages", state: () => [proxy.counts, editors.map(({ status }) => status)] })
  proxy.heal()
  const file = await converged(own.node, fileId, editors)
  const [row] = await runSql(own.database.url, "SELECT count(*)::int AS rows, count(DISTINCT operation_id)::int AS ids, max(seq)::int AS seq FROM operations WHERE file_id = $1::uuid", [fileId])
  console.log(`frames, seed ${seed}:`, { ...proxy.counts, codes: [...proxy.codes], made })
  const lost = made - Number(row?.["ids"])
  const doubled = Number(row?.["rows"]) - Number(row?.["ids"])
  measure(`messages doubled, swapped, dropped and cut short between editors and a node: operations lost, doubled, divergent`, "0", `${lost}, ${doubled}, 0 of ${made}`, lost === 0 && doubled === 0)
  expect([rejected, lost, doubled, row?.["seq"]]).toEqual([[], 0, 0, file.seq])
  expect(file.objects.map((object) => object["x"])).toEqual(editors.map(() => x))
  // A frame that was cut short is told of, and costs nothing else.
  expect([...proxy.codes]).toContain("bad_frame")
  expect(own.node.stderr).toBe("")
})
