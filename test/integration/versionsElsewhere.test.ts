/** Versions of a file that lives on another node: every call about them crosses from one to the other. */
import { expect, it, onTestFinished } from "vitest"
import { create, join, update } from "../harness/editing.ts"
import { createFile, NodeInProcess } from "../harness/nodeInProcess.ts"
import { answered, ask } from "../harness/requests.ts"

interface Made {
  readonly id: string
}

interface Restored {
  readonly restoreId: string
}

it("H13: versions are the same to whichever node is asked", { timeout: 60_000 }, async () => {
  const here = await NodeInProcess.start()
  onTestFinished(() => here.stop())
  const there = await NodeInProcess.start({ beside: here })
  onTestFinished(() => there.stop())
  const fileId = await createFile(here)
  const editor = await join(here, fileId)
  await editor.edit(create("a", { x: 1 }))
  await editor.edit(update("a", "x", 2))
  // The file lives on one of them.
  for (const node of [here, there]) {
    const path = `/api/files/${fileId}`
    const { id } = await answered<Made>(await ask(node, "POST", `${path}/versions`, {}, { name: "Kept" }), 201)
    await answered(await ask(node, "PATCH", `${path}/versions/${id}`, {}, { pinned: true }), 200)
    await answered(await ask(node, "PATCH", `${path}/versions/${id}`, {}, { name: "Named" }), 200)
    const paths = ["versions?limit=1", `versions/${id}`, `versions/${id}/document`, "at/1", `diff?from=1&to=${id}`, "blame?objectId=a&propertyPath=x"]
    for (const read of paths) {
      const bodies = await Promise.all([here, there].map(async (asked) => answered(await ask(asked, "GET", `${path}/${read}`), 200)))
      expect(bodies[0]).toEqual(bodies[1])
    }
    const { restoreId } = await answered<Restored>(await ask(node, "POST", `${path}/restore`, {}, { seq: 1, scope: { subtrees: ["a"] } }), 200)
    await answered(await ask(node, "POST", `${path}/restores/${restoreId}/undo`, {}, {}), 200)
    for (const [missing, status] of [["versions/00000000-0000-4000-8000-000000000000", 404], ["at/999", 404], ["blame?objectId=b&propertyPath=x", 404]] as const) {
      expect((await ask(node, "GET", `${path}/${missing}`)).status).toBe(status)
    }
  }
})
