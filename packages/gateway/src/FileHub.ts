/**
 * What one gateway node knows of one file: one watch stream, fanned out to the sockets of this node, and one lane each
 * for their operations and presence. A broken stream is opened again from the last seq seen; events of an older epoch
 * than the last one are dropped, because their owner has been replaced.
 */
import { type Committed, type FileDamaged, type FileMissing, FileUnavailable, type Mode, type PresenceChanged, type Saving, type ServerFrame, type WatchEvent } from "@easel/protocol"
import type { Access } from "@easel/store"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import type { Attachment } from "./Attachment.ts"
import { CommentLane } from "./CommentLane.ts"
import { EventFrames } from "./EventFrames.ts"
import type { FileClient } from "./FileClient.ts"
import { PresenceLane } from "./PresenceLane.ts"
import { SharedFrame, unopened } from "./serverFrames.ts"
import { type Envelope, SubmitLane } from "./SubmitLane.ts"
import { squashed } from "./squashed.ts"
import { syncFrame } from "./syncFrame.ts"
import { TentativeLane } from "./TentativeLane.ts"

/** Before a broken watch is opened again: short at first, because files move; doubled each time it does not come alive. */
const rewatchMillis = { base: 20, whileMoving: 100, max: 1_000 }

/** Failures in a row after which a file is not just moving. */
const movingTriesMax = 30

const rewatchPause = (failures: number): number =>
  Math.min(failures < movingTriesMax ? rewatchMillis.whileMoving : rewatchMillis.max, rewatchMillis.base * 2 ** failures)
const joinSchedule = Schedule.min([Schedule.exponential("50 millis", 2), Schedule.spaced("250 millis")]).pipe(Schedule.jittered)

/** How long a join is tried before the editor is told that the file is not available: longer than a file takes to move. */
const joinDeadline = "15 seconds"

/** Why a join is not tried again. */
const finalTags: ReadonlySet<string> = new Set(["FileMissing", "FileDamaged", "Forbidden"])

export interface HubOptions {
  readonly fileId: string
  readonly gatewayId: string
  readonly client: FileClient
  readonly access: Access["Service"]
  readonly fork: (effect: Effect.Effect<void>) => void
  readonly observe: (envelope: Envelope) => void
}

export class FileHub {
  readonly fileId: string
  readonly submissions: SubmitLane
  readonly presence: PresenceLane
  readonly comments: CommentLane
  private readonly tentative: TentativeLane
  private readonly options: HubOptions
  private readonly attachments = new Set<Attachment>()
  /** The clients that editors here were told of. */
  private readonly shown = new Set<string>()
  /** Done when the watch is live, failed when there is nothing to watch; then a new one stands for the next try. */
  private live = Deferred.makeUnsafe<void, FileMissing | FileDamaged>()
  private epoch = 0
  private seq: number | undefined
  /** Whether the watch is not live. */
  private isCutOff = false
  /** What editors were told last. */
  private told: Mode = "normal"
  /** Its editors were told that it is. */
  private isDamaged = false
  /** Watches in a row that did not come alive. */
  private failures = 0
  private name: string | undefined
  /** How often roles may have changed, so that an answer to a join knows that it is old. */
  private roleChanges = 0

  constructor(options: HubOptions) {
    this.options = options
    this.fileId = options.fileId
    this.submissions = new SubmitLane(options.client, options.fork, options.observe)
    this.presence = new PresenceLane(options.gatewayId, options.client, options.fork)
    this.comments = new CommentLane(options.client, options.fork)
    this.tentative = new TentativeLane(options.client, options.fork)
  }

  get size(): number {
    return this.attachments.size
  }

  /** Adds an editor, in place of an older socket of the same client, and sends it `sync`, from `sinceSeq` on if that can be served. */
  attach(attachment: Attachment, sinceSeq: number | undefined): Effect.Effect<boolean> {
    const { clientId } = attachment.editor
    for (const other of this.attachments) {
      if (other.editor.clientId !== clientId) continue
      this.attachments.delete(other)
      other.outbox.closeReplaced()
    }
    this.attachments.add(attachment)
    this.presence.rejoin(clientId)
    if (this.told !== "normal") attachment.outbox.tell(statusFrame(this.told))
    return this.sync(attachment, sinceSeq)
  }

  /** Takes operations on their way to the log, or refuses them: then all that follow on the connection, too. */
  submit(envelope: Envelope): boolean {
    const { attachment } = envelope
    if (this.tentative.saving === "readonly") attachment.wasRefused = true
    if (attachment.wasRefused) return false
    attachment.unacknowledged += envelope.results.length
    this.submissions.push(envelope)
    this.tentative.push(envelope)
    return true
  }

