/** Comments: threads that are fastened to something in a file, and what is said in them. All texts are plain text. */
import { idCharsMax, isId, jsonFault } from "@easel/document"
import * as Schema from "effect/Schema"
import { commentCharsMax, commentMentionsMax, reactionCharsMax, userTextCharsMax } from "./limits.ts"

const isStorable = Schema.makeFilter((text: string) => jsonFault(text) === undefined || "holds NUL or a lone surrogate")
const Body = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(commentCharsMax), isStorable)
const UserId = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(userTextCharsMax), isStorable)
const Mentions = Schema.Array(UserId).check(Schema.isMaxLength(commentMentionsMax))
const Reaction = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(reactionCharsMax), isStorable)
const Uuid = Schema.String.check(Schema.isUUID())

const Size = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))
const Share = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))
const ObjectId = Schema.String.check(Schema.isMaxLength(idCharsMax), Schema.makeFilter((text) => isId(text) || "is not an id"))

/** `Anchor` of `@easel/document`, which says what it means. */
const Anchor = Schema.Union([
  Schema.Struct({
    kind: Schema.Literal("object"),
    objectId: ObjectId,
    x: Share,
    y: Share,
    page: Schema.Struct({ x: Schema.Finite, y: Schema.Finite })
  }),
  Schema.Struct({ kind: Schema.Literal("region"), x: Schema.Finite, y: Schema.Finite, width: Size, height: Size }),
  Schema.Struct({ kind: Schema.Literal("page"), x: Schema.Finite, y: Schema.Finite })
])

/** What requests are made of. */
export const commentFields = { anchor: Anchor, body: Body, mentions: Schema.optional(Mentions), reaction: Reaction }

/** One comment: the first of a thread, or a reply in it. */
export const Comment = Schema.Struct({
  id: Schema.String,
  /** The id of the thread's first comment: its own, unless it is a reply. */
  threadId: Schema.String,
  /** Of the first comment; `null` of a reply. */
  anchor: Schema.NullOr(Anchor),
  /** Empty once it is deleted. */
  body: Schema.String,
  /** User ids. */
  mentions: Schema.Array(Schema.String),
  reactions: Schema.Array(Schema.Struct({ reaction: Schema.String, userIds: Schema.Array(Schema.String) })),
  /** A user id, and the name that the user had. */
  createdBy: Schema.String,
  userName: Schema.String,
  /** Milliseconds since 1970. */
  createdAt: Schema.Number,
  editedAt: Schema.NullOr(Schema.Number),
  /** Of the first comment, while its thread is resolved. */
  resolvedAt: Schema.NullOr(Schema.Number),
  resolvedBy: Schema.NullOr(Schema.String),
  /** Of a first comment: its thread is gone, with all replies. */
  deleted: Schema.Boolean,
  /** Where it was made, and last changed, among the changes of the file's comments: 1, 2, 3, … */
  createdSeq: Schema.Int,
  seq: Schema.Int
})
export type Comment = typeof Comment.Type

/** What somebody does with comments. The comment that is made has the id of the request. */
export const CommentWrite = Schema.Union([
  Schema.Struct({ type: Schema.Literal("thread"), anchor: Anchor, body: Body, mentions: commentFields.mentions }),
  Schema.Struct({ type: Schema.Literal("reply"), threadId: Uuid, body: Body, mentions: commentFields.mentions }),
  Schema.Struct({ type: Schema.Literal("edit"), commentId: Uuid, body: Body, mentions: commentFields.mentions }),
  Schema.Struct({ type: Schema.Literal("move"), commentId: Uuid, anchor: Anchor }),
  // One literal each: calls between nodes tell the members of a union apart by it.
  Schema.Struct({ type: Schema.Literal("delete"), commentId: Uuid }),
  Schema.Struct({ type: Schema.Literal("resolve"), commentId: Uuid }),
  Schema.Struct({ type: Schema.Literal("reopen"), commentId: Uuid }),
  Schema.Struct({ type: Schema.Literal("react"), commentId: Uuid, reaction: Reaction }),
  Schema.Struct({ type: Schema.Literal("unreact"), commentId: Uuid, reaction: Reaction })
])
export type CommentWrite = typeof CommentWrite.Type

/** Comments that changed after `fromSeq`, each as it is now, in the order of their seqs. */
export const CommentsPage = Schema.Struct({
  comments: Schema.Array(Comment),
  fromSeq: Schema.Int,
  /** Who has everything up to `fromSeq` and takes this has everything up to here. */
  seq: Schema.Int,
  /** The last change there is; the next page begins after `seq` when that is lower. */
  headSeq: Schema.Int,
  /** Who asks. */
  userId: Schema.String,
  /** How far he has read those threads of the page in which he has read anything. */
  reads: Schema.Array(Schema.Struct({ threadId: Schema.String, seq: Schema.Int }))
})
export type CommentsPage = typeof CommentsPage.Type

/** What a user has not read in a file. His own comments count as read. */
export const UnreadComments = Schema.Struct({ threads: Schema.Int, comments: Schema.Int, mentions: Schema.Int })
export type UnreadComments = typeof UnreadComments.Type
