// Builds the editor's page into dist/page/: modules split where they are imported lazily, names with the hash of the
// content, and each file beside its br and gzip form, so that serving costs no time. The folder is made anew each
// time: what an earlier build named otherwise does not stay.
import { createHash } from "node:crypto"
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { basename, join } from "node:path"
import { brotliCompressSync, constants, gzipSync } from "node:zlib"
import { build } from "esbuild"

const source = "packages/editor/src"

/** What stands in the template, and the entry whose hashed name takes its place. */
const entries = {
  "{{theme}}": { in: `${source}/shell/theme/earlyTheme.ts`, out: "theme", format: "iife" },
  "{{script}}": { in: `${source}/main.tsx`, out: "page", format: "esm" },
  "{{style}}": { in: `${source}/page.css`, out: "page" }
}

export const buildPage = async (root, outdir) => {
  const outputs = []
  const named = new Map()
  for (const [placeholder, { format, in: input, out }] of Object.entries(entries)) {
    const result = await build({
      absWorkingDir: root,
      entryPoints: [{ in: input, out }],
      outdir: "assets",
      write: false,
      metafile: true,
      bundle: true,
      splitting: format === "esm",
      ...(format === undefined ? {} : { format }),
      platform: "browser",
      target: ["es2022", "chrome123", "firefox121", "safari17.5"],
      minify: true,
      jsx: "automatic",
      jsxImportSource: "preact",
      entryNames: "[name]-[hash]",
      chunkNames: "[name]-[hash]",
      legalComments: "none",
      logLevel: "warning"
    })
    outputs.push(...result.outputFiles.map(({ contents, path }) => ({ contents, path: `assets/${basename(path)}` })))
    const [path, { imports }] = Object.entries(result.metafile.outputs).find(([, { entryPoint }]) => entryPoint === input)
    named.set(placeholder, path)
    if (format === "esm") named.set("{{preload}}", preloads(imports))
  }
  const icon = await readFile(join(root, source, "icon.svg"))
  const iconPath = `assets/icon-${createHash("sha256").update(icon).digest("hex").slice(0, 8)}.svg`
  named.set("{{icon}}", iconPath)
  let html = await readFile(join(root, source, "index.html"), "utf8")
  for (const [placeholder, text] of named) html = html.replaceAll(placeholder, text)
  const files = [...outputs, { path: iconPath, contents: icon }, { path: "index.html", contents: Buffer.from(html) }]
  await write(outdir, [...files, { path: "serviceWorker.js", contents: await serviceWorker(root, files) }])
}

/** The script that keeps the page for when the server is away. Its name stays, so that browsers find a new one. */
const serviceWorker = async (root, files) => {
  const content = createHash("sha256")
  for (const { contents, path } of files) content.update(path).update(contents)
  const result = await build({
    absWorkingDir: root,
    entryPoints: [`${source}/serviceWorker.ts`],
    write: false,
    bundle: true,
    minify: true,
    format: "iife",
    platform: "browser",
    target: ["es2022"],
    define: {
      pageFiles: JSON.stringify(files.filter(({ path }) => path.startsWith("assets/")).map(({ path }) => `/${path}`)),
      pageBuild: JSON.stringify(content.digest("hex").slice(0, 16))
    },
    logLevel: "warning"
  })
  return Buffer.from(result.outputFiles[0].contents)
}

/** The chunks that the entry needs at once, asked for together with it. */
const preloads = (imports) =>
  imports.filter(({ kind }) => kind === "import-statement").map(({ path }) => `<link rel="modulepreload" href="/${path}">`).join("\n")

/** In a folder beside, which then takes the place of the old one: a node that starts meanwhile sees a whole page. */
const write = async (outdir, files) => {
  const beside = `${outdir}.${process.pid}`
  await rm(beside, { recursive: true, force: true })
  await mkdir(join(beside, "assets"), { recursive: true })
  for (const { contents, path } of files) {
    await writeFile(join(beside, path), contents)
    const br = brotliCompressSync(contents, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: contents.length } })
    const gz = gzipSync(contents, { level: 9 })
    if (br.length < contents.length) await writeFile(join(beside, `${path}.br`), br)
    if (gz.length < contents.length) await writeFile(join(beside, `${path}.gz`), gz)
  }
  await takePlace(beside, outdir)
}

/** Another build may do the same at the same time; the last one stays. */
const takePlace = async (beside, outdir) => {
  for (let tries = 1;; tries++) {
    await rm(outdir, { recursive: true, force: true })
    try {
      return await rename(beside, outdir)
    } catch (error) {
      if (tries === triesMax || (error.code !== "ENOTEMPTY" && error.code !== "EEXIST")) throw error
    }
  }
}

const triesMax = 10
