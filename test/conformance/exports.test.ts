/** M10 to M15: files as pictures over HTTP and on the command line. */
import { randomUUID } from "node:crypto"
import { readFile as readFromDisk } from "node:fs/promises"
import { join as joinPath } from "node:path"
import { expect, it, onTestFinished } from "vitest"
import { complaintOf, easel } from "../harness/command.ts"
import { nodeForFile } from "../harness/easelNode.ts"
import { create, createFile, join, remove, update } from "../harness/editing.ts"
import { imagesOfAllKinds, looked } from "../harness/images.ts"
import { answered, expectProblem } from "../harness/requests.ts"
import { runSql } from "../harness/runSql.ts"
import { temporaryFolder } from "../harness/temporaryFolder.ts"
import { waitUntil } from "../harness/waitUntil.ts"

const own = nodeForFile()

let fileId = ""

const get = (query: string, headers: Readonly<Record<string, string>> = {}, file = fileId) => fetch(`${own.node.url}/api/files/${file}/export${query}`, { headers })

const bytesOf = async (response: Response): Promise<Buffer> => {
  expect(response.status).toBe(200)
  return Buffer.from(await response.arrayBuffer())
}

const textOf = async (query: string, file = fileId): Promise<string> => (await bytesOf(await get(query, {}, file))).toString("utf8")

/** Pictures that the database knows of the file. */
const kept = async (file: string): Promise<number> => (await runSql(own.database.url, `SELECT FROM exports WHERE file_id = $1::uuid`, [file])).length

/** A file with a frame, made once. */
const poster = async (): Promise<string> => {
  if (fileId !== "") return fileId
  fileId = await createFile(own.node, "A/poster; 'one'")
  const editor = await join(own.node, fileId)
  await editor.edit(
    create("frame", { type: "frame", width: 100, height: 50, fill: "#ffffff" }),
    create("red", { parentId: "frame", x: 10, y: 10, width: 20, height: 20, fill: "#ff0000" }),
    create("text", { type: "text", parentId: "frame", x: 50, y: 30, text: "Hi", fontSize: 20, fill: "#0000ff" }),
    create("far", { x: 300, y: 0, width: 10, height: 10, fill: "#00ff00" })
  )
  await editor.edit(update("red", "fill", "#ff8800"), remove("far"))
  return fileId
}

