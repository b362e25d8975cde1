/** Comments over HTTP, through the file's actor, and where one is mentioned in all files. */
import { commentFields, type CommentWrite, Limits, problem } from "@easel/protocol"
import { CommentChange, NewReply, NewThread, type PageQuery, ReadUpTo } from "@easel/protocol/api"
import { Comments } from "@easel/store"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { askedFile } from "./askedFile.ts"
import { accountOf } from "./auth/requestCaller.ts"
import { fail, fileProblem } from "./httpProblems.ts"
import { madeId, once } from "./keyedRequest.ts"
import { askedPage } from "./listPage.ts"
import { bodyBy } from "./requestBody.ts"
import { isUuid } from "./requestPath.ts"
import { whileMoving } from "./whileMoving.ts"

const noSuchComment = fail(problem(404, "the file has no comment with this id"))

const namedComment = Effect.gen(function*() {
  const { commentId = "" } = yield* HttpRouter.params
  return isUuid(commentId) ? commentId.toLowerCase() : yield* noSuchComment
})

type Failure = Parameters<typeof fileProblem>[0] | { readonly _tag: "CommentMissing" } | { readonly _tag: "CommentsFull"; readonly reason: string } | { readonly _tag: "RequestConflict" }

const answered = <A, E extends Failure, R>(call: Effect.Effect<A, E, R>) =>
  Effect.catch(whileMoving(call), (error: Failure) => {
    switch (error._tag) {
      case "CommentMissing":
        return noSuchComment
      case "CommentsFull":
        return fail(problem(409, error.reason))
      case "RequestConflict":
        return fail(problem(409, "the requestId is that of another request"))
      default:
        return fileProblem(error)
    }
  })

const written = Effect.fnUntraced(function*(write: CommentWrite, requestId: string = crypto.randomUUID()) {
  const { by, file, userName } = yield* askedFile
  return yield* answered(file.WriteComment({ requestId, by, userName, write }))
})

/** All that changed after `sinceSeq`, in pages. */
export const listComments = Effect.fnUntraced(function*(query: { readonly sinceSeq?: string | undefined }) {
  const sinceSeq = Number(query.sinceSeq ?? 0)
  if (!Number.isSafeInteger(sinceSeq) || sinceSeq < 0) return yield* fail(problem(400, "sinceSeq is a whole number from 0"))
  const { by, file, fileId } = yield* askedFile
  const page = yield* answered(file.ListComments({ by, sinceSeq }))
  const headers = page.seq < page.headSeq ? { link: `</api/files/${fileId}/comments?sinceSeq=${page.seq}>; rel="next"` } : {}
  return HttpApiSchema.withHeaders({ body: page, headers })
})

export const createThread = once(Effect.gen(function*() {
  const { requestId, ...thread } = yield* bodyBy(NewThread)
  return yield* written({ type: "thread", ...thread }, requestId ?? (yield* madeId))
}))

export const createReply = once(Effect.gen(function*() {
  const threadId = yield* namedComment
  const { requestId, ...reply } = yield* bodyBy(NewReply)
  return yield* written({ type: "reply", threadId, ...reply }, requestId ?? (yield* madeId))
}))

export const changeComment = Effect.gen(function*() {
  const commentId = yield* namedComment
  const { requestId, ...change } = yield* bodyBy(CommentChange)
  const write: CommentWrite = "resolved" in change
    ? { type: change.resolved ? "resolve" : "reopen", commentId }
    : "anchor" in change
    ? { type: "move", commentId, anchor: change.anchor }
    : { type: "edit", commentId, ...change }
  return yield* written(write, requestId)
})

export const removeComment = Effect.gen(function*() {
  yield* written({ type: "delete", commentId: yield* namedComment })
})

export const react = Effect.fnUntraced(function*(type: "react" | "unreact") {
  const commentId = yield* namedComment
  const { reaction } = yield* HttpRouter.params
  if (!Schema.is(commentFields.reaction)(reaction)) return yield* fail(problem(400, `a reaction is a text of 1 to ${Limits.reactionCharsMax} characters`))
  return yield* written({ type, commentId, reaction })
})

export const markRead = Effect.gen(function*() {
  const threadId = yield* namedComment
  const { seq } = yield* bodyBy(ReadUpTo)
  const { by, file } = yield* askedFile
  yield* answered(file.ReadThread({ by, threadId, seq }))
})

export const countUnread = Effect.gen(function*() {
  const { by, file } = yield* askedFile
  return yield* answered(file.CountUnread({ by }))
})

/** Newest first, of files in which the caller has a role of his own or his team's. */
export const listMentions = Effect.fnUntraced(function*(query: PageQuery) {
  const { after, answer, take } = yield* askedPage(query)
  const { identity, principal } = yield* accountOf
  const comments = yield* Comments
  const everywhere = identity === undefined || identity.isAdmin === true
  const before = after === undefined ? undefined : { createdAt: after.createdAt, commentId: after.id }
  const found = yield* comments.mentionsOf(principal.userId, take, { before, everywhere })
  const { headers, shown } = answer(found.map((mention) => ({ id: mention.commentId, createdAt: mention.createdAt, mention })))
  const mentions = shown.map(({ mention }) => mention)
  return HttpApiSchema.withHeaders({ body: { unread: yield* comments.unreadMentionsOf(principal.userId, everywhere), mentions }, headers })
})
