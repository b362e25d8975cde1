/**
 * What no endpoint may take: for each parameter and property that the API's document names, values that are none, in a
 * request that is good otherwise. A name that is not known here is an error, so that nothing new is passed over.
 */
import { randomUUID } from "node:crypto"
import type { Endpoint } from "./apiDocument.ts"
import { apiRequests, callPayloads, pathOf } from "./apiRequests.ts"
import { anchor, type Everybody } from "./everybody.ts"

export interface BadRequest {
  /** The endpoint, and what is bad. */
  readonly what: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  /** What it may be answered by. */
  readonly statuses: ReadonlyArray<number>
}

type Values = Readonly<Record<string, ReadonlyArray<string>>>

const nul = "\u0000"
const ids = ["nonsense", randomUUID(), nul, "x".repeat(300)]
const seqs = ["x", "-1", "1.5", "9".repeat(20)]
const uuids = ["x", "", nul]

const inPath: Values = {
  id: ids,
  versionId: ids,
  commentId: ids,
  linkId: ids,
  restoreId: ids,
  assetId: ids,
  seq: [...seqs, "99"],
  userId: [nul, "x".repeat(300)],
  reaction: [nul, "x".repeat(300)]
}

const inQuery: Values = {
  limit: ["0", "201", "1.5", "x", ""],
  cursor: ["x", Buffer.from(`[1,"${nul}"]`).toString("base64url")],
  name: ["", "x".repeat(256), nul],
  teamId: uuids,
  projectId: uuids,
  trashed: ["perhaps"],
  seq: seqs,
  sinceSeq: seqs,
  ids: ["", "a b", nul, `${"a,".repeat(200)}a`],
  format: ["pdf"],
  scale: ["3"],
  redirect: ["perhaps"],
  from: ["", "x", "-1"],
  to: ["", "x", "-1"],
  objectId: ["", nul],
  propertyPath: ["", nul]
}

const inHeaders: Values = {
  "idempotency-key": ["", "a b", "x".repeat(129)],
  "if-match": [`"nothing"`, "nothing"]
}

const badTexts = ["", "{", "null", "[]", "7", `"text"`, `{"name":"${"x".repeat(70_000)}"}`]

/** Of no property is either a value. */
const badValues = [{ wrong: true }, nul]

const goodValues: Readonly<Record<string, unknown>> = {
  name: "Good",
  teamId: randomUUID(),
  projectId: randomUUID(),
  trashed: false,
  seq: 0,
  atLeastSeq: 0,
  role: "viewer",
  expiresAt: null,
  anchor,
  body: "Good",
  mentions: [],
  requestId: randomUUID(),
  resolved: false,
  pinned: true,
  versionId: randomUUID(),
  scope: { objects: [] },
  operations: [],
  userId: "somebody",
  tokenId: "some token"
}

const known = <A>(values: Readonly<Record<string, A>>, name: string, where: string): A => {
  const value = values[name]
  if (value === undefined) throw new Error(`${where}: nobody has said what is bad for ${name}`)
  return value
}

/** Bad requests to one endpoint; none when it takes nothing. */
export const badRequestsTo = async (endpoint: Endpoint, all: Everybody): Promise<ReadonlyArray<BadRequest>> => {
  const { method, operationId, parameters } = endpoint
  const good = Object.values(apiRequests).find((request) => request.operationId === operationId)
  const names = await good?.names?.(all)
  const goodBody = good?.body?.("an admin", all)
  const body = goodBody === undefined || typeof goodBody === "string" ? goodBody : JSON.stringify(goodBody)
  const whole = { method, path: withQuery(pathOf(endpoint, all, names), good?.query), headers: {}, body }
  const ofParameters = parameters.flatMap(({ in: where, name }) => {
    const values = known({ path: inPath, query: inQuery, header: inHeaders }[where], name, operationId)
    return values.map((value): BadRequest => {
      const what = `${operationId}, ${name}: ${JSON.stringify(value.slice(0, 40))}`
      switch (where) {
        case "path":
          return { ...whole, what, path: withQuery(pathOf(endpoint, all, { ...names, [name]: value }), good?.query), statuses: [400, 404] }
        case "query":
          return { ...whole, what, path: withQuery(pathOf(endpoint, all, names), good?.query, [name, value]), statuses: [400, 404] }
        case "header":
          return { ...whole, what, headers: { [name]: value }, statuses: name === "if-match" ? [400, 412] : [400] }
      }
    })
  })
  return [...ofParameters, ...badBodiesOf(endpoint).map(([text, statuses]) => ({ ...whole, what: `${operationId}: ${text.slice(0, 80)}`, body: text, statuses }))]
}

const withQuery = (path: string, query = "", replaced?: readonly [name: string, value: string]): string => {
  const parameters = new URLSearchParams(query)
  if (replaced !== undefined) parameters.set(...replaced)
  return parameters.size === 0 ? path : `${path}?${parameters}`
}

const badBodiesOf = ({ body, operationId }: Endpoint): ReadonlyArray<readonly [text: string, statuses: ReadonlyArray<number>]> => {
  if (body === "none") return []
  if (body === "bytes") return badTexts.map((text) => [text, [415]] as const)
  // What a typed call takes is in `badCalls`.
  const shapes = operationId === "programs.call" ? [] : body
  const wrong = shapes.flatMap(({ properties, required }) =>
    properties.flatMap((name) => {
      const others = required.filter((other) => other !== name).map((other) => [other, known(goodValues, other, operationId)])
      known(goodValues, name, operationId)
      return badValues.map((value) => JSON.stringify({ ...Object.fromEntries(others), [name]: value }))
    }))
  return [...badTexts, ...wrong].map((text) => [text, [400]] as const)
}

/** Typed calls with one thing wrong in each. */
export const badCalls = (tag: string, fields: ReadonlyArray<string>, all: Everybody) => {
  const good = { fileId: all.things.fileId, ...callPayloads[tag]?.(all) }
  return fields.map((name) => ({ what: `${tag}, ${name}`, call: { _tag: "Request", id: "1", tag, payload: { ...good, [name]: { wrong: true } }, headers: [] } }))
}
