/**
 * A server that speaks as much of S3 as `S3ObjectStore` uses, for tests. **It is no S3**: there is none that runs here
 * from npm or as one Debian package and knows what S3 knows by now (conditional PUT). It is stricter than most: real
 * HTTP, path style, a signature over every `x-amz-` header and the body, 1,000 keys a page at most, opaque tokens. And
 * it breaks as it is told. Where `EASEL_TEST_S3_ENDPOINT` names a real one, the same tests run against that as well.
 */
import { createHash } from "node:crypto"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { verifyLink, verifySignature } from "./verifySignature.ts"

interface StoredObject {
  readonly bytes: Buffer
  readonly storedAtMillis: number
}

interface Answer {
  readonly status: number
  readonly body?: Buffer | string
  readonly headers?: Readonly<Record<string, string>>
}

/** What happens to a request instead of, or besides, its answer. */
export type Fault =
  | { readonly kind: "status"; readonly status: number; readonly code: string }
  /** The connection is cut before, while or after the request is heard. What was cut early had no effect, what late has. */
  | { readonly kind: "cut"; readonly at: "headers" | "half of the body" | "half of the answer" }
  /** The answer never comes. */
  | { readonly kind: "silence" }
  /** Half of the answer comes. */
  | { readonly kind: "stall" }
  /** Every byte of the answer flips its lowest bit. */
  | { readonly kind: "garble" }
  /** The body that is stored is another. */
  | { readonly kind: "forget" }
  /** A copy that fails after its 200 was sent. */
  | { readonly kind: "late error" }

export class S3Server {
  readonly bucket = "easel"
  readonly region = "test-1"
  readonly accessKeyId = "EASELTESTKEY"
  readonly secretAccessKey = "s3cret/with+signs=and/slashes"
  readonly objects = new Map<string, StoredObject>()
  /** Requests that were heard, as in `PUT objects/ab/…`. */
  readonly heard: Array<string> = []
  /** Requests that were answered by an error, by its code. */
  readonly refused: Array<string> = []
  conditions: "kept" | "ignored" | "not implemented" = "kept"
  keysPerPage = 1_000
  readonly #faults: Array<{ readonly matches: RegExp; readonly fault: Fault; times: number }> = []
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    server.on("request", (request, response) => void this.#serve(request, response))
  }

  static async start(): Promise<S3Server> {
    const server = createServer({ keepAliveTimeout: 1_000 })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    return new S3Server(server)
  }

  get url(): string {
    const address = this.#server.address()
    if (address === null || typeof address === "string") throw new Error("the server does not listen")
    return `http://127.0.0.1:${address.port}`
  }

  /** The next so many requests whose line in `heard` matches meet with a fault. */
  breaks(matches: RegExp, fault: Fault, times = Number.POSITIVE_INFINITY): void {
    this.#faults.push({ matches, fault, times })
  }

  heals(): void {
    this.#faults.length = 0
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = request.url ?? ""
    const line = `${request.method} ${decodeURIComponent(target.split("?")[0] ?? "").replace(`/${this.bucket}/`, "")}`
    this.heard.push(line)
    const fault = this.#faultFor(line)
    if (fault?.kind === "cut" && fault.at === "headers") return void request.destroy()
    const body = await bodyOf(request, fault?.kind === "cut" && fault.at === "half of the body")
    if (body === undefined || fault?.kind === "silence") return
    if (fault?.kind === "status") return send(response, this.#error(fault.status, fault.code))
    const answer = this.#answer(request, target, body, fault)
    if (fault?.kind === "cut" || fault?.kind === "stall") {
      const bytes = Buffer.from(answer.body ?? "")
      response.writeHead(answer.status, { ...answer.headers, "content-length": Math.max(bytes.length, 2) })
      return void response.write(bytes.subarray(0, bytes.length / 2), () => fault.kind === "cut" && response.destroy())
    }
    send(response, fault?.kind === "garble" ? { ...answer, body: Buffer.from(answer.body ?? "").map((byte) => byte ^ 1) as Buffer } : answer)
  }

  #faultFor(line: string): Fault | undefined {
    const found = this.#faults.find(({ matches, times }) => times > 0 && matches.test(line))
    if (found !== undefined) found.times--
    return found?.fault
  }

