/** The typed calls for programs (`ProgramRpcs`) over HTTP: reading a file and all that becomes of its versions. */
import { ProgramRpcs } from "@easel/protocol/ProgramRpcs"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as RpcClient from "effect/rpc/RpcClient"
import type * as RpcClientError from "effect/rpc/RpcClientError"
import type * as RpcGroup from "effect/rpc/RpcGroup"
import * as RpcSerialization from "effect/rpc/RpcSerialization"
import type * as Scope from "effect/Scope"
import { type Shown, showing } from "./showing.ts"

export interface EaselRpcOptions extends Shown {
  /** Of a node or of what stands before the nodes, such as `https://easel.example`. */
  readonly url: string
}

export type EaselRpc = RpcClient.RpcClient<RpcGroup.Rpcs<typeof ProgramRpcs>, RpcClientError.RpcClientError>

/** `(yield* easelRpc({ url, token })).SaveVersion({ fileId, requestId, name })`. Who shows nothing valid gets an `RpcClientError` of a response with status 401. */
export const easelRpc = Effect.fn("easelRpc")(function*(
  { url, ...shown }: EaselRpcOptions
): Effect.fn.Return<EaselRpc, never, HttpClient.HttpClient | RpcSerialization.RpcSerialization | Scope.Scope> {
  const http = (yield* HttpClient.HttpClient).pipe(
    HttpClient.mapRequest((request) => showing(shown)(HttpClientRequest.setUrl(request, new URL("/rpc", url)))),
    HttpClient.filterStatusOk
  )
  const protocol = yield* RpcClient.makeProtocolHttp(http)
  return yield* Effect.provideService(RpcClient.make(ProgramRpcs), RpcClient.Protocol, protocol)
}, Effect.provide([FetchHttpClient.layer, RpcSerialization.layerJson]))
