/** The editor's page, served by a real node from what the build left beside its program. */
import { brotliDecompressSync, gunzipSync } from "node:zlib"
import { request as httpRequest, type IncomingMessage } from "node:http"
import { expect, it } from "vitest"
import { sharedNode } from "../harness/easelNode.ts"

const own = sharedNode()

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingMessage["headers"]
  readonly body: Buffer
}

/** Not `fetch`, which hides codings and normalises paths. */
const ask = (path: string, headers: Readonly<Record<string, string>> = {}, method = "GET"): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(own.node.url)
    const sent = httpRequest({ hostname, port, path, method, headers }, (response) => {
      const chunks: Array<Buffer> = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }))
    })
    sent.on("error", reject)
    sent.end()
  })

const assetsIn = (html: string): ReadonlyArray<string> => Array.from(html.matchAll(/(?:src|href)="([^"]+)"/g), ([, path = ""]) => path)

const assetNamed = async (pattern: RegExp): Promise<string> => {
  const found = assetsIn((await ask("/")).body.toString()).find((path) => pattern.test(path))
  if (found === undefined) throw new Error(`index.html names nothing like ${pattern}`)
  return found
}

const policy = {
  "default-src": "'none'",
  "script-src": "'self'",
  "style-src": "'self'",
  "img-src": "'self' data: blob: https:",
  "connect-src": "'self'",
  "font-src": "'self'",
  "manifest-src": "'self'",
  "base-uri": "'none'",
  "form-action": "'none'",
  "frame-ancestors": "'none'"
}

const expectProblem = ({ body, headers, status }: Answer, expected: number): void => {
  expect([status, headers["content-type"]]).toEqual([expected, "application/problem+json"])
  expect(JSON.parse(body.toString())).toMatchObject({ status: expected, title: expect.any(String), detail: expect.any(String) })
}

it.each(["/", "/?theme=dark", "/f/0b0f4a3e-58c2-4a8c-9d3c-000000000000", "/f/anything", "/f/a/b"])(
  "page: %s is the page, never kept without asking, and may run only its own scripts",
  async (path) => {
    const { body, headers, status } = await ask(path)
    expect(status).toBe(200)
    expect(headers["content-type"]).toBe("text/html; charset=utf-8")
    expect(headers["cache-control"]).toBe("no-cache")
    expect(headers["x-content-type-options"]).toBe("nosniff")
    expect(headers["referrer-policy"]).toBe("no-referrer")
    const directives = String(headers["content-security-policy"]).split("; ").map((text): [string, string] => {
      const [name = "", ...sources] = text.split(" ")
      return [name, sources.join(" ")]
    })
    expect(Object.fromEntries(directives)).toEqual(policy)
    const html = body.toString()
    // Nothing that the policy would refuse.
    expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|\{\{/)
    expect(assetsIn(html).every((path) => /^\/assets\/[a-zA-Z]+-[A-Za-z0-9]{8}\.(js|css|svg)$/.test(path))).toBe(true)
  }
)

it("page: everything that index.html names is there, keeps for a year, and is of its type", async () => {
  const paths = assetsIn((await ask("/")).body.toString())
  expect(paths.length).toBeGreaterThan(3)
  for (const path of paths) {
    const { body, headers, status } = await ask(path)
    expect([path, status]).toEqual([path, 200])
    expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable")
    expect(headers["x-content-type-options"]).toBe("nosniff")
    const types: Readonly<Record<string, string>> = { js: "text/javascript", css: "text/css", svg: "image/svg+xml" }
    expect(headers["content-type"]).toBe(`${types[path.split(".").at(-1) ?? ""]}; charset=utf-8`)
    expect(headers["content-length"]).toBe(String(body.length))
  }
})

it.each([
  ["gzip, deflate, br, zstd", "br"],
  ["br;q=0.1, gzip", "br"],
  ["gzip", "gzip"],
  ["GZIP ;q=1, br;q=0", "gzip"],
  ["*", "br"],
  ["*, br;q=0", "gzip"],
  ["identity", undefined],
  ["br;q=0, gzip;q=0.0", undefined],
  ["deflate, zstd", undefined],
  ["", undefined],
  [";;,,=q", undefined]
])("page: Accept-Encoding %j gets %s, and the same content", async (acceptEncoding, coding) => {
  const path = await assetNamed(/\/page-.*\.css$/)
  const plain = await ask(path)
  expect(plain.headers["content-encoding"]).toBeUndefined()
  const { body, headers } = await ask(path, { "accept-encoding": acceptEncoding })
  expect(headers["content-encoding"]).toBe(coding)
  expect(headers.vary).toBe("accept-encoding")
  const content = coding === "br" ? brotliDecompressSync(body) : coding === "gzip" ? gunzipSync(body) : body
  expect(content.equals(plain.body)).toBe(true)
  if (coding !== undefined) expect(body.length).toBeLessThan(plain.body.length / 2)
})

it("page: If-None-Match with the tag that was given is 304 without a body, in each coding", async () => {
  for (const coding of ["br", "gzip", "identity"]) {
    const first = await ask("/", { "accept-encoding": coding })
    const etag = first.headers.etag ?? ""
    expect(etag).toMatch(/^"[\w-]+"$/)
    for (const tags of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const again = await ask("/", { "accept-encoding": coding, "if-none-match": tags })
      expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, etag])
      expect(again.headers["cache-control"]).toBe("no-cache")
    }
    expect((await ask("/", { "accept-encoding": coding, "if-none-match": `"other"` })).status).toBe(200)
  }
})

it("page: HEAD is GET without the body", async () => {
  for (const path of ["/", "/f/x", await assetNamed(/\.js$/), "/api/files", "/healthz"]) {
    const [head, get] = [await ask(path, {}, "HEAD"), await ask(path)]
    expect([path, head.status, head.body.length]).toEqual([path, 200, 0])
    const { date: _head, ...headOnly } = head.headers
    const { date: _get, ...getOnly } = get.headers
    expect(headOnly).toEqual(getOnly)
  }
})

it.each(["/assets", "/assets/", "/assets/page.js", "/assets/page-AAAAAAAA.js", "/assets/../index.html", "/assets/..%2findex.html",
  "/assets/%2e%2e/%2e%2e/easel.mjs", "/assets/page-AAAAAAAA.js.br", "/index.html", "/index.html.br", "/easel.mjs", "/page/index.html"])(
  "page: %s is a problem",
  async (path) => expectProblem(await ask(path), 404)
)

it("page: no name reaches a compressed body beside its file", async () => {
  const path = await assetNamed(/\/page-.*\.js$/)
  expectProblem(await ask(`${path}.br`), 404)
  expectProblem(await ask(`${path}.gz`), 404)
})

it.each(["POST", "PUT", "DELETE", "PATCH"])("page: %s is a problem that names the methods there are", async (method) => {
  for (const path of ["/", "/f/x", await assetNamed(/\.js$/)]) {
    const answer = await ask(path, {}, method)
    expectProblem(answer, 405)
    expect(answer.headers.allow).toMatch(/GET/)
  }
})

it("page: what the browser loads first is below 150 KB", async () => {
  const paths = ["/", ...assetsIn((await ask("/")).body.toString())]
  const answers = await Promise.all(paths.map((path) => ask(path, { "accept-encoding": "gzip" })))
  expect(answers.reduce((sum, { body }) => sum + body.length, 0)).toBeLessThan(150_000)
})
