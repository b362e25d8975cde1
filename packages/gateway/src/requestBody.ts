/** What a request carries in its body: JSON of a known shape, or a problem that says which. */
import { problem } from "@easel/protocol"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Schema from "effect/Schema"
import { fail } from "./httpProblems.ts"

const bytesMax = 64 * 1024

/** The body as it came; what cannot be had of it is told when it is read by its schema. */
export const bodyText = Effect.gen(function*() {
  const request = yield* HttpServerRequest.HttpServerRequest
  return yield* request.text.pipe(
    Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(bytesMax)),
    Effect.catch(() => fail(problem(400, `the body is JSON of at most ${bytesMax} bytes`)))
  )
})

/** The body by a schema of the API, whose description tells the caller what is expected. */
export const bodyBy = <A>(schema: Schema.Codec<A, unknown>) =>
  Effect.gen(function*() {
    const shape = String(Schema.resolveAnnotations(schema)?.description)
    const request = yield* HttpServerRequest.HttpServerRequest
    const body = yield* request.json.pipe(
      Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(bytesMax)),
      Effect.catch(() => fail(problem(400, `the body is JSON ${shape} of at most ${bytesMax} bytes`)))
    )
    return yield* Effect.catch(Schema.decodeUnknownEffect(schema)(body), () => fail(problem(400, `the body is JSON ${shape}`)))
  })
