/**
 * The body of a request in a file of its own, for as long as the scope: a slow sender holds a few kilobytes of memory
 * and some disk, however much it sends.
 */
import { mkdtemp, open, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { problem } from "@easel/protocol"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Stream from "effect/Stream"
import { fail } from "./httpProblems.ts"

/** Answers the path of the file. */
export const spooledBody = Effect.fnUntraced(function*(bytesMax: number) {
  const request = yield* HttpServerRequest.HttpServerRequest
  const tooLarge = fail(problem(413, `the body has at most ${bytesMax} bytes`))
  if (Number(request.headers["content-length"] ?? 0) > bytesMax) return yield* tooLarge
  const folder = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "easel-upload-"))),
    (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
  )
  const path = join(folder, "body")
  const file = yield* Effect.acquireRelease(Effect.promise(() => open(path, "wx", 0o600)), (file) => Effect.promise(() => file.close()))
  let bytes = 0
  yield* Stream.runForEach(request.stream, (piece) => {
    bytes += piece.length
    return bytes > bytesMax ? tooLarge : Effect.promise(() => file.write(piece))
  }).pipe(Effect.catchTag("HttpServerError", () => fail(problem(400, "the body did not arrive"))))
  return path
})