  #answer(request: IncomingMessage, target: string, body: Buffer, fault: Fault | undefined): Answer {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
    const { method = "" } = request
    const isLink = target.includes("X-Amz-Signature=") && method === "GET"
    const wrong = (isLink ? verifyLink : verifySignature)({ method, target, headers }, this, Date.now())
    if (wrong !== undefined) return this.#error(403, wrong)
    if (!isLink && headers["x-amz-content-sha256"] !== createHash("sha256").update(body).digest("hex")) return this.#error(400, "XAmzContentSHA256Mismatch")
    const { pathname, searchParams } = new URL(target, this.url)
    const [, bucket = "", ...rest] = decodeURIComponent(pathname).split("/")
    const key = rest.join("/")
    if (bucket !== this.bucket) return this.#error(404, "NoSuchBucket")
    if (key === "") return method === "GET" && searchParams.get("list-type") === "2" ? this.#list(searchParams) : this.#error(501, "NotImplemented")
    const found = this.objects.get(key)
    switch (method) {
      case "HEAD":
      case "GET":
        return found === undefined
          ? this.#error(404, "NoSuchKey")
          : { status: 200, headers: { ...describe(found), ...said(searchParams), "content-length": String(found.bytes.length) }, ...(method === "GET" ? { body: found.bytes } : {}) }
      case "PUT":
        return headers["x-amz-copy-source"] === undefined ? this.#put(key, body, headers["if-none-match"], fault) : this.#copy(key, headers["x-amz-copy-source"], fault)
      case "DELETE":
        this.objects.delete(key)
        return { status: 204 }
      default:
        return this.#error(405, "MethodNotAllowed")
    }
  }

  #put(key: string, body: Buffer, condition: string | undefined, fault: Fault | undefined): Answer {
    if (condition !== undefined && this.conditions !== "ignored") {
      if (condition !== "*" || this.conditions === "not implemented") return this.#error(501, "NotImplemented")
      if (this.objects.has(key)) return this.#error(412, "PreconditionFailed")
    }
    const stored = { bytes: fault?.kind === "forget" ? body.subarray(1) : body, storedAtMillis: Date.now() }
    this.objects.set(key, stored)
    return { status: 200, headers: describe(stored) }
  }

  #copy(key: string, source: string, fault: Fault | undefined): Answer {
    const found = this.objects.get(decodeURIComponent(source).replace(/^\//, "").slice(this.bucket.length + 1))
    if (found === undefined) return this.#error(404, "NoSuchKey")
    if (fault?.kind === "late error") return { ...this.#error(500, "InternalError"), status: 200 }
    const stored = { bytes: found.bytes, storedAtMillis: Date.now() }
    this.objects.set(key, stored)
    return { status: 200, body: `<?xml version="1.0" encoding="UTF-8"?>\n<CopyObjectResult><ETag>${etagOf(stored)}</ETag></CopyObjectResult>` }
  }

  #list(query: URLSearchParams): Answer {
    const prefix = query.get("prefix") ?? ""
    const token = query.get("continuation-token")
    const after = token === null ? "" : Buffer.from(token.replace(/^<&>/, ""), "base64").toString()
    if (token !== null && !token.startsWith("<&>")) return this.#error(400, "InvalidArgument")
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort()
    const page = keys.slice(0, Math.min(this.keysPerPage, Number(query.get("max-keys") ?? 1_000)))
    const isTruncated = page.length < keys.length
    const contents = page.map((key) => {
      const { bytes, storedAtMillis } = this.objects.get(key) ?? { bytes: Buffer.alloc(0), storedAtMillis: 0 }
      return `<Contents><Key>${escape(key)}</Key><LastModified>${new Date(storedAtMillis).toISOString()}</LastModified><Size>${bytes.length}</Size></Contents>`
    })
    const next = isTruncated ? `<NextContinuationToken>${escape(`<&>${Buffer.from(page.at(-1) ?? "").toString("base64")}`)}</NextContinuationToken>` : ""
    return {
      status: 200,
      body: `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>${isTruncated}</IsTruncated>${contents.join("")}${next}</ListBucketResult>`
    }
  }

  /** Like S3, it repeats what was sent. */
  #error(status: number, code: string): Answer {
    this.refused.push(code)
    return {
      status,
      headers: { "content-type": "application/xml" },
      body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>no</Message><AWSAccessKeyId>${this.accessKeyId}</AWSAccessKeyId></Error>`
    }
  }
}

const bodyOf = async (request: IncomingMessage, isCut: boolean): Promise<Buffer | undefined> => {
  const chunks: Array<Buffer> = []
  let received = 0
  try {
    for await (const chunk of request) {
      chunks.push(chunk)
      received += chunk.length
      if (isCut && received >= Number(request.headers["content-length"] ?? 0) / 2) return void request.destroy()
    }
  } catch {
    return undefined
  }
  if (!isCut) return Buffer.concat(chunks)
  request.destroy()
  return undefined
}

const send = (response: ServerResponse, { body, headers, status }: Answer): void => {
  response.writeHead(status, { ...headers, ...(headers?.["content-length"] === undefined ? { "content-length": Buffer.byteLength(body ?? "") } : {}) })
  response.end(response.req.method === "HEAD" ? undefined : body)
}

const describe = (stored: StoredObject) => ({ etag: etagOf(stored), "last-modified": new Date(stored.storedAtMillis).toUTCString() })
/** The headers that an address asks for. */
const said = (query: URLSearchParams): Record<string, string> =>
  Object.fromEntries([...query].flatMap(([name, value]) => name.startsWith("response-") ? [[name.slice("response-".length), value]] : []))

const etagOf = ({ bytes }: StoredObject): string => `"${createHash("md5").update(bytes).digest("hex")}"`
const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
