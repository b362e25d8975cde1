/** What can be wrong with a call about comments. Nothing was written. */
import * as Schema from "effect/Schema"

/** The file has no such comment, or has it no more. */
export class CommentMissing extends Schema.TaggedError<CommentMissing>()("CommentMissing", { commentId: Schema.String }) {}

/** There are as many as there may be. */
export class CommentsFull extends Schema.TaggedError<CommentsFull>()("CommentsFull", { reason: Schema.String }) {}
