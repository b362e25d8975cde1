/**
 * Files as pictures over HTTP. A state of a file at a seq never changes, so the seq and the look name the picture, and
 * who asks for one that was made before costs neither the file's actor nor a painter anything.
 */
import { createHash } from "node:crypto"
import { isId } from "@easel/document"
import { type At, Limits, problem } from "@easel/protocol"
import type { ExportQuery } from "@easel/protocol/api"
import { Exports, ObjectStore, Thumbnails } from "@easel/store"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { askedFile } from "./askedFile.ts"
import { requireInFile } from "./auth/requireRole.ts"
import { drawFile } from "./drawFile.ts"
import { fail, fileProblem } from "./httpProblems.ts"
import { nothingPainted, storedBlob, tagged } from "./pictureAnswers.ts"
import type { Look } from "./Pictures.ts"
import { existingFile } from "./requestPath.ts"
import { whileMoving } from "./whileMoving.ts"

/** Raised when the same document is drawn otherwise than before. */
const drawingVersion = 1

export const exportFile = Effect.fnUntraced(function*(query: ExportQuery) {
  const { by, file, fileId } = yield* askedFile
  yield* requireInFile(fileId, by, "read")
  const [look, seq] = [yield* lookOf(query), yield* seqOf(query.seq)]
  const { name, seq: head } = yield* existingFile
  const [exports, objects] = [yield* Exports, yield* ObjectStore]

  const make = Effect.gen(function*() {
    const at: At | undefined = seq === undefined ? undefined : { _tag: "Seq", seq }
    const read = at === undefined ? file.Read({ by }) : file.ReadAt({ by, at })
    const document = yield* whileMoving(read).pipe(Effect.catch(fileProblem))
    const picture = yield* drawFile(fileId, document.body, look).pipe(Effect.catchTags({
      NothingToDraw: ({ reason }) => fail(problem(404, reason)),
      Unpaintable: ({ reason }) => fail(problem(413, `it cannot be drawn: ${reason}`)),
      PicturesBusy: nothingPainted
    }))
    const sha256 = yield* objects.put(picture)
    yield* exports.put(fileId, keyOf(document.seq, look), sha256)
    return sha256
  })

  const made = yield* exports.find(fileId, keyOf(seq ?? head, look))
  // One that is lost is made again.
  const isThere = made !== undefined && (yield* objects.size(made)) !== undefined
  const sha256 = isThere ? made : yield* make
  const disposition = { "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name).replaceAll("'", "%27")}.${look.format}` }
  return yield* tagged(sha256, "sometimes", disposition, (headers) =>
    Effect.map(storedBlob(objects.get(sha256)), (bytes) =>
      HttpServerResponse.uint8Array(bytes, { contentType: look.format === "svg" ? "image/svg+xml" : "image/png", headers })))
})

const lookOf = Effect.fnUntraced(function*({ format = "svg", ids, scale = "1" }: ExportQuery) {
  const size = { scale: format === "svg" ? 1 : Number(scale) }
  if (ids === undefined) return { format, size } satisfies Look
  const named = [...new Set(ids.split(","))].sort()
  if (named.length > Limits.exportObjectsMax || !named.every(isId)) return yield* fail(problem(400, `ids are 1 to ${Limits.exportObjectsMax} ids of objects, with commas between them`))
  return { format, size, ids: named } satisfies Look
})

const seqOf = (seq: string | undefined) =>
  seq === undefined || /^\d{1,15}$/.test(seq) ? Effect.succeed(seq === undefined ? undefined : Number(seq)) : fail(problem(400, "seq is a whole number"))

const keyOf = (seq: number, look: Look): string => createHash("sha256").update(JSON.stringify([drawingVersion, seq, look.format, look.size, look.ids ?? null])).digest("hex")

/** One that there is not is made in the background. */
export const fileThumbnail = Effect.gen(function*() {
  const { by, fileId } = yield* askedFile
  yield* requireInFile(fileId, by, "read")
  const thumbnails = yield* Thumbnails
  const sha256 = yield* thumbnails.find(fileId)
  if (sha256 === undefined) {
    yield* thumbnails.want(fileId)
    return HttpServerResponse.empty()
  }
  const objects = yield* ObjectStore
  return yield* tagged(sha256, "sometimes", {}, (headers) =>
    Effect.map(storedBlob(objects.get(sha256)), (png) => HttpServerResponse.uint8Array(png, { contentType: "image/png", headers })))
})
