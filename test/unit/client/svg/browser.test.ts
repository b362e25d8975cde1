import { fileURLToPath } from "node:url"
import { createContext, runInContext } from "node:vm"
import { build } from "esbuild"
import { expect, test } from "vitest"

test("SVG11: the import bundles for browsers and needs nothing but the language", { timeout: 60_000 }, async () => {
  const bundle = await build({
    stdin: {
      contents: `import { importSvg, SvgInvalid } from "./index.ts"
        export const run = (source) => JSON.stringify(importSvg(source, { newId: () => "id" }).objects.map(({ type }) => type))
        export const refusal = (source) => { try { run(source) } catch (error) { return error instanceof SvgInvalid } }`,
      resolveDir: fileURLToPath(new URL("../../../../packages/client/src/svg/", import.meta.url))
    },
    bundle: true,
    write: false,
    platform: "browser",
    format: "iife",
    globalName: "svg"
  })
  const context = createContext({
    source: `<svg viewBox="0 0 1 1"><rect width="1" height="1"/><text>a &amp; b</text></svg>`
  })
  runInContext(bundle.outputFiles[0]?.text ?? "", context)
  expect(runInContext("svg.run(source)", context)).toBe(`["frame","rectangle","text"]`)
  expect(runInContext("svg.refusal('<p/>')", context)).toBe(true)
})
