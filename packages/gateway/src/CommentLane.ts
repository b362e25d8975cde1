/**
 * The way of comments from the sockets of one node to one file's actor. A file that moves is asked again for a while;
 * request ids make that safe.
 */
import type { Comment, CommentFrame, CommentWrite, ServerFrame } from "@easel/protocol"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Attachment } from "./Attachment.ts"
import type { FileClient } from "./FileClient.ts"
import { encode, errorFrame, unopened } from "./serverFrames.ts"

/** Calls of one file under way; more are refused with `busy` until some are answered. */
const callsMax = 256

/** Longer than a file takes to move. */
const againSchedule = Schedule.spaced("250 millis")
const againTries = 60

type Refusal = Extract<ServerFrame, { readonly type: "commented" }>["payload"]["reason"]

export class CommentLane {
  private readonly client: FileClient
  private readonly fork: (effect: Effect.Effect<void>) => void
  private underWay = 0

  constructor(client: FileClient, fork: (effect: Effect.Effect<void>) => void) {
    this.client = client
    this.fork = fork
  }

  on(attachment: Attachment, frame: CommentFrame): void {
    if (this.underWay >= callsMax) {
      if (frame.type === "comment") attachment.outbox.tell(refused(frame.requestId, "busy"))
      else if (frame.type === "comments") attachment.outbox.tell(unopened("FileBusy"))
      return
    }
    this.underWay++
    this.fork(this.call(attachment, frame).pipe(
      Effect.catchCause((cause) =>
        Effect.andThen(
          Effect.logError("A call about comments failed", cause),
          Effect.sync(() => attachment.outbox.tell(errorFrame("internal", "the server failed")))
        )),
      Effect.ensuring(Effect.sync(() => this.underWay--))
    ))
  }

  private call(attachment: Attachment, frame: CommentFrame): Effect.Effect<void> {
    switch (frame.type) {
      case "comments":
        return this.list(attachment, frame.sinceSeq)
      case "comment":
        return this.write(attachment, frame)
      case "commentsRead":
        return this.client.ReadThread({ by: attachment.editor, threadId: frame.threadId, seq: frame.seq }).pipe(again, Effect.ignore)
    }
  }

  /** Whatever is told after the call and is not in its answer follows it, or shows by its seq that something is missing. */
  private list(attachment: Attachment, sinceSeq: number): Effect.Effect<void> {
    attachment.wantsComments = true
    return this.client.ListComments({ by: attachment.editor, sinceSeq }).pipe(
      again,
      Effect.match({
        onSuccess: (page) => attachment.outbox.sendSnapshot(encode({ type: "comments", payload: page }, attachment.outbox.format)),
        onFailure: ({ _tag }) => attachment.outbox.tell(unopened(_tag))
      })
    )
  }

  private write(attachment: Attachment, { requestId, write }: { readonly requestId: string; readonly write: CommentWrite }): Effect.Effect<void> {
    const { editor, outbox } = attachment
    return this.client.WriteComment({ requestId, by: editor, userName: editor.userName, write }).pipe(
      again,
      Effect.match({
        onSuccess: (comment: Comment) => outbox.tell({ type: "commented", payload: { requestId, comment } }),
        onFailure: ({ _tag }) => outbox.tell(refused(requestId, reasonOf(_tag)))
      })
    )
  }
}

const again = <A, E extends { readonly _tag: string }>(call: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.retry(call, { while: ({ _tag }) => reasonOf(_tag) === "unavailable", schedule: againSchedule, times: againTries })

export const refused = (requestId: string, reason: NonNullable<Refusal>): ServerFrame => ({ type: "commented", payload: { requestId, reason } })

const reasonOf = (tag: string): NonNullable<Refusal> => {
  switch (tag) {
    case "Forbidden":
      return "forbidden"
    case "CommentMissing":
      return "comment_missing"
    case "CommentsFull":
      return "comments_full"
    case "RequestConflict":
      return "request_conflict"
    case "FileMissing":
    case "FileDamaged":
      return "file_missing"
    default:
      return "unavailable"
  }
}
