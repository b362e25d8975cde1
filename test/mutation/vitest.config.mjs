/** The tests over sources without the safeguard that `EASEL_MUTATION` names. Nothing is written: sources are changed as they are loaded. */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { mergeConfig } from "vitest/config"
import base from "../../vitest.config.ts"
import { mutations } from "./mutations.mjs"

const root = fileURLToPath(new URL("../../", import.meta.url))
const mutation = mutations.find(({ without }) => without === process.env.EASEL_MUTATION)
if (mutation === undefined) throw new Error(`no mutation is called ${process.env.EASEL_MUTATION}`)
const path = root + mutation.file

/** @param {string} source */
const mutated = (source) => {
  const parts = source.split(mutation.text)
  if (parts.length !== 2) throw new Error(`${mutation.file} has the text of "${mutation.without}" ${parts.length - 1} times, and should once: see test/mutation/mutations.mjs`)
  return parts.join(mutation.instead)
}

mutated(readFileSync(path, "utf8"))

export default mergeConfig(base, {
  root,
  plugins: [{
    name: "mutation",
    enforce: "pre",
    /** @param {string} source @param {string} id */
    transform: (source, id) => id.split("?")[0] === path ? { code: mutated(source), map: null } : undefined
  }],
  // What was changed must not be kept for other runs, nor the other way round.
  test: { retry: 0, fsModuleCache: false }
})
