/**
 * What a comment is after something was done with it, or why that may not be. Pure: it looks at the comment as it is,
 * at who does it, and at the clock.
 */
import { type Comment, type CommentWrite, Limits, may, type Role } from "@easel/protocol"

/** A comment as it will be, before its change has a seq. */
export type CommentState = Omit<Comment, "seq" | "createdSeq">

/** Why something is not done. `unchanged`: it is that way already. */
export type CommentRefusal = "forbidden" | "missing" | "unchanged" | "too many reactions"

export interface Author {
  readonly userId: string
  readonly userName: string
  readonly role: Role
}

export interface Now {
  readonly by: Author
  /** Milliseconds since 1970. */
  readonly millis: number
}

type Making = Extract<CommentWrite, { readonly type: "thread" | "reply" }>
export type Changing = Exclude<CommentWrite, Making>

export const isMaking = (write: CommentWrite): write is Making => write.type === "thread" || write.type === "reply"

export const newComment = (id: string, write: Making, { by, millis }: Now): CommentState => ({
  id,
  threadId: write.type === "thread" ? id : write.threadId.toLowerCase(),
  anchor: write.type === "thread" ? write.anchor : null,
  body: write.body,
  mentions: distinct(write.mentions),
  reactions: [],
  createdBy: by.userId,
  userName: by.userName,
  createdAt: millis,
  editedAt: null,
  resolvedAt: null,
  resolvedBy: null,
  deleted: false
})

/** Only its author changes what a comment says; an owner of the file may delete it, and an editor may move a thread. */
export const commentAfter = (comment: CommentState, write: Changing, { by, millis }: Now): CommentState | CommentRefusal => {
  const isAuthor = comment.createdBy === by.userId
  const isFirst = comment.anchor !== null
  switch (write.type) {
    case "edit":
      return isAuthor ? { ...comment, body: write.body, mentions: distinct(write.mentions), editedAt: millis } : "forbidden"
    case "delete":
      return isAuthor || may(by.role, "share") ? { ...comment, body: "", mentions: [], reactions: [], deleted: true } : "forbidden"
    case "move":
      if (!isFirst) return "missing"
      return isAuthor || may(by.role, "edit") ? { ...comment, anchor: write.anchor } : "forbidden"
    case "resolve":
      if (!isFirst) return "missing"
      return comment.resolvedAt === null ? { ...comment, resolvedAt: millis, resolvedBy: by.userId } : "unchanged"
    case "reopen":
      if (!isFirst) return "missing"
      return comment.resolvedAt === null ? "unchanged" : { ...comment, resolvedAt: null, resolvedBy: null }
    case "react":
    case "unreact":
      return reacted(comment, write.reaction, by.userId, write.type === "react")
  }
}

/** Reactions stand in the order in which they were first given. */
const reacted = (comment: CommentState, reaction: string, userId: string, given: boolean): CommentState | CommentRefusal => {
  const { reactions } = comment
  const userIds = reactions.find((other) => other.reaction === reaction)?.userIds ?? []
  if (userIds.includes(userId) === given) return "unchanged"
  if (!given) {
    const fewer = { reaction, userIds: userIds.filter((other) => other !== userId) }
    return { ...comment, reactions: reactions.flatMap((other) => other.reaction !== reaction ? [other] : fewer.userIds.length > 0 ? [fewer] : []) }
  }
  const isNew = userIds.length === 0
  if (isNew ? reactions.length >= Limits.commentReactionsMax : userIds.length >= Limits.reactionUsersMax) return "too many reactions"
  const more = { reaction, userIds: [...userIds, userId] }
  return { ...comment, reactions: isNew ? [...reactions, more] : reactions.map((other) => other.reaction === reaction ? more : other) }
}

const distinct = (userIds: ReadonlyArray<string> = []): ReadonlyArray<string> => [...new Set(userIds)]
