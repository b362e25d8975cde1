/**
 * What the editors of one node and one file see while its operations cannot be committed. The way to the log
 * (`SubmitLane`) stands still meanwhile, and stays as it is; what waits there goes to the actor by the way as well, one
 * call at a time, to be shown to everybody else. What is shown here is kept for editors that come later, until the
 * first commit.
 */
import type { Saving, Tentative } from "@easel/protocol"
import * as Effect from "effect/Effect"
import type { Attachment } from "./Attachment.ts"
import { EventFrames } from "./EventFrames.ts"
import type { FileClient } from "./FileClient.ts"
import { type Envelope, submissionOf } from "./SubmitLane.ts"

/** Operations in one call. */
const callOperationsMax = 4_000

/** Longest wait for the actor to show them, and before they are sent again: what was shown is not shown twice. */
const answerWait = "5 seconds"
const failurePause = "1 second"

export class TentativeLane {
  private readonly client: FileClient
  private readonly fork: (effect: Effect.Effect<void>) => void
  private mode: Saving = "normal"
  private shown: Array<{ readonly event: Tentative; readonly frames: EventFrames }> = []
  private waiting: Array<Envelope> = []
  private isUnderWay = false

  constructor(client: FileClient, fork: (effect: Effect.Effect<void>) => void) {
    this.client = client
    this.fork = fork
  }

  get saving(): Saving {
    return this.mode
  }

  /** The actor has said whether it commits; `unanswered` waits for it. */
  change(saving: Saving, unanswered: ReadonlyArray<Envelope>): void {
    if (saving === "normal") this.shown = []
    this.waiting = saving === "degraded" ? [...unanswered] : []
    this.mode = saving
    this.pump()
  }

  push(envelope: Envelope): void {
    if (this.mode !== "degraded") return
    this.waiting.push(envelope)
    this.pump()
  }

  show(event: Tentative, attachments: Iterable<Attachment>): void {
    const frames = new EventFrames(event)
    this.shown.push({ event, frames })
    for (const attachment of attachments) attachment.deliver(event, frames)
  }

  /** An editor has come that has seen none of it. */
  showAll(attachment: Attachment): void {
    for (const { event, frames } of this.shown) attachment.deliver(event, frames)
  }

  /** Commits go on: who comes from now on has what is committed, and sees the rest when it is. */
  forget(): void {
    this.shown = []
  }

  private pump(): void {
    if (this.isUnderWay || this.waiting.length === 0) return
    this.isUnderWay = true
    const taken = this.take()
    this.fork(this.client.Preview({ submissions: taken.map(submissionOf) }).pipe(
      Effect.timeout(answerWait),
      Effect.catchCause(() => {
        if (this.mode === "degraded") this.waiting.unshift(...taken)
        return Effect.sleep(failurePause)
      }),
      Effect.andThen(Effect.sync(() => {
        this.isUnderWay = false
        this.pump()
      }))
    ))
  }

  private take(): ReadonlyArray<Envelope> {
    let operations = 0
    let count = 0
    for (const envelope of this.waiting) {
      operations += envelope.operations.length
      if (count > 0 && operations > callOperationsMax) break
      count++
    }
    return this.waiting.splice(0, count)
  }
}
