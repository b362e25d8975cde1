/** A node that runs from sources on Deno, as `npm run start:deno` starts it; the page is built already. */
import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { isAlive } from "../../../cluster/runtime/PostgresProcess.ts"
import { nodeForTest } from "../../harness/easelNode.ts"
import { converged, editorsOf } from "../../harness/nodeInProcess.ts"

/** What `npm run start:deno` does after the build. */
const startOnDeno = (): string => {
  const { scripts }: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(
    readFileSync(new URL("../../../package.json", import.meta.url), "utf8")
  )
  const [, command] = /^node cluster\/main\/build\.mjs && (exec \S+deno\.sh run .*)$/.exec(scripts["start:deno"] ?? "") ?? []
  if (command === undefined) throw new Error(`start:deno is ${scripts["start:deno"]}: this test expects a build, then Deno`)
  return command
}

test("PROMISES 1 P10: on Deno too, the page is served, editors converge, and SIGTERM ends node and PostgreSQL with code 0", { timeout: 120_000 }, async () => {
  const node = await nodeForTest({ command: ["/bin/sh", "-c", startOnDeno()] })
  await node.start()
  expect(await (await fetch(node.url)).text()).toContain("/assets/page-")

  const { editors: [ada, bob], fileId } = await editorsOf(node, 2)
  if (ada === undefined || bob === undefined) throw new Error("two editors were asked for")
  const adas = ada.create("rectangle", { x: 1, fill: "#1abcfe" })
  const bobs = bob.create("ellipse", { x: 2 })
  await converged(node, fileId, [ada, bob])
  ada.update(bobs, { x: 3 })
  bob.update(bobs, { x: 4 })
  bob.update(adas, { fill: "#000000" })
  const { objects } = await converged(node, fileId, [ada, bob])
  expect(objects.map(({ id }) => id).sort()).toEqual([adas, bobs].sort())
  expect(ada.document.get(adas)?.get("fill")).toBe("#000000")

  const postgres = node.postmasterPid ?? -1
  expect(isAlive(postgres)).toBe(true)
  const { code, signal } = await node.stop()
  expect([code, signal]).toEqual([0, null])
  expect(isAlive(postgres)).toBe(false)
})
