/** Texts and numbers of the HTTP API, with their bounds. */
import * as Schema from "effect/Schema"
import * as Limits from "../limits.ts"
import { isUserText, userTextShape } from "../userText.ts"

/** A name of a file, a team or a version. */
export const Name = Schema.String.check(
  Schema.isMinLength(1),
  Schema.isMaxLength(Limits.fileNameCharsMax),
  Schema.makeFilter((name) => (name.isWellFormed() && !name.includes("\u0000")) || "holds NUL or a lone surrogate")
)
export const nameShape = `a text of 1 to ${Limits.fileNameCharsMax} characters`

export const UserText = Schema.String.check(Schema.makeFilter(isUserText, { expected: userTextShape }))

export const Uuid = Schema.String.check(Schema.isUUID())

export const Seq = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))

const seqMeaning = "What the file was at this seq; without it, what it is."

export const atSeq = { seq: Schema.optional(Seq.annotate({ description: seqMeaning })) }

/** RFC 3339, as the server writes it. */
export const Time = Schema.String.annotate({ description: "A time such as 2030-01-31T12:00:00.000Z." })

export const fileId = { id: Schema.String.annotate({ description: "The file's id, a UUID." }) }

/** Of a file, a project or a team: counts its changes, as its `ETag` does. */
export const revision = Schema.Int.annotate({ description: "Counts the changes of its name and place; its ETag." })

const matchMeaning = "The ETag that the change is about: when it has another by now, nothing is done (412)."

/** The header of a change that is about one state. */
export const conditional = { "if-match": Schema.optional(Schema.String.annotate({ description: matchMeaning })) }

const keyMeaning = "Names the request, with up to 128 visible ASCII characters: sent again within a day, it is answered in the same way and does nothing more."

/** The header of a request that may come again. */
export const repeatable = { "idempotency-key": Schema.optional(Schema.String.annotate({ description: keyMeaning })) }

/** What a call takes besides what typed clients have to say. */
const describes = (parameter: Record<string, unknown>) => (operation: Record<string, unknown>): Record<string, unknown> => ({
  ...operation,
  parameters: [...(Array.isArray(operation["parameters"]) ? operation["parameters"] : []), { required: false, ...parameter }]
})

export const describesKey = describes({ name: "idempotency-key", in: "header", schema: { type: "string" }, description: keyMeaning })

export const describesMatch = describes({ name: "if-match", in: "header", schema: { type: "string" }, description: matchMeaning })

export const describesSeq = describes({ name: "seq", in: "query", schema: { type: "integer", minimum: 0 }, description: seqMeaning })

/** The header that says where what was made is. */
export const located = { location: Schema.String }
