/**
 * The comments of one file. Its actor writes them one after the other, each with the next seq of the file's comments,
 * and tells the watchers in that order; what is read comes from the database. Edits do not wait for comments.
 */
import { type Comment, CommentMissing, CommentsFull, type CommentsPage, type CommentWrite, FileUnavailable, Forbidden, Limits, type Principal, RequestConflict } from "@easel/protocol"
import { Comments } from "@easel/store"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Semaphore from "effect/Semaphore"
import { available } from "../available.ts"
import type { CommittedFile } from "../CommittedFile.ts"
import type { Actor } from "../FileActor.ts"
import { commentAfter, isMaking, newComment, type Now } from "./commentAfter.ts"

/** Roles may change between the look at them and the write; each time they are looked at again. */
const writeTries = 5

const notWritten = "not written" as const

interface Request {
  readonly by: Principal
}

interface WriteRequest extends Request {
  readonly requestId: string
  readonly userName: string
  readonly write: CommentWrite
}

export const make = Effect.fnUntraced(function*(fileId: string, actor: Actor) {
  const comments = yield* Comments
  const scope = yield* Effect.scope
  const oneAtATime = yield* Semaphore.make(1)

  /** Whoever asked may go away; what was written is told all the same. */
  const aside = <A, E>(effect: Effect.Effect<A, E>) =>
    Effect.flatMap(Effect.forkIn(oneAtATime.withPermits(1)(effect), scope), Fiber.join)

  const readable = Effect.fnUntraced(function*(by: Principal) {
    const file = yield* actor.confirmed
    yield* actor.require(file, by, "read")
    return file
  })

  const existing = Effect.fnUntraced(function*(commentId: string) {
    const comment = yield* comments.find(fileId, commentId)
    if (comment === undefined || comment.deleted) return yield* new CommentMissing({ commentId })
    return comment
  })

  /** The first comment of a thread that is there. */
  const existingThread = (threadId: string) =>
    Effect.filterOrFail(existing(threadId), ({ anchor }) => anchor !== null, () => new CommentMissing({ commentId: threadId }))

  const requireRoom = Effect.fnUntraced(function*(write: CommentWrite) {
    if (write.type === "thread" && (yield* comments.count({ fileId })) >= Limits.fileThreadsMax) {
      return yield* new CommentsFull({ reason: `a file has at most ${Limits.fileThreadsMax} threads` })
    }
    if (write.type === "reply" && (yield* comments.count({ threadId: write.threadId })) >= Limits.threadRepliesMax) {
      return yield* new CommentsFull({ reason: `a thread has at most ${Limits.threadRepliesMax} replies` })
    }
  })

  /** The comment as it is to be; or as it is, when that needs no write. */
  const decide = Effect.fnUntraced(function*(id: string, write: CommentWrite, now: Now) {
    if (isMaking(write)) {
      if (write.type === "reply") yield* existingThread(write.threadId)
      yield* requireRoom(write)
      return { _tag: "Other", comment: newComment(id, write, now) } as const
    }
    const before = yield* existing(write.commentId)
    if (before.threadId !== before.id) yield* existingThread(before.threadId)
    const after = commentAfter(before, write, now)
    switch (after) {
      case "unchanged":
        return { _tag: "Same", comment: before } as const
      case "forbidden":
        return yield* new Forbidden({ fileId })
      case "missing":
        return yield* new CommentMissing({ commentId: write.commentId })
      case "too many reactions":
        return yield* new CommentsFull({ reason: `a comment has at most ${Limits.commentReactionsMax} different reactions, of ${Limits.reactionUsersMax} users each` })
      default:
        return { _tag: "Other", comment: after } as const
    }
  })

  const tell = (file: CommittedFile, comment: Comment): Comment => {
    file.comment(comment)
    return comment
  }

  /** What became of a request that was made before; told once more if nobody heard of it, because its owner was cut off. */
  const madeBefore = Effect.fnUntraced(function*(file: CommittedFile, requestId: string, commentId: string) {
    const comment = yield* comments.find(fileId, commentId)
    if (comment === undefined) return yield* new RequestConflict({ requestId })
    return comment.seq > file.commentSeq ? tell(file, comment) : comment
  })

  /** Fails with `notWritten` when it was written although its answer was lost, or roles or the owner have changed meanwhile. */
  const write = Effect.fnUntraced(function*({ by, requestId, userName, write }: WriteRequest, current: Actor["confirmed"]) {
    const file = yield* current
    const ownership = { epoch: file.epoch, access: file.access }
    const { role } = yield* actor.require(file, by, "comment")
    const now = { by: { userId: by.userId, userName, role }, millis: yield* Clock.currentTimeMillis }
    const [earlier, decision] = yield* Effect.all(
      [comments.requested(fileId, requestId), Effect.result(decide(requestId, write, now))],
      { concurrency: "unbounded" }
    )
    if (earlier !== undefined) return yield* madeBefore(file, requestId, earlier)
    const decided = yield* Effect.fromResult(decision)
    if (decided._tag === "Same") return decided.comment
    const seqs = yield* comments.write({ fileId, requestId, by: by.userId, at: now.millis, write, comment: decided.comment }, ownership)
    return seqs === undefined ? yield* Effect.fail(notWritten) : tell(file, { ...decided.comment, ...seqs })
  })

  return {
    write: (request: WriteRequest) =>
      aside(Effect.suspend(() => {
        const asked = { ...request, requestId: request.requestId.toLowerCase() }
        // The write is fenced by what the actor believes, so only a refusal needs to know better.
        return Effect.catch(write(asked, actor.loaded), (error) =>
          error === notWritten || error._tag === "Forbidden" ? write(asked, actor.confirmed) : Effect.fail(error))
      }).pipe(
        Effect.retry({ while: (error) => error === notWritten, times: writeTries }),
        Effect.mapError((error) => error === notWritten ? new FileUnavailable({ fileId, reason: "its roles change all the time" }) : error)
      )).pipe(available(fileId)),

    list: ({ by, sinceSeq }: Request & { readonly sinceSeq: number }) =>
      Effect.gen(function*() {
        const { commentSeq } = yield* readable(by)
        const found = yield* comments.since(fileId, sinceSeq, Limits.pageCommentsMax + 1)
        const page = pageOf(found, sinceSeq, commentSeq)
        return { ...page, userId: by.userId, reads: yield* comments.reads(by.userId, [...new Set(page.comments.map(({ threadId }) => threadId))]) }
      }).pipe(available(fileId)),

    read: ({ by, seq, threadId }: Request & { readonly threadId: string; readonly seq: number }) =>
      Effect.gen(function*() {
        yield* readable(by)
        yield* existingThread(threadId)
        yield* comments.markRead(by.userId, threadId, seq)
      }).pipe(available(fileId)),

    unread: ({ by }: Request) => Effect.andThen(readable(by), comments.unread(fileId, by.userId)).pipe(available(fileId))
  }
})

/** As many as one frame holds with ease; `headSeq` was known before they were read. */
const pageOf = (found: ReadonlyArray<Comment>, fromSeq: number, headSeq: number): Omit<CommentsPage, "reads" | "userId"> => {
  let chars = 0
  let count = 0
  for (const comment of found) {
    chars += JSON.stringify(comment).length
    if (count === Limits.pageCommentsMax || (count > 0 && chars > Limits.pageCommentCharsMax)) break
    count++
  }
  const comments = found.slice(0, count)
  const lastSeq = comments.at(-1)?.seq ?? fromSeq
  const head = Math.max(headSeq, found.at(-1)?.seq ?? 0)
  return { comments, fromSeq, seq: count < found.length ? lastSeq : head, headSeq: head }
}
