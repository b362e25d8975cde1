import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { faultsIn, globalFaults, importsIn, resolve } from "./importLaw.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))

/** All sources of the product, as paths from the root. */
const sources: ReadonlyArray<string> = ["packages", "cluster", "migrations"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith(".d.ts") && !/(^|\/)(node_modules|dist)\//.test(path))
    .map((path) => `${folder}/${path}`)
)

const read = (path: string): string => readFileSync(join(root, path), "utf8")

test("law of imports: every source file keeps it", () => {
  expect(sources.length).toBeGreaterThan(80)
  expect(sources.flatMap((path) => faultsIn(path, read(path)).map((fault) => `${path} ${fault}`))).toEqual([])
})

/** What is loaded when the SDK is: its own files, those of the packages it stands on, and nothing else of Easel's. */
const entries: Readonly<Record<string, string>> = {
  "@easel/document": "packages/document/src/index.ts",
  "@easel/protocol/api": "packages/protocol/src/api/index.ts",
  "@easel/protocol/ProgramRpcs": "packages/protocol/src/ProgramRpcs.ts",
  "@easel/protocol/editor": "packages/protocol/src/editor.ts",
  "@easel/protocol/msgpack": "packages/protocol/src/msgpack/index.ts"
}

/** Everything that is loaded with some files, however far away: files of Easel's, and packages that are not. */
const loadedWith = (files: ReadonlyArray<string>) => {
  const reached = new Set(files)
  const outside = new Set<string>()
  for (const path of reached) {
    for (const { isTypeOnly, specifier } of importsIn(read(path))) {
      if (isTypeOnly) continue
      const target = specifier.startsWith(".") ? resolve(path, specifier) : entries[specifier]
      if (target === undefined) outside.add(specifier)
      else reached.add(target)
    }
  }
  return { reached, outside }
}

test("law of imports: whatever the SDK loads, however far away, is fit for a browser", () => {
  const { outside, reached } = loadedWith(sources.filter((path) => path.startsWith("packages/client/")))
  expect([...reached].flatMap((path) => globalFaults({ globals: "browser" }, read(path)).map((fault) => `${path} ${fault}`))).toEqual([])
  expect(reached).toContain("packages/document/src/Document.ts")
  expect(reached).toContain("packages/protocol/src/limits.ts")
  const others = [...outside].filter((specifier) => !specifier.startsWith("effect/")).sort()
  expect(others).toEqual(["@noble/hashes/sha2.js", "@noble/hashes/utils.js", "fractional-indexing", "idb", "sorted-btree", "sorted-btree/extended/diffAgainst.js", "svgson"])
})

