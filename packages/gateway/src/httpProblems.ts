/** Errors as problem documents (RFC 9457): whatever goes wrong with a request ends here, and no stack trace goes on. */
import {
  type CommitIndeterminate,
  type FileBusy,
  type FileDamaged,
  type FileMissing,
  type FileMoved,
  type FileUnavailable,
  type Forbidden,
  type Problem,
  problem,
  type RegisterMissing,
  type RequestConflict,
  type RestoreMissing,
  type RevisionStale,
  type SeqNotCovered,
  type VersionMissing
} from "@easel/protocol"
import * as Cause from "effect/Cause"
import type { AlreadyProcessingMessage, EntityNotAssignedToRunner, MailboxFull, PersistenceError } from "effect/cluster/ClusterError"
import * as Effect from "effect/Effect"
import { HttpApiSchemaError } from "effect/http-api/HttpApiError"
import * as HttpServerError from "effect/http/HttpServerError"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"

export class HttpProblem extends Schema.TaggedError<HttpProblem>()("HttpProblem", {
  status: Schema.Int,
  problem: Schema.Unknown
}) {}

export const fail = (body: Problem) => Effect.fail(new HttpProblem({ status: body.status, problem: body }))

export const noSuchFile = fail(problem(404, "no file has this id"))

export const noSuchTeam = fail(problem(404, "no team has this id"))

export const forbidden = fail(problem(403, "your role does not allow this"))

/** `If-Match` did not. */
export const stale = ({ revision }: RevisionStale) => fail(problem(412, `it has changed since: its revision is ${revision} now`))

type FileError =
  | FileMissing
  | FileDamaged
  | FileUnavailable
  | FileMoved
  | Forbidden
  | CommitIndeterminate
  | FileBusy
  | RegisterMissing
  | RequestConflict
  | RestoreMissing
  | RevisionStale
  | SeqNotCovered
  | VersionMissing
  | MailboxFull
  | AlreadyProcessingMessage
  | EntityNotAssignedToRunner
  | PersistenceError

/** Why a file's actor did not answer, as a problem. */
export const fileProblem = (error: FileError): Effect.Effect<never, HttpProblem> => {
  switch (error._tag) {
    case "FileMissing":
      return noSuchFile
    case "Forbidden":
      return forbidden
    case "FileDamaged":
      return fail(problem(500, "the file is damaged and cannot be opened: tell its operator"))
    case "VersionMissing":
      return fail(problem(404, "the file has no version with this id"))
    case "RevisionStale":
      return stale(error)
    case "RestoreMissing":
      return fail(problem(404, "the file has no restore with this id"))
    case "RegisterMissing":
      return fail(problem(404, "nobody has written this property of this object"))
    case "SeqNotCovered":
      return fail(problem(404, `there is no state at seq ${error.seq}: ${error.reason}`))
    case "RequestConflict":
      return fail(problem(409, "the Idempotency-Key is that of a request about another file"))
    default:
      return fail(problem(503, "the file cannot be opened now: try again"))
  }
}

export const toProblem = (cause: Cause.Cause<unknown>): Effect.Effect<HttpServerResponse.HttpServerResponse> => {
  const error = Cause.findErrorOption(cause)
  if (error._tag === "Some" && error.value instanceof HttpProblem) {
    return Effect.succeed(problemResponse(error.value.status, error.value.problem))
  }
  if (error._tag === "Some" && Schema.is(Tagged)(error.value) && error.value._tag === "StoreUnavailable") {
    return Effect.succeed(problemResponse(503, problem(503, "what this needs does not answer: try again")))
  }
  if (error._tag === "Some" && HttpServerError.isHttpServerError(error.value) && error.value.reason._tag === "RouteNotFound") {
    return Effect.succeed(problemResponse(404, problem(404, "there is nothing here")))
  }
  const parameter = badParameter(cause)
  if (parameter !== undefined) return Effect.succeed(problemResponse(400, problem(400, `${parameter} is not what /api/docs asks for`)))
  if (Cause.hasInterruptsOnly(cause)) return Effect.interrupt
  return Effect.as(Effect.logError("A request failed", cause), problemResponse(500, problem(500, "the server failed")))
}

/** What the path, the query or a header names and the API's definition does not take. */
const badParameter = (cause: Cause.Cause<unknown>): string | undefined => {
  const defect = Cause.findDefect(cause)
  if (Result.isFailure(defect) || !HttpApiSchemaError.is(defect.success)) return undefined
  const { cause: { issue }, kind } = defect.success
  if (kind === "Body" || kind === "ResponseHeaders") return undefined
  const [name] = formatIssues(issue).issues[0]?.path ?? []
  return typeof name === "string" ? name.slice(0, parameterCharsShown) : `the ${kind.toLowerCase()}`
}

const formatIssues = SchemaIssue.makeFormatterStandardSchemaV1()
const parameterCharsShown = 40

const Tagged = Schema.Struct({ _tag: Schema.String })

export const problemResponse = (status: number, body: unknown): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(JSON.stringify(body), {
    status,
    contentType: "application/problem+json",
    ...(status === 401 ? { headers: { "www-authenticate": "Bearer" } } : {})
  })
