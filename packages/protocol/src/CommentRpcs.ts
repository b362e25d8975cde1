/**
 * The typed calls of comments. Every write has a `requestId`, a UUID: who repeats it gets the comment as it is by then
 * and changes nothing more. Watchers of the file hear of each change (`CommentChanged`).
 */
import * as Rpc from "effect/rpc/Rpc"
import * as RpcGroup from "effect/rpc/RpcGroup"
import * as Schema from "effect/Schema"
import { CommentMissing, CommentsFull } from "./commentErrors.ts"
import { Comment, CommentsPage, CommentWrite, UnreadComments } from "./comments.ts"
import { PrincipalSchema } from "./EditingRpcs.ts"
import { absences, Forbidden } from "./fileErrors.ts"
import { RequestConflict } from "./versionErrors.ts"

/** Makes a comment or changes one, and answers with it when it is durable. */
const WriteComment = Rpc.make("WriteComment", {
  payload: { requestId: Schema.String.check(Schema.isUUID()), by: PrincipalSchema, userName: Schema.String, write: CommentWrite },
  success: Comment,
  error: Schema.Union([...absences, Forbidden, CommentMissing, CommentsFull, RequestConflict])
})

/** What changed after a seq; from 0 on, all that there is. */
const ListComments = Rpc.make("ListComments", {
  payload: { by: PrincipalSchema, sinceSeq: Schema.Int },
  success: CommentsPage,
  error: Schema.Union([...absences, Forbidden])
})

/** The user has read a thread up to a seq. What was read stays read. */
const ReadThread = Rpc.make("ReadThread", {
  payload: { by: PrincipalSchema, threadId: Schema.String, seq: Schema.Int },
  error: Schema.Union([...absences, Forbidden, CommentMissing])
})

const CountUnread = Rpc.make("CountUnread", {
  payload: { by: PrincipalSchema },
  success: UnreadComments,
  error: Schema.Union([...absences, Forbidden])
})

export const CommentRpcs = RpcGroup.make(WriteComment, ListComments, ReadThread, CountUnread)
