/** The typed client of the HTTP API, for programs: every call of `EaselApi`, and its problems as typed errors. */
import { EaselApi } from "@easel/protocol/api"
import * as Effect from "effect/Effect"
import * as HttpApiClient from "effect/http-api/HttpApiClient"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import { type Shown, showing } from "./showing.ts"

export interface EaselHttpOptions extends Shown {
  /** Of a node or of what stands before the nodes, such as `https://easel.example`. */
  readonly url: string
}

export type EaselHttp = HttpApiClient.ForApi<typeof EaselApi>

/** `(yield* easelHttp({ url, token })).files.read({ params: { id } })` */
export const easelHttp = ({ url, ...shown }: EaselHttpOptions): Effect.Effect<EaselHttp> =>
  HttpApiClient.make(EaselApi, { baseUrl: url, transformClient: HttpClient.mapRequest(showing(shown)) }).pipe(Effect.provide(FetchHttpClient.layer))
