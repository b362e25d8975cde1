/**
 * The comments of a file, as an editor of it knows them. Nothing is known until `follow` is called; then the threads
 * are kept up to date. What is written is sent again after every loss of connection until the server has answered.
 * Other than edits, comments do not outlive the page before that.
 */
import { type Anchor, jsonFault } from "@easel/document"
import { type Comment, type CommentRefusal, type CommentWrite, Limits, type ServerFrame } from "@easel/protocol/editor"
import { newId } from "./newId.ts"

export interface Thread {
  readonly id: string
  readonly anchor: Anchor
  readonly resolved: boolean
  /** Whether others have said something since the user has read it. */
  readonly unread: boolean
  /** The first one and the replies, oldest first. */
  readonly comments: ReadonlyArray<Comment>
}

/** The server did not write a comment. */
export class CommentRefused extends Error {
  readonly reason: CommentRefusal | "closed" | "invalid"

  constructor(reason: CommentRefused["reason"], message: string) {
    super(message)
    this.reason = reason
  }
}

type CommentFrames = Extract<ServerFrame, { readonly type: "comments" | "comment" | "commented" }>

interface Waiting {
  readonly write: CommentWrite
  readonly resolve: (comment: Comment) => void
  readonly reject: (error: CommentRefused) => void
}

/** Before a write that the server could not take is sent again, in milliseconds. */
const againMillis = 1_000

export class Comments {
  private readonly send: (type: string, payload: unknown) => void
  private readonly changed: (threads: ReadonlyArray<Thread>) => void
  /** Deleted ones as well, so that older news of them come to nothing. */
  private readonly byId = new Map<string, Comment>()
  private readonly reads = new Map<string, number>()
  private readonly unsentReads = new Map<string, number>()
  private readonly waiting = new Map<string, Waiting>()
  private readonly timers = new Set<ReturnType<typeof setTimeout>>()
  private following = false
  private online = false
  private asking = false
  /** Everything up to here is known, and there is something up to there. */
  private seq = 0
  private heardSeq = 0
  private me: string | undefined
  private listed: ReadonlyArray<Thread> | undefined

  constructor(send: (type: string, payload: unknown) => void, changed: (threads: ReadonlyArray<Thread>) => void) {
    this.send = send
    this.changed = changed
  }

  /** Asks for all comments and keeps them up to date; `comments` events tell. */
  follow(): void {
    this.following = true
    this.ask()
  }

  /** Oldest first. */
  get threads(): ReadonlyArray<Thread> {
    return this.listed ??= this.list()
  }

  /** The user, as the server knows him; known once the threads are. */
  get userId(): string | undefined {
    return this.me
  }

  /** Begins a thread. Resolves when it is durable, as all of these do, or rejects with `CommentRefused`. */
  create(anchor: Anchor, body: string, mentions: ReadonlyArray<string> = []): Promise<Comment> {
    return this.write({ type: "thread", anchor, body, mentions })
  }

  reply(threadId: string, body: string, mentions: ReadonlyArray<string> = []): Promise<Comment> {
    return this.write({ type: "reply", threadId, body, mentions })
  }

  edit(commentId: string, body: string, mentions: ReadonlyArray<string> = []): Promise<Comment> {
    return this.write({ type: "edit", commentId, body, mentions })
  }

  /** The first comment of a thread takes the thread with it. */
  delete(commentId: string): Promise<Comment> {
    return this.write({ type: "delete", commentId })
  }

  move(threadId: string, anchor: Anchor): Promise<Comment> {
    return this.write({ type: "move", commentId: threadId, anchor })
  }

  resolve(threadId: string): Promise<Comment> {
    return this.write({ type: "resolve", commentId: threadId })
  }

  reopen(threadId: string): Promise<Comment> {
    return this.write({ type: "reopen", commentId: threadId })
  }

  react(commentId: string, reaction: string): Promise<Comment> {
    return this.write({ type: "react", commentId, reaction })
  }

  unreact(commentId: string, reaction: string): Promise<Comment> {
    return this.write({ type: "unreact", commentId, reaction })
  }

  /** The user has read what is said in the thread so far. */
  markRead(threadId: string): void {
    const thread = this.threads.find(({ id }) => id === threadId)
    if (thread?.unread !== true) return
    const seq = Math.max(...thread.comments.map(({ seq }) => seq))
    this.reads.set(threadId, seq)
    if (this.online) this.send("commentsRead", { threadId, seq })
    else this.unsentReads.set(threadId, seq)
    this.tell()
  }

  // ---- inside ---------------------------------------------------------------------------------------------------

  onFrame(frame: CommentFrames): void {
    switch (frame.type) {
      case "comments":
        return this.onPage(frame.payload)
      case "comment":
        return this.onComment(frame.payload.comment)
      case "commented":
        return this.onAnswer(frame.payload)
    }
  }

