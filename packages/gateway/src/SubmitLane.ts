/**
 * The way of operations from the sockets of one node to one file's actor. While a call is under way, what arrives is
 * merged into the next one, so the number of calls follows the commit rate and not the number of editors.
 *
 * A call that fails is sent again, up to a bound; idempotency keys make that safe. Acknowledgements are handed out only
 * when the watch stream has reached their seq, so an editor that has its ack has everything before it; and only then
 * the next call leaves, a turn of the event loop later, with what the sockets have brought while the last was told. A
 * second call in flight would save nothing: it made commits smaller and more, and every editor's latency a third higher
 * (50 editors at 30 operations a second, on two cores).
 */
import { Limits, type OperationResult, type Submission } from "@easel/protocol"
import type { Operation } from "@easel/document"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Attachment } from "./Attachment.ts"
import type { FileClient } from "./FileClient.ts"
import { resends } from "./gatewayMetrics.ts"
import { errorFrame } from "./serverFrames.ts"

/** Operations in one call. */
const callOperationsMax = 4_000

/** Times a call is sent in all before its editors are told that the outcome is not known. */
const attemptsMax = 30

/** Before the second time; doubled, up to the most, before each further one. All together longer than a file takes to move. */
const attemptPauseMillis = { base: 25, max: 100 }

/** Operations of one frame, with the answers that were clear at once. */
export interface Envelope {
  readonly attachment: Attachment
  readonly operations: ReadonlyArray<Operation.Operation>
  /** One result per operation of the frame; `undefined` where the actor has to answer. */
  readonly results: Array<OperationResult | undefined>
  readonly arrivedMillis: number
}

export class SubmitLane {
  private readonly client: FileClient
  private readonly fork: (effect: Effect.Effect<void>) => void
  private readonly observe: (envelope: Envelope) => void
  private waiting: Array<Envelope> = []
  private waitingOperations = 0
  private attempts = 0
  /** Whether a call is under way, or about to leave. */
  private isBusy = false
  /** What the present call carries, until it has been answered and its answers have been announced. */
  private underWay: ReadonlyArray<Envelope> = []
  /** The seq that the watch stream must reach before the answers may be announced; there are none yet without it. */
  private answeredSeq: number | undefined
  private watchedSeq = 0

  constructor(client: FileClient, fork: (effect: Effect.Effect<void>) => void, observe: (envelope: Envelope) => void) {
    this.client = client
    this.fork = fork
    this.observe = observe
  }

  get full(): boolean {
    return this.waitingOperations >= Limits.hubOperationsMax
  }

  /** What has no answer yet, in order. */
  get unanswered(): ReadonlyArray<Envelope> {
    return [...this.underWay, ...this.waiting]
  }

  /** The editors that the present call is to answer. */
  get senders(): ReadonlySet<Attachment> {
    return new Set(this.underWay.map(({ attachment }) => attachment))
  }

  push(envelope: Envelope): void {
    this.waiting.push(envelope)
    this.waitingOperations += envelope.operations.length
    this.pump()
  }

  /** The watch stream has delivered everything up to here. */
  watched(seq: number): void {
    this.watchedSeq = seq
    this.announceWatched()
  }

  private pump(): void {
    if (this.isBusy || this.waiting.length === 0) return
    this.isBusy = true
    this.fork(this.next)
  }

  /** The sockets that have something are read before it leaves: what they bring would wait for a whole call otherwise. */
  private readonly next: Effect.Effect<void> = Effect.andThen(Effect.yieldNow, Effect.suspend(() => {
    this.underWay = this.take()
    return this.call(this.underWay)
  }))

  private take(): Array<Envelope> {
    let operations = 0
    let count = 0
    for (const envelope of this.waiting) {
      if (count > 0 && operations + envelope.operations.length > callOperationsMax) break
      operations += envelope.operations.length
      count++
    }
    this.waitingOperations -= operations
    return this.waiting.splice(0, count)
  }

  private call(envelopes: ReadonlyArray<Envelope>): Effect.Effect<void> {
    return this.client.Submit({ submissions: envelopes.map(submissionOf) }).pipe(
      Effect.exit,
      Effect.flatMap((exit) => {
        if (Exit.isFailure(exit)) return this.retry
        return Effect.sync(() => {
          envelopes.forEach((envelope, index) => fill(envelope.results, exit.value.results[index] ?? []))
          this.answeredSeq = exit.value.seq
          this.announceWatched()
        })
      })
    )
  }

  private readonly retry: Effect.Effect<void> = Effect.suspend(() => {
    if (++this.attempts < attemptsMax) {
      resends.updateUnsafe(1, Context.empty())
      return Effect.delay(Effect.suspend(() => this.call(this.underWay)), Math.min(attemptPauseMillis.max, attemptPauseMillis.base * 2 ** (this.attempts - 1)))
    }
    return Effect.sync(() => {
      for (const envelope of this.underWay) this.giveUp(envelope)
      this.finish()
    })
  })

  /** The next call leaves after the answers of this one: what is committed is delivered before new work begins. */
  private announceWatched(): void {
    if (this.answeredSeq === undefined || this.answeredSeq > this.watchedSeq) return
    for (const envelope of this.underWay) this.announce(envelope)
    this.finish()
  }

  private finish(): void {
    this.isBusy = false
    this.underWay = []
    this.answeredSeq = undefined
    this.attempts = 0
    this.pump()
  }

  private announce(envelope: Envelope): void {
    envelope.attachment.acknowledge(envelope.results.filter((result) => result !== undefined), this.watchedSeq)
    this.observe(envelope)
  }

  private giveUp({ attachment, operations }: Envelope): void {
    attachment.unacknowledged -= operations.length
    attachment.outbox.tell(errorFrame(
      "indeterminate",
      "the outcome of these operations is not known: send them again with the same idempotencyKey",
      operations.map(({ id }) => id)
    ))
  }
}

export const submissionOf = ({ attachment: { connectionId, editor }, operations }: Envelope): Submission => ({
  clientId: editor.clientId,
  userId: editor.userId,
  linkId: editor.linkId,
  isAdmin: editor.isAdmin,
  connectionId,
  operations
})

const fill = (results: Array<OperationResult | undefined>, answers: ReadonlyArray<OperationResult>): void => {
  let next = 0
  for (let index = 0; index < results.length; index++) {
    if (results[index] === undefined) results[index] = answers[next++]
  }
}
