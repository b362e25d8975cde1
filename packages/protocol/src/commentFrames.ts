/** What an editor sends about comments. Whole frames are decoded by `editorFrame.ts`. */
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import { CommentWrite } from "./comments.ts"

const Seq = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Uuid = Schema.String.check(Schema.isUUID())

const Asked = Schema.Struct({ sinceSeq: Schema.optional(Seq) })
const Written = Schema.Struct({ requestId: Uuid, write: CommentWrite })
const Read = Schema.Struct({ threadId: Uuid, seq: Seq })

export type CommentFrame =
  /** Asks for what changed after a seq, and to be told from then on. */
  | { readonly type: "comments"; readonly sinceSeq: number }
  | ({ readonly type: "comment" } & typeof Written.Type)
  /** The user has read a thread up to a seq. */
  | ({ readonly type: "commentsRead" } & typeof Read.Type)

/** The shape that was expected, when it is another. */
export const decodeCommentFrame = (type: CommentFrame["type"], payload: unknown): CommentFrame | { readonly expected: string } => {
  switch (type) {
    case "comments": {
      const asked = decodeAsked(payload)
      return Exit.isSuccess(asked) ? { type, sinceSeq: asked.value.sinceSeq ?? 0 } : { expected: "{sinceSeq?: a whole number from 0}" }
    }
    case "comment": {
      const written = decodeWritten(payload)
      return Exit.isSuccess(written) ? { type, ...written.value } : { expected: "{requestId: UUID, write: {type, ...}} as N3 and N7 say" }
    }
    case "commentsRead": {
      const read = decodeRead(payload)
      return Exit.isSuccess(read) ? { type, ...read.value } : { expected: "{threadId: UUID, seq: a whole number from 0}" }
    }
  }
}

const decodeAsked = Schema.decodeUnknownExit(Asked)
const decodeWritten = Schema.decodeUnknownExit(Written)
const decodeRead = Schema.decodeUnknownExit(Read)