test("law of imports: the SDK's main entry needs neither IndexedDB nor what imports drawings nor what is for programs", () => {
  const { outside, reached } = loadedWith(["packages/client/src/index.ts"])
  expect([...reached].filter((path) => /\/(indexedDb|svg|programs|api)\//.test(path))).toEqual([])
  expect([...outside].sort()).toEqual(["@noble/hashes/sha2.js", "@noble/hashes/utils.js", "fractional-indexing", "sorted-btree", "sorted-btree/extended/diffAgainst.js"])
})

const against: ReadonlyArray<readonly [path: string, source: string, fault: string]> = [
  ["packages/document/src/A.ts", `import * as Schema from "effect/Schema"`, "imports effect/Schema"],
  ["packages/document/src/A.ts", `import type { Clock } from "effect/Clock"`, "imports effect/Clock"],
  ["packages/document/src/A.ts", `export { randomUUID } from "node:crypto"`, "imports node:crypto"],
  ["packages/document/src/A.ts", `import fs from 'fs'`, "imports node:fs"],
  ["packages/document/src/A.ts", `import "@easel/protocol"`, "imports @easel/protocol"],
  ["packages/document/src/A.ts", `import {\n  a,\n  b\n} from "@easel/store"`, "imports @easel/store"],
  ["packages/document/src/A.ts", `const now = Date.now()`, "uses Date"],
  ["packages/document/src/A.ts", `const dice = Math.random()`, "uses Math.random"],
  ["packages/document/src/A.ts", `import { x } from "../../protocol/src/frames.ts"`, "imports packages/protocol/src/frames.ts"],
  ["packages/protocol/src/A.ts", `import { Journal } from "@easel/store"`, "imports @easel/store"],
  ["packages/protocol/src/A.ts", `import * as Sql from "effect/sql/SqlClient"`, "speaks SQL: effect/sql/SqlClient"],
  ["packages/store/src/A.ts", `import { FileHub } from "@easel/gateway"`, "imports @easel/gateway"],
  ["packages/gateway/src/A.ts", `import * as FileState from "../../../cluster/file/FileState.ts"`, "imports cluster/file/FileState.ts"],
  ["packages/gateway/src/A.ts", `import x from "@easel/cluster/file/FileState.ts"`, "imports @easel/cluster/file/FileState.ts"],
  ["packages/gateway/src/A.ts", `import * as PgClient from "@effect/sql-pg/PgClient"`, "speaks SQL: @effect/sql-pg/PgClient"],
  ["packages/gateway/src/A.ts", `const redis = await import("ioredis")`, "speaks SQL: ioredis"],
  ["packages/client/src/A.ts", `import { Limits } from "@easel/protocol"`, "imports @easel/protocol"],
  ["packages/client/src/A.ts", `import * as Effect from "effect/Effect"`, "imports effect/Effect"],
  ["packages/client/src/A.ts", `import { parse } from "svgson"`, "imports svgson"],
  ["packages/client/src/A.ts", `import { openDB } from "idb"`, "imports idb"],
  ["packages/client/src/indexedDb/A.ts", `import { parse } from "svgson"`, "imports svgson"],
  ["packages/client/src/A.ts", `const text = Buffer.from("")`, "uses Buffer"],
  ["packages/editor/src/A.ts", `import { Journal } from "@easel/store"`, "imports @easel/store"],
  ["cluster/file/FileState.ts", `import * as Clock from "effect/Clock"`, "imports effect/Clock"],
  ["cluster/file/FileState.ts", `import { CommitRing } from "./CommitRing.ts"`, "imports cluster/file/CommitRing.ts"],
  ["cluster/file/contentHash.ts", `import { createHash } from "node:crypto"`, "imports node:crypto"],
  ["cluster/file/RecentKeys.ts", `const size = process.env.SIZE`, "uses process"],
  ["cluster/file/FileActor.ts", `import * as SqlClient from "effect/sql/SqlClient"`, "speaks SQL: effect/sql/SqlClient"],
  ["cluster/main/a.ts", `import * as PgClient from "@effect/sql-pg/PgClient"`, "speaks SQL: @effect/sql-pg/PgClient"],
  ["cluster/main/a.ts", `import { expect } from "vitest"`, "imports vitest"],
  ["somewhere/a.ts", "", "no realm of the law has this file"]
]

test.each(against)("law of imports: in %s, %j is found", (path, source, fault) => {
  expect(faultsIn(path, `/** A file. */\n${source}\nconst a = 1\n`)).toEqual([fault])
})

const within: ReadonlyArray<readonly [path: string, source: string]> = [
  ["packages/document/src/A.ts", `import { sha256 } from "@noble/hashes/sha2.js"\nimport * as Json from "./Json.ts"`],
  ["packages/document/src/A.ts", `// import fs from "node:fs"\n/* import "effect" */\nconst text = "import x from 'node:fs'"`],
  ["packages/document/src/A.ts", `/** Milliseconds; not Date.now(). */\nconst at = { Date: 1, process: 2 }\nat.Date = at.process`],
  ["packages/protocol/src/A.ts", `import * as Entity from "effect/cluster/Entity"\nexport * as Limits from "./limits.ts"`],
  ["packages/store/src/A.ts", `import * as SqlClient from "effect/sql/SqlClient"\nimport { gzip } from "node:zlib"`],
  ["packages/gateway/src/A.ts", `import { WebSocketServer } from "ws"\nimport { Files } from "@easel/store"`],
  ["packages/client/src/A.ts", `import type { ServerFrame } from "@easel/protocol/editor"\nsetTimeout(() => Date.now(), Math.random())`],
  ["packages/client/src/svg/A.ts", `import { parseSync } from "svgson"\nimport { newId } from "../newId.ts"`],
  ["packages/client/src/indexedDb/A.ts", `import { openDB } from "idb"\nimport { newId } from "../newId.ts"`],
  ["packages/editor/src/A.tsx", `import { useState } from "preact/hooks"\nimport { openIndexedDbOutbox } from "@easel/client/indexedDb"`],
  ["cluster/file/FileState.ts", `import * as RecentKeys from "./RecentKeys.ts"\nimport { Limits } from "@easel/protocol"`],
  ["cluster/runtime/A.ts", `import * as PgClient from "@effect/sql-pg/PgClient"`],
  ["migrations/1.ts", `import * as SqlClient from "effect/sql/SqlClient"`]
]

test.each(within)("law of imports: in %s, %j is allowed", (path, source) => {
  expect(faultsIn(path, source)).toEqual([])
})
