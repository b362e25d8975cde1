/** M1 to M6: images of files over HTTP, stored in a bucket. */
import { createHash, randomUUID } from "node:crypto"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { easelHttp } from "@easel/client/http"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest"
import { complaintOf, easel } from "../harness/command.ts"
import { nodeForFile } from "../harness/easelNode.ts"
import { imagesOfAllKinds, looked, png } from "../harness/images.ts"
import { answered, ask, expectProblem } from "../harness/requests.ts"
import { runSql } from "../harness/runSql.ts"
import { S3Server } from "../harness/s3/S3Server.ts"
import { temporaryFolder } from "../harness/temporaryFolder.ts"
import { showing, takesTokens, tokenOf } from "../harness/tokens.ts"

const server = await S3Server.start()
const own = nodeForFile({
  environment: {
    ...takesTokens,
    EASEL_S3_ENDPOINT: server.url,
    EASEL_S3_BUCKET: server.bucket,
    EASEL_S3_REGION: server.region,
    EASEL_S3_ACCESS_KEY_ID: server.accessKeyId,
    EASEL_S3_SECRET_ACCESS_KEY: server.secretAccessKey
  }
})

interface Asset {
  readonly id: string
  readonly contentType: string
  readonly bytes: number
  readonly width: number | null
  readonly height: number | null
}

let token = ""
let fileId = ""

const newFile = async (): Promise<string> => (await answered<{ readonly id: string }>(await ask(own.node, "POST", "/api/files", { token }, { name: "Images" }), 201)).id

const upload = (image: Exclude<RequestInit["body"], undefined>, file = fileId): Promise<Response> =>
  fetch(`${own.node.url}/api/files/${file}/assets`, { method: "POST", headers: showing({ token }), body: image, duplex: "half" })

const uploaded = async (image: Uint8Array, file = fileId): Promise<Asset> => answered(await upload(Buffer.from(image), file), 201)

const get = (path: string, headers: Readonly<Record<string, string>> = {}, file = fileId) =>
  fetch(`${own.node.url}/api/files/${file}/assets/${path}`, { headers: { ...showing({ token }), ...headers }, redirect: "manual" })

afterAll(() => server.stop())

beforeAll(async () => {
  token = await tokenOf({ userId: "an owner" })
  fileId = await newFile()
})

it("M1 M2 M3: an image of each kind comes back as what it is, whatever it is called", async () => {
  for (const [type, bytes] of await imagesOfAllKinds()) {
    const response = await upload(bytes)
    const asset = await answered<Asset>(response, 201)
    const sha256 = createHash("sha256").update(bytes).digest("hex")
    expect(asset).toMatchObject({ id: sha256, contentType: type, bytes: bytes.length, width: 8, height: 4, createdBy: "an owner" })
    expect(response.headers.get("location")).toBe(`/api/files/${fileId}/assets/${sha256}`)
    const served = await get(sha256)
    expect(Buffer.compare(Buffer.from(await served.arrayBuffer()), bytes)).toBe(0)
    expect(Object.fromEntries(served.headers)).toMatchObject({
      "content-type": type,
      "content-length": String(bytes.length),
      "etag": `"${sha256}"`,
      "cache-control": "private, max-age=31536000, immutable",
      "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
      "x-content-type-options": "nosniff",
      "content-disposition": type === "image/svg+xml" ? `attachment; filename="${sha256.slice(0, 16)}.svg"` : "inline"
    })
    const known = await get(sha256, { "if-none-match": `"${sha256}"` })
    expect([known.status, await known.text()]).toEqual([304, ""])
  }
  expect((await answered<ReadonlyArray<Asset>>(await get(""), 200)).length).toBe(6)
})

it("M1 M5: the same image is the same asset, stored once for all files, and read in those that have it alone", async () => {
  const image = await png(9)
  const { id } = await uploaded(image)
  const stored = server.objects.size
  expect((await uploaded(image)).id).toBe(id)
  const other = await newFile()
  await expectProblem(await get(id, {}, other), 404)
  expect((await uploaded(image, other)).id).toBe(id)
  expect((await get(id, {}, other)).status).toBe(200)
  expect(server.objects.size).toBe(stored)
})

it("M5: a copy of a file has its images", async () => {
  const original = await newFile()
  const { id } = await uploaded(await png(7), original)
  const copy = await answered<{ readonly id: string }>(await ask(own.node, "POST", `/api/files/${original}/duplicate`, { token }, {}), 201)
  expect((await get(id, {}, copy.id)).status).toBe(200)
})