  /** Removes an editor and gives up its seat, unless it has already come back on another socket. */
  detach(attachment: Attachment): void {
    if (this.attachments.delete(attachment)) this.presence.leave(attachment.editor.clientId)
  }

  /** The user behind a client id that is in use here. */
  userOf(clientId: string): string | undefined {
    for (const { editor } of this.attachments) if (editor.clientId === clientId) return editor.userId
    return undefined
  }

  /** Everything up to here has been handed to the sockets. */
  get watchedSeq(): number {
    return this.seq ?? 0
  }

  /** Roles may have changed: every editor here hears of his own, or is sent away. */
  readonly regrant: Effect.Effect<void> = Effect.suspend(() => {
    const attachments = [...this.attachments]
    if (attachments.length === 0) return Effect.void
    return Effect.map(this.options.access.rolesOf(this.fileId, attachments.map(({ editor }) => editor)), (held) => {
      attachments.forEach((attachment, index) => attachment.regrant(held[index]?.role, held[index]?.untilMillis))
    })
  }).pipe(Effect.retry(Schedule.spaced("1 second")), Effect.orDie)

  regrantSoon(): void {
    this.roleChanges++
    this.options.fork(this.regrant)
  }

  /** Watches the file until interrupted. */
  get watch(): Effect.Effect<void> {
    return Effect.forever(Effect.suspend(() => this.watchOnce))
  }

  private get watchOnce(): Effect.Effect<void> {
    const { client, gatewayId } = this.options
    const editors = [...this.attachments].map(({ editor }) => editor)
    const since = this.seq === undefined ? {} : { sinceSeq: this.seq }
    return client.Watch({ gatewayId, editors, shown: [...this.shown], ...since }).pipe(
      Stream.runForEach((event) =>
        this.isStale(event)
          ? Effect.fail(new FileUnavailable({ fileId: this.fileId, reason: "a former owner answers" }))
          : Effect.sync(() => this.onEvent(event))),
      Effect.tapErrorTag(["FileMissing", "FileDamaged"], (error) =>
        Effect.sync(() => {
          Deferred.doneUnsafe(this.live, Effect.fail(error))
          this.live = Deferred.makeUnsafe()
          if (error._tag === "FileMissing") this.sendAway()
          else this.tellDamaged()
        })),
      // An interrupt that arrives here is the actor's, which is moving; one of this fiber is never caught.
      Effect.catchCause((cause) =>
        Effect.logDebug("A watch stream ended and is opened again", { fileId: this.fileId, cause: Cause.pretty(cause) })),
      Effect.andThen(Effect.sync(() => {
        this.isCutOff = true
        this.tellStatus()
      })),
      Effect.andThen(Effect.suspend(() => Effect.sleep(rewatchPause(this.failures++))))
    )
  }

  /** The file has gone into the trash. Who only waits for it is told so by its answer. */
  private sendAway(): void {
    for (const attachment of this.attachments) if (attachment.hasSynced) attachment.outbox.closeMissing()
  }

  /** Those who had it open hear once that there is no use in waiting. */
  private tellDamaged(): void {
    if (this.isDamaged) return
    this.isDamaged = true
    for (const { hasSynced, outbox } of this.attachments) if (hasSynced) outbox.tell(unopened("FileDamaged"))
  }

  /** Whether it comes from an owner that has been replaced and does not know it yet. */
  private isStale(answer: WatchEvent | { readonly epoch: number }): boolean {
    return "epoch" in answer && answer.epoch < this.epoch
  }

  private onEvent(event: WatchEvent): void {
    switch (event._tag) {
      case "Live":
        if (event.epoch > this.epoch) this.presence.repeat()
        this.epoch = Math.max(this.epoch, event.epoch)
        this.advance(event.seq)
        for (const clientId of event.present) this.shown.add(clientId)
        this.rename(event.name)
        this.tellComments(commentsUpTo(event.commentSeq))
        this.failures = 0
        this.isCutOff = false
        this.isDamaged = false
        this.tentative.forget()
        this.changeSaving(event.saving)
        Deferred.doneUnsafe(this.live, Effect.void)
        return
      case "Lost":
        this.advance(event.seq)
        for (const attachment of this.attachments) this.options.fork(Effect.asVoid(this.sync(attachment, undefined)))
        return
      case "Committed":
        if (this.seq !== undefined && event.seq <= this.seq) return
        this.epoch = event.epoch
        this.tentative.forget()
        this.committed(event)
        return
      case "Tentative":
        this.tentative.show(event, this.attachments)
        return
      case "SavingChanged":
        this.changeSaving(event.saving)
        return
      case "PresenceChanged":
        for (const { author } of event.parts) this.shown.add(author)
        for (const clientId of event.left) this.shown.delete(clientId)
        this.fanOut(event)
        return
      case "Renamed":
        this.rename(event.name)
        return
      case "CommentChanged":
        this.tellComments({ type: "comment", payload: { comment: event.comment } })
    }
  }

