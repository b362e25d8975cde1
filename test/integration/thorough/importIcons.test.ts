/**
 * Real drawings through the whole system: the CLI imports 600 icons into a real node over the editor protocol, and
 * what the HTTP API gives back must render to the pixels of the originals.
 */
import { execFile } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { Resvg } from "@resvg/resvg-js"
import { expect, test } from "vitest"
import { nodeForTest } from "../../harness/easelNode.ts"
import { programArgs } from "../../harness/runtime.ts"
import { type RenderedObject, renderSvg } from "../../harness/renderSvg.ts"

const run = promisify(execFile)
const program = fileURLToPath(new URL("../../../dist/easel.mjs", import.meta.url))
const folder = fileURLToPath(new URL("../../../node_modules/lucide-static/icons", import.meta.url))

/** Every third icon, so that the whole alphabet is there. */
const names = readdirSync(folder).filter((name) => name.endsWith(".svg")).filter((_, index) => index % 3 === 0)

const pixels = (svg: string): Buffer => new Resvg(svg, { fitTo: { mode: "width", value: 48 } }).render().pixels

interface ServedObject extends RenderedObject {
  readonly name?: unknown
}

test("SVG12: 600 icons imported by the CLI come back from the server pixel by pixel", { timeout: 120_000 }, async () => {
  const node = await nodeForTest()
  await node.start()
  const { stdout } = await run(process.execPath, [...programArgs(program), "import", "--name", "Icons", ...names.map((name) => join(folder, name))], {
    env: { ...process.env, EASEL_URL: node.url }
  })
  expect(names.length).toBeGreaterThan(600)
  expect(stdout).toContain(`Imported ${names.length} drawings`)
  expect(stdout).not.toContain("not supported")
  const fileUrl = /http\S+/.exec(stdout)?.[0] ?? ""
  // SAFETY: the shape that rule H2 promises; renderSvg throws on objects it cannot draw.
  const file = (await (await fetch(fileUrl)).json()) as { readonly seq: number; readonly objects: ReadonlyArray<ServedObject> }
  const frames = file.objects.filter((object) => object.parentId === null)
  expect(frames.length).toBe(names.length)
  expect(file.seq).toBe(file.objects.length)
  const different = names.filter((name) => {
    const frame = frames.find((object) => object.name === name.replace(".svg", ""))
    if (frame === undefined) return true
    const original = pixels(readFileSync(join(folder, name), "utf8"))
    return !original.some((channel) => channel !== 0) || !original.equals(pixels(renderSvg(file.objects, frame.id)))
  })
  expect(different).toEqual([])
})
