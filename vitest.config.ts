import { defineConfig } from "vitest/config"
import { isThorough } from "./test/harness/thorough.ts"

// vitest's reporter uses Map.groupBy, which Node 20 lacks; without it a failing test hides its own message.
if (!("groupBy" in Map)) {
  Object.assign(Map, {
    groupBy: <Item, Key>(items: Iterable<Item>, keyOf: (item: Item, index: number) => Key): Map<Key, Array<Item>> => {
      const groups = new Map<Key, Array<Item>>()
      let index = 0
      for (const item of items) {
        const key = keyOf(item, index++)
        const group = groups.get(key)
        if (group === undefined) groups.set(key, [item])
        else group.push(item)
      }
      return groups
    }
  })
}

const thorough = isThorough ? [] : ["test/**/thorough/**"]

/** A deadline that a busy machine missed is tried once more, in CI alone; whatever else is wrong fails at once. */
const retry = process.env["CI"] === undefined ? 0 : { count: 1, condition: /^not within|timed out|to be less than/i }

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["node_modules/**", ...thorough],
    globalSetup: ["test/harness/globalSetup.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // A process runs file after file: half of a short test's time was the import of Effect. Modules of tests keep no state between files.
    isolate: false,
    retry,
    // CommonJS packages are imported as Node, Deno and esbuild import them.
    deps: { interopDefault: false }
  }
})