it("M1: what is no image, too large or too many is refused, and nothing is stored of it", async () => {
  const stored = server.objects.size
  const image = await png()
  for (const body of ["", "hello", "<html><svg></svg></html>", "GIF89a", Buffer.from(image).subarray(0, 8), `{"image": true}`]) await expectProblem(await upload(body), 415)
  const huge = Buffer.from(image)
  // A header that promises 30,000 by 30,000 pixels.
  huge.writeUInt32BE(30_000, 16)
  huge.writeUInt32BE(30_000, 20)
  await expectProblem(await upload(huge), 413)
  const pieces = (async function*() {
    yield image
    for (let sent = 0; sent <= 20 * 1024 * 1024; sent += 1024 * 1024) yield Buffer.alloc(1024 * 1024)
  })()
  const large = await upload(ReadableStream.from(pieces)).catch(() => undefined)
  // A client that is still sending may not hear why.
  if (large !== undefined) await expectProblem(large, 413)
  expect(server.objects.size).toBe(stored)
  const full = await newFile()
  await runSql(
    own.database.url,
    `INSERT INTO assets (file_id, sha256, content_type, bytes, created_by) SELECT $1::uuid, lpad(n::text, 64, '0'), 'image/png', 1, 'ada' FROM generate_series(1, 1000) n`,
    [full]
  )
  await expectProblem(await upload(image, full), 409)
})

it("M2 O10: with redirect the bucket itself serves the image, as what it is, and only as long as the address is good", async () => {
  const image = await png(10)
  const { id } = await uploaded(image)
  const { headers, status } = await get(`${id}?redirect=true`)
  expect([status, headers.get("cache-control")]).toEqual([307, "no-store"])
  const address = headers.get("location") ?? ""
  expect(address).toMatch(new RegExp(`^${server.url}/.*X-Amz-Expires=300&`))
  const served = await fetch(address)
  expect([served.status, served.headers.get("content-type")]).toEqual([200, "image/png"])
  expect(Buffer.compare(Buffer.from(await served.arrayBuffer()), image)).toBe(0)
  expect((await fetch(address.replace("image%2Fpng", "text%2Fhtml"))).status).toBe(403)
  await expectProblem(await get(`${id}?redirect=perhaps`), 400)
})

it("M6: a thumbnail is small, of any kind of image, painted once, and what cannot be painted harms nobody", async () => {
  const wide = await uploaded(await png(1_024, 512))
  const thumbnail = await get(`${wide.id}/thumbnail`)
  expect(thumbnail.headers.get("content-type")).toBe("image/png")
  expect(await looked(new Uint8Array(await thumbnail.arrayBuffer()))).toEqual({ width: 256, height: 128, rgba: [255, 0, 0, 255] })
  const before = server.objects.size
  expect((await get(`${wide.id}/thumbnail`)).status).toBe(200)
  expect(server.objects.size).toBe(before)
  for (const [, bytes] of await imagesOfAllKinds()) {
    const { id } = await uploaded(bytes)
    const { rgba: [r = 0, g = 255], width } = await looked(new Uint8Array(await (await get(`${id}/thumbnail`)).arrayBuffer()))
    expect([width, r > 250, g < 5]).toEqual([8, true, true])
  }
  const broken = Buffer.from(await png(64))
  broken.fill(0, 40)
  const { id } = await uploaded(broken)
  await expectProblem(await get(`${id}/thumbnail`), 404)
  expect((await get(`${wide.id}/thumbnail`)).status).toBe(200)
})

it("M2: an image that is lost is told as that, and the typed client uploads and reads", async () => {
  const client = await Effect.runPromise(easelHttp({ url: own.node.url, token }))
  const image = await png(11)
  const { body } = await Effect.runPromise(client.assets.upload({ params: { id: fileId }, payload: Stream.succeed(new Uint8Array(image)) }))
  const read = client.assets.read({ params: { id: fileId, assetId: body.id }, query: {} }).pipe(Effect.flatMap(Stream.runCollect), Effect.map((pieces) => Buffer.concat(pieces)))
  expect(Buffer.compare(await Effect.runPromise(read), image)).toBe(0)
  for (const key of server.objects.keys()) if (key.endsWith(body.id)) server.objects.delete(key)
  await expectProblem(await get(body.id), 500)
  await expectProblem(await get(randomUUID()), 404)
})

it("M2: on the command line images are added, listed and read", async () => {
  const folder = await temporaryFolder()
  onTestFinished(() => folder.remove())
  const here = { EASEL_URL: own.node.url, EASEL_TOKEN: token }
  const [red, text, copy] = ["red.png", "text.png", "copy.png"].map((name) => join(folder.path, name))
  if (red === undefined || text === undefined || copy === undefined) throw new Error("no paths")
  await writeFile(red, await png(12))
  await writeFile(text, "no image")
  const id = /^[0-9a-f]{64}/m.exec(await easel(["assets", "add", fileId, red], here))?.[0] ?? ""
  expect(JSON.parse(await easel(["assets", "list", fileId, "--json"], here))[0]).toMatchObject({ id, width: 12 })
  expect(JSON.parse(await easel(["assets", "get", fileId, id, "--out", copy, "--json"], here))).toEqual({ fileId, id, path: copy, bytes: (await readFile(red)).length })
  expect(Buffer.compare(await readFile(copy), await readFile(red))).toBe(0)
  expect(await complaintOf(["assets", "add", fileId, text], here)).toMatch(/^easel: .*text\.png: the body is no PNG/)
})