  private rename(name: string): void {
    const before = this.name
    this.name = name
    if (before === undefined || before === name) return
    const frame = new SharedFrame({ type: "renamed", payload: { name } })
    for (const attachment of this.attachments) attachment.rename(frame)
  }

  private tellComments(frame: ServerFrame): void {
    const shared = new SharedFrame(frame)
    for (const attachment of this.attachments) attachment.comment(shared)
  }

  private fanOut(event: Committed | PresenceChanged): void {
    const frames = new EventFrames(event)
    for (const attachment of this.attachments) attachment.deliver(event, frames)
  }

  /** A sender is told what others did and that its own is saved in one write: most are senders in a busy file. */
  private committed(event: Committed): void {
    const { senders } = this.submissions
    for (const { outbox } of senders) outbox.cork()
    try {
      this.fanOut(event)
      this.advance(event.seq)
    } finally {
      for (const { outbox } of senders) outbox.uncork()
    }
  }

  private advance(seq: number): void {
    this.seq = seq
    this.submissions.watched(seq)
  }

  private changeSaving(saving: Saving): void {
    this.tentative.change(saving, this.submissions.unanswered)
    this.tellStatus()
  }

  private tellStatus(): void {
    const mode = this.isCutOff ? "degraded" : this.tentative.saving
    if (mode === this.told) return
    this.told = mode
    const frame = new SharedFrame(statusFrame(mode))
    for (const { outbox } of this.attachments) outbox.send(frame.in(outbox.format))
  }

  /** Sends an attachment what follows a seq: the newest of each register in an ordinary operation frame, if it is not too much. */
  readonly resync = (attachment: Attachment, sinceSeq: number): void => {
    this.options.fork(Effect.asVoid(this.sync(attachment, sinceSeq, "operations")))
  }

  /** Events are held from before the call, so whatever the answer does not contain follows it. */
  private sync(attachment: Attachment, sinceSeq: number | undefined, as: "sync" | "operations" = "sync"): Effect.Effect<boolean> {
    const { client, gatewayId } = this.options
    attachment.hold()
    const { compressed, editor, outbox } = attachment
    const { format } = outbox
    const since = sinceSeq === undefined ? {} : { sinceSeq }
    return Effect.gen({ self: this }, function*() {
      yield* Deferred.await(this.live)
      const { roleChanges } = this
      const joined = yield* client.Join({ gatewayId, format, compressed, ...editor, ...since }).pipe(
        Effect.filterOrFail(
          (answer) => !this.isStale(answer),
          () => new FileUnavailable({ fileId: this.fileId, reason: "a former owner answers" })
        ),
        Effect.retry({ while: (error) => !finalTags.has(error._tag), schedule: joinSchedule })
      )
      const serverTime = yield* Clock.currentTimeMillis
      if (as === "sync" || joined.snapshot !== undefined) {
        attachment.grant(joined.role, joined.roleUntil)
        outbox.sendSnapshot(syncFrame(joined, this.fileId, sinceSeq ?? 0, { clientId: editor.clientId, serverTime, format, access: attachment.access }))
      }
      if ((as === "operations" || joined.snapshot !== undefined) && joined.missed !== undefined && joined.missed.parts.length > 0) {
        // The tail of a shared snapshot, or what a slow socket missed, with what the editor itself wrote.
        const missed = as === "operations" ? squashed(joined.missed) : joined.missed
        outbox.sendSnapshot(new EventFrames(missed).whole(format))
      }
      attachment.regrant(joined.role, joined.roleUntil)
      attachment.synced(joined.seq)
      this.tentative.showAll(attachment)
      if (roleChanges !== this.roleChanges) this.regrantSoon()
      return true
    }).pipe(
      Effect.timeout(joinDeadline),
      Effect.catch((error) =>
        Effect.sync(() => {
          if (error._tag === "Forbidden" && attachment.hasSynced) attachment.outbox.closeForbidden()
          else attachment.outbox.tell(unopened(error._tag))
          return false
        }))
    )
  }
}

const statusFrame = (mode: Mode): ServerFrame => ({ type: "status", payload: { mode } })

/** Who knows less has missed some, while nobody watched, and asks for them. */
const commentsUpTo = (seq: number): ServerFrame =>
  ({ type: "comments", payload: { comments: [], fromSeq: seq, seq, headSeq: seq, reads: [] } })