it("M13: a file, a frame and a selection, as SVG and as PNG of either scale, at any seq", async () => {
  await poster()
  const svg = await get("")
  expect(Object.fromEntries(svg.headers)).toMatchObject({
    "content-type": "image/svg+xml",
    "content-disposition": "attachment; filename*=UTF-8''A%2Fposter%3B%20%27one%27.svg",
    "cache-control": "private, no-cache",
    "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'"
  })
  expect(await svg.text()).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="100" height="50" viewBox="0 0 100 50">.*#ff8800.*<\/svg>$/)
  expect(await textOf("?seq=4")).toMatch(/width="310" height="50".*#ff0000.*#00ff00/)
  expect(await textOf("?ids=red")).toMatch(/width="20" height="20" viewBox="10 10 20 20"/)
  expect(await looked(await bytesOf(await get("?format=png")), 15, 15)).toEqual({ width: 100, height: 50, rgba: [255, 136, 0, 255] })
  expect(await looked(await bytesOf(await get("?format=png&scale=2&ids=red,frame")), 30, 30)).toEqual({ width: 200, height: 100, rgba: [255, 136, 0, 255] })
  const text = await looked(await bytesOf(await get("?format=png&scale=2&ids=text")))
  expect(text.width).toBeGreaterThan(20)
  const named = await get("?ids=red")
  const again = await get("?ids=red", { "if-none-match": named.headers.get("etag") ?? "" })
  expect([again.status, await again.text()]).toEqual([304, ""])
})

it("M14: what was made once for a state is served from the store, until the file is edited", async () => {
  const file = await createFile(own.node, "Stored")
  const editor = await join(own.node, file)
  await editor.edit(create("a", { width: 10, height: 10, fill: "#ff0000" }))
  const first = await textOf("", file)
  expect([await textOf("?scale=2", file), await textOf("?seq=1", file), await kept(file)]).toEqual([first, first, 1])
  await editor.edit(update("a", "fill", "#0000ff"))
  expect(await textOf("", file)).toContain("#0000ff")
  expect(await kept(file)).toBe(2)
  expect(await textOf("?seq=1", file)).toBe(first)
  await editor.close()
})

it("M13: images of the file are in it, of every kind, and one that it has not is left out", async () => {
  const file = await createFile(own.node, "Images")
  const editor = await join(own.node, file)
  let x = 0
  for (const [, bytes] of await imagesOfAllKinds()) {
    const { id } = await answered<{ readonly id: string }>(await fetch(`${own.node.url}/api/files/${file}/assets`, { method: "POST", body: bytes }), 201)
    await editor.edit(create(`image-${x}`, { type: "image", assetId: id, x, width: 8, height: 4 }))
    x += 10
  }
  await editor.edit(create("missing", { type: "image", assetId: "0".repeat(64), x, width: 8, height: 4 }), create("path", { type: "image", src: "/etc/hosts", x, width: 8, height: 4 }))
  expect((await textOf("", file)).match(/href="data:image\/(png|jpeg|gif|webp|avif|svg\+xml);base64,/g)).toHaveLength(6)
  const png = await bytesOf(await get("?format=png", {}, file))
  for (let at = 0; at < x; at += 10) {
    const { rgba: [r = 0, g = 255, , a = 0] } = await looked(png, at + 4, 2)
    expect([r > 250, g < 6, a], `at ${at}`).toEqual([true, true, 255])
  }
  expect((await looked(png, x + 4, 2)).rgba[3]).toBe(0)
  await editor.close()
})

it("M13: what cannot be exported is told as what it is", async () => {
  await poster()
  const empty = await createFile(own.node)
  for (const [query, status, file] of [["", 404, empty], ["?ids=never", 404, fileId], ["?ids=far", 404, fileId], ["?seq=99", 404, fileId], ["", 404, randomUUID()]] as const) {
    await expectProblem(await get(query, {}, file), status)
  }
  for (const query of ["?format=pdf", "?scale=3", "?ids=", "?ids=a b", `?ids=${Array.from({ length: 101 }, (_, n) => `n${n}`).join()}`, "?seq=-1", "?seq=x"]) await expectProblem(await get(query), 400)
  const wide = await createFile(own.node)
  const editor = await join(own.node, wide)
  await editor.edit(create("w", { width: 20_000, height: 10, fill: "#ff0000" }))
  const large = await get("?format=png", {}, wide)
  expect(await large.clone().text()).toContain("20000 by 10 pixels")
  await expectProblem(large, 413)
  expect((await get("", {}, wide)).status).toBe(200)
  await editor.close()
})

it("M15: a thumbnail is made in the background when a version is kept, or when one was asked for in vain", async () => {
  const thumbnail = (file: string, headers: Readonly<Record<string, string>> = {}) => fetch(`${own.node.url}/api/files/${file}/thumbnail`, { headers })
  const file = await createFile(own.node, "Seen")
  const editor = await join(own.node, file)
  await editor.edit(create("a", { width: 1_280, height: 640, fill: "#ff0000" }))
  expect((await thumbnail(file)).status).toBe(204)
  await waitUntil(async () => (await thumbnail(file)).status === 200, { deadlineMillis: 30_000, what: "the file has a thumbnail" })
  const first = await thumbnail(file)
  expect([first.headers.get("content-type"), first.headers.get("cache-control")]).toEqual(["image/png", "private, no-cache"])
  const etag = first.headers.get("etag") ?? ""
  expect(await looked(await bytesOf(first))).toEqual({ width: 640, height: 320, rgba: [255, 0, 0, 255] })
  expect((await thumbnail(file, { "if-none-match": etag })).status).toBe(304)
  await editor.edit(update("a", "fill", "#0000ff"))
  await answered(await fetch(`${own.node.url}/api/files/${file}/versions`, { method: "POST", body: JSON.stringify({ name: "Blue" }) }), 201)
  // The version has asked for one; it need not be waited for.
  expect(await runSql(own.database.url, `UPDATE file_thumbnails SET wanted_at = now() WHERE file_id = $1::uuid AND wanted_at IS NOT NULL RETURNING file_id`, [file])).toHaveLength(1)
  await waitUntil(async () => (await thumbnail(file)).headers.get("etag") !== etag, { deadlineMillis: 30_000, what: "the thumbnail is anew" })
  expect((await looked(await bytesOf(await thumbnail(file)))).rgba).toEqual([0, 0, 255, 255])
  await editor.close()
})

it("M13: on the command line a file is exported to where it is told, by the name's ending", async () => {
  const folder = await temporaryFolder()
  onTestFinished(() => folder.remove())
  const here = { EASEL_URL: own.node.url }
  await poster()
  expect(await easel(["export", fileId, "--ids", "red"], here)).toMatch(/^<svg .*<\/svg>$/)
  const path = joinPath(folder.path, "poster.png")
  const told = JSON.parse(await easel(["export", fileId, "--scale", "2", "--out", path, "--json"], here))
  expect(told).toEqual({ fileId, format: "png", scale: "2", path, bytes: (await readFromDisk(path)).length })
  expect(await looked(await readFromDisk(path), 30, 30)).toEqual({ width: 200, height: 100, rgba: [255, 136, 0, 255] })
  expect(await complaintOf(["export", fileId, "--json"], here)).toBe("easel: with --json say where to write it: --out")
  expect(await complaintOf(["export", fileId, "--ids", "never"], here)).toBe("easel: no visible object has the id never")
})