  /** There is a connection: what has no answer is sent, and what was missed is asked for. */
  resume(): void {
    this.online = true
    this.asking = false
    this.ask()
    for (const [threadId, seq] of this.unsentReads) this.send("commentsRead", { threadId, seq })
    this.unsentReads.clear()
    for (const [requestId, { write }] of this.waiting) this.send("comment", { requestId, write })
  }

  pause(): void {
    this.online = false
  }

  /** Nothing is sent any more. */
  stop(): void {
    this.pause()
    for (const timer of this.timers) clearTimeout(timer)
    for (const { reject } of this.waiting.values()) reject(new CommentRefused("closed", "the file was closed before the server had the comment"))
    this.waiting.clear()
  }

  private write(write: CommentWrite): Promise<Comment> {
    const fault = faultIn(write)
    if (fault !== undefined) return Promise.reject(new CommentRefused("invalid", fault))
    const requestId = newId()
    return new Promise((resolve, reject) => {
      this.waiting.set(requestId, { write, resolve, reject })
      if (this.online) this.send("comment", { requestId, write })
    })
  }

  private ask(): void {
    if (!this.following || !this.online || this.asking) return
    this.asking = true
    this.send("comments", { sinceSeq: this.seq })
  }

  private onPage({ comments, fromSeq, headSeq, reads, seq, userId }: Extract<CommentFrames, { readonly type: "comments" }>["payload"]): void {
    this.heardSeq = Math.max(this.heardSeq, headSeq)
    if (fromSeq <= this.seq) {
      this.asking = false
      this.seq = Math.max(this.seq, seq)
      this.me = userId ?? this.me
      for (const read of reads) this.reads.set(read.threadId, Math.max(read.seq, this.reads.get(read.threadId) ?? 0))
      for (const comment of comments) this.take(comment)
      this.tell()
    }
    if (this.seq < this.heardSeq) this.ask()
  }

  private onComment(comment: Comment): void {
    this.take(comment)
    this.heardSeq = Math.max(this.heardSeq, comment.seq)
    if (comment.seq === this.seq + 1) this.seq = comment.seq
    else if (comment.seq > this.seq) this.ask()
    this.tell()
  }

  private onAnswer({ comment, reason, requestId }: Extract<CommentFrames, { readonly type: "commented" }>["payload"]): void {
    const waiting = this.waiting.get(requestId)
    if (waiting === undefined) return
    if (reason === "busy" || reason === "unavailable") return this.sendAgain(requestId, waiting)
    this.waiting.delete(requestId)
    if (comment === undefined) return waiting.reject(new CommentRefused(reason ?? "unavailable", `the server refused the comment: ${reason}`))
    if (this.following) {
      this.take(comment)
      this.tell()
    }
    waiting.resolve(comment)
  }

  private sendAgain(requestId: string, { write }: Waiting): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer)
      if (this.online && this.waiting.has(requestId)) this.send("comment", { requestId, write })
    }, againMillis)
    this.timers.add(timer)
  }

  private take(comment: Comment): void {
    const known = this.byId.get(comment.id)
    if (known === undefined || known.seq < comment.seq) this.byId.set(comment.id, comment)
  }

  private tell(): void {
    this.listed = undefined
    this.changed(this.threads)
  }

  private list(): ReadonlyArray<Thread> {
    const byThread = new Map<string, Array<Comment>>()
    const all = [...this.byId.values()].filter(({ deleted }) => !deleted).sort((a, b) => a.createdSeq - b.createdSeq)
    for (const comment of all) {
      if (comment.anchor !== null) byThread.set(comment.id, [comment])
      else byThread.get(comment.threadId)?.push(comment)
    }
    return [...byThread.values()].flatMap((comments): ReadonlyArray<Thread> => {
      const [first] = comments
      if (first === undefined || first.anchor === null) return []
      const readSeq = this.reads.get(first.id) ?? 0
      const unread = comments.some(({ createdBy, createdSeq }) => createdBy !== this.me && createdSeq > readSeq)
      return [{ id: first.id, anchor: first.anchor, resolved: first.resolvedAt !== null, unread, comments }]
    })
  }
}

/** What the server would not read (N7). */
const faultIn = (write: CommentWrite): string | undefined => {
  if ("body" in write) {
    if (write.body === "" || write.body.length > Limits.commentCharsMax) return `a comment has 1 to ${Limits.commentCharsMax} characters`
    if ((write.mentions?.length ?? 0) > Limits.commentMentionsMax) return `a comment mentions at most ${Limits.commentMentionsMax} users`
  }
  if ("reaction" in write && (write.reaction === "" || write.reaction.length > Limits.reactionCharsMax)) {
    return `a reaction has 1 to ${Limits.reactionCharsMax} characters`
  }
  return jsonFault(write) === undefined ? undefined : "a comment holds no NUL, no lone surrogate and no number that is not finite"
}
