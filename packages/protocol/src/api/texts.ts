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


/** The header that says where what was made is. */
export const located = { location: Schema.String }
