/**
 * The editor's page as the build left it in a folder: held in memory whole, as it is a few hundred kilobytes, and
 * answered from there in the coding that the browser prefers. A request can therefore only ever reach what the build
 * wrote. `index.html` is asked for anew each time; everything else has the hash of its content in its name and keeps
 * for a year.
 */
import { createHash } from "node:crypto"
import { readdir, readFile } from "node:fs/promises"
import { extname, join } from "node:path"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Mime from "effect/http/Mime"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { acceptedCoding, type Coding } from "./acceptedCoding.ts"
import { namesTag } from "./entityTag.ts"

/** The folder of the page is there and cannot be read. */
export class PageUnreadable extends Schema.TaggedError<PageUnreadable>()("PageUnreadable", { reason: Schema.String }) {}

interface PageFile {
  readonly contentType: string
  readonly cacheControl: string
  /** Without its quotes. */
  readonly tag: string
  readonly bodies: ReadonlyMap<Coding, Uint8Array>
}

/** What the browser may do on the page. Scripts and styles come from this node alone; pictures also by https. */
const securityHeaders = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob: https:",
    "connect-src 'self'",
    "font-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'"
  ].join("; "),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin"
}

const assetCacheControl = "public, max-age=31536000, immutable"

/** Of a body that the build compressed: the end of its file's name. */
const suffixes: ReadonlyArray<readonly [suffix: string, coding: Coding]> = [[".br", "br"], [".gz", "gzip"]]

export class Page {
  private readonly files: ReadonlyMap<string, PageFile>

  constructor(files: ReadonlyMap<string, PageFile>) {
    this.files = files
  }

  /** `path` is relative to the folder, such as `index.html`; `undefined` when the page has no such file. */
  respond(path: string, requestHeaders: Readonly<Record<string, string | undefined>>): HttpServerResponse.HttpServerResponse | undefined {
    const file = this.files.get(path)
    if (file === undefined) return undefined
    const coding = acceptedCoding(requestHeaders["accept-encoding"], file.bodies)
    const etag = `"${file.tag}-${coding}"`
    const headers = { ...securityHeaders, "cache-control": file.cacheControl, etag, vary: "accept-encoding" }
    if (namesTag(requestHeaders["if-none-match"], etag)) return HttpServerResponse.empty({ status: 304, headers })
    return HttpServerResponse.uint8Array(file.bodies.get(coding) ?? new Uint8Array(), {
      contentType: file.contentType,
      headers: coding === "identity" ? headers : { ...headers, "content-encoding": coding }
    })
  }
}

/** Reads the page. Without its folder, as when nothing was built, a notice stands in its place. */
export const load = Effect.fn("Page.load")(function*(folder: string): Effect.fn.Return<Page, PageUnreadable> {
  const paths = yield* reading(folder, () => readdir(folder, { recursive: true, withFileTypes: true })).pipe(
    Effect.map((entries) =>
      entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(join(folder, "/").length))),
    Effect.catchTag("PageMissing", () => Effect.succeed<ReadonlyArray<string>>([]))
  )
  if (!paths.includes("index.html")) return notice
  const bodies = new Map<string, Map<Coding, Uint8Array>>()
  for (const path of paths) {
    const [suffix = "", coding = "identity"] = suffixes.find(([suffix]) => path.endsWith(suffix)) ?? []
    const body = yield* reading(path, () => readFile(join(folder, path))).pipe(
      Effect.catchTag("PageMissing", () => Effect.fail(new PageUnreadable({ reason: `the page's ${path} went away: build again` })))
    )
    const name = path.slice(0, path.length - suffix.length).replaceAll("\\", "/")
    bodies.set(name, (bodies.get(name) ?? new Map<Coding, Uint8Array>()).set(coding, body))
  }
  return new Page(new Map(Array.from(bodies, ([path, found]) => [path, pageFile(path, found)])))
})

class PageMissing extends Schema.TaggedError<PageMissing>()("PageMissing", {}) {}

const reading = <Read>(path: string, read: () => Promise<Read>): Effect.Effect<Read, PageMissing | PageUnreadable> =>
  Effect.tryPromise({
    try: read,
    catch: (cause) =>
      cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR")
        ? new PageMissing({})
        : new PageUnreadable({ reason: `the page cannot be read: ${path}: ${String(cause)}` })
  })

const pageFile = (path: string, bodies: ReadonlyMap<Coding, Uint8Array>): PageFile => {
  const type = Option.getOrElse(Mime.getType(path), () => "application/octet-stream")
  const isText = type.startsWith("text/") || extname(path) === ".svg"
  return {
    contentType: isText ? `${type}; charset=utf-8` : type,
    cacheControl: path.startsWith("assets/") ? assetCacheControl : "no-cache",
    tag: createHash("sha256").update(bodies.get("identity") ?? "").digest("base64url").slice(0, 16),
    bodies
  }
}

const noticeHtml = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Easel</title>
<p>This Easel node is running, without the editor's page: <code>node cluster/main/build.mjs</code> builds it.
<p><a href="/api/files">Files</a> · <a href="/healthz">Health</a> · <a href="/readyz">Readiness</a> · <a href="/metrics">Metrics</a>
`

const notice = new Page(new Map([["index.html", pageFile("index.html", new Map([["identity", Buffer.from(noticeHtml)]]))]]))
