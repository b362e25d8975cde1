/** Where programs make the typed calls of `ProgramRpcs`, in the messages of Effect's RPC as JSON. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { Authorization, byAnybody } from "./Authorization.ts"
import { always, BadRequest } from "./problems.ts"

/** Calls in one request: each may read a whole file. */
const callsMax = 16

const Call = Schema.Struct({
  _tag: Schema.Literal("Request"),
  id: Schema.Union([Schema.String, Schema.Int]),
  tag: Schema.String,
  payload: Schema.Json,
  headers: Schema.Array(Schema.Tuple([Schema.String, Schema.String]))
}).annotate({ identifier: "Call" })

const CallList = Schema.NonEmptyArray(Call).check(
  Schema.isMaxLength(callsMax),
  Schema.makeFilter((calls) => new Set(calls.map(({ id }) => String(id))).size === calls.length || "has two calls with one id")
)

export const Calls = Schema.Union([Call, CallList]).annotate({
  description: `one call {"_tag": "Request", "id", "tag", "payload", "headers": []}, or a list of at most ${callsMax} with an id each`
})

export class ProgramsGroup extends HttpApiGroup.make("programs")
  .add(
    HttpApiEndpoint.post("call", "/rpc", { payload: Calls, success: Schema.Array(Schema.Json), error: [BadRequest, ...always] })
      .annotate(OpenApi.Summary, "Typed calls about files and their versions, in the messages of Effect's RPC")
  )
  .middleware(Authorization)
  .annotateEndpoints(OpenApi.Override, byAnybody)
  .annotateMerge(OpenApi.annotations({ title: "Programs", description: "Typed calls: `@easel/client/rpc` makes them." }))
{}
