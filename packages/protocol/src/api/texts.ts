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

/** RFC 3339, as the server writes it. */
export const Time = Schema.String.annotate({ description: "A time such as 2030-01-31T12:00:00.000Z." })

export const fileId = { id: Schema.String.annotate({ description: "The file's id, a UUID." }) }

/** Of a file, a project or a team: counts its changes, as its `ETag` does. */
export const revision = Schema.Int.annotate({ description: "Counts the changes of its name and place; its ETag." })

/** The header of a change that is about one state. */
export const conditional = {
  "if-match": Schema.optional(Schema.String.annotate({ description: "The ETag that the change is about: when it has another by now, nothing is done (412)." }))
}

const keyMeaning = "Names the request, with up to 128 visible ASCII characters: sent again within a day, it is answered in the same way and does nothing more."

/** The header of a request that may come again. */
export const repeatable = { "idempotency-key": Schema.optional(Schema.String.annotate({ description: keyMeaning })) }

/** The same, for calls that typed clients make without headers. */
export const describesKey = (operation: Record<string, unknown>): Record<string, unknown> => ({
  ...operation,
  parameters: [
    ...(Array.isArray(operation["parameters"]) ? operation["parameters"] : []),
    { name: "idempotency-key", in: "header", required: false, schema: { type: "string" }, description: keyMeaning }
  ]
})

/** The header that says where what was made is. */
export const located = { location: Schema.String }
