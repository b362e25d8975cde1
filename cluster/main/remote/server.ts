/** The running Easel that a command is about: EASEL_URL, and EASEL_TOKEN where it asks who one is. */
import { type EaselHttp, easelHttp } from "@easel/client/http"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/** It could not be done; the reason is one sentence. */
export class CallFailed extends Schema.TaggedError<CallFailed>()("CallFailed", { reason: Schema.String }) {}

export interface Server {
  readonly url: string
  readonly token: string | undefined
}

export const server: Config.Config<Server> = Config.all({
  url: Config.String("EASEL_URL").pipe(Config.withDefault("http://127.0.0.1:4400")),
  token: Config.Redacted("EASEL_TOKEN").pipe(Config.option, Config.map((token) => Option.getOrUndefined(Option.map(token, Redacted.value))))
})

/** Calls the server. Whatever it answers but a result is a `CallFailed`. */
export const calling = <A, E>(call: (easel: EaselHttp) => Effect.Effect<A, E>) =>
  Effect.gen(function*() {
    const { url, token } = yield* server
    const easel = yield* easelHttp({ url, token })
    return yield* Effect.mapError(call(easel), (error) => new CallFailed({ reason: reasonOf(error, url) }))
  })

const reasonOf = (error: unknown, url: string): string => {
  if (typeof error !== "object" || error === null || !("_tag" in error)) return String(error)
  const detail = "detail" in error && typeof error.detail === "string" ? error.detail : undefined
  if (error._tag === "Unauthenticated") return `${url} asks who you are: set EASEL_TOKEN (easel token prints one)${detail === undefined ? "" : `; it says: ${detail}`}`
  if (detail !== undefined) return detail
  if (error._tag !== "HttpClientError") return `${url} does not answer like an Easel of this version`
  return "response" in error && error.response !== undefined ? `${url} does not answer like an Easel` : `no Easel answers at ${url}: start one, or set EASEL_URL`
}
