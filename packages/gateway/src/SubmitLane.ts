/**
 * The way of operations from the sockets of one node to one file's actor. While calls are under way, what arrives is
 * merged into the next one, so the number of calls follows the commit rate and not the number of editors.
 *
 * A call that fails is sent again, in order, up to a bound; idempotency keys make that safe. Acknowledgements are
 * handed out only when the watch stream has reached their seq, so an editor that has its ack has everything before it.
 */
import { Limits, type OperationResult, type Submission } from "@easel/protocol"
import type { Operation } from "@easel/document"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Attachment } from "./Attachment.ts"
import type { FileClient } from "./FileClient.ts"
import { errorFrame } from "./serverFrames.ts"

/** Operations in one call. */
const callOperationsMax = 4_000

/** Times a call is sent in all before its editors are told that the outcome is not known. */
const attemptsMax = 4

const attemptPause = "250 millis"

/** Operations of one frame, with the answers that were clear at once. */
export interface Envelope {
  readonly attachment: Attachment
  readonly operations: ReadonlyArray<Operation.Operation>
  /** One result per operation of the frame; `undefined` where the actor has to answer. */
  readonly results: Array<OperationResult | undefined>
  readonly arrivedMillis: number
}

interface Settled {
  readonly envelope: Envelope
  readonly seq: number
}

export class SubmitLane {
  private readonly client: FileClient
  private readonly fork: (effect: Effect.Effect<void>) => void
  private readonly observe: (envelope: Envelope) => void
  private waiting: Array<Envelope> = []
  private waitingOperations = 0
  private calls = 0
  private failed: Array<Envelope> = []
  private attempts = 0
  private unannounced: Array<Settled> = []
  private watchedSeq = 0

  constructor(client: FileClient, fork: (effect: Effect.Effect<void>) => void, observe: (envelope: Envelope) => void) {
    this.client = client
    this.fork = fork
    this.observe = observe
  }

  get full(): boolean {
    return this.waitingOperations >= Limits.hubOperationsMax
  }

  push(envelope: Envelope): void {
    this.waiting.push(envelope)
    this.waitingOperations += envelope.operations.length
    this.pump()
  }

  /** The watch stream has delivered everything up to here. */
  watched(seq: number): void {
    this.watchedSeq = seq
    if (this.unannounced.length === 0) return
    const ready = this.unannounced.filter((settled) => settled.seq <= seq)
    this.unannounced = this.unannounced.filter((settled) => settled.seq > seq)
    for (const { envelope } of ready) this.announce(envelope)
  }

  private pump(): void {
    while (this.calls < Limits.hubCallsMax && this.waiting.length > 0 && this.failed.length === 0) {
      const envelopes = this.take()
      this.calls++
      this.fork(this.call(envelopes))
    }
  }

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

  private call(envelopes: Array<Envelope>): Effect.Effect<void> {
    const submissions = envelopes.map(({ attachment: { connectionId, editor }, operations }): Submission => ({
      clientId: editor.clientId,
      userId: editor.userId,
      connectionId,
      operations
    }))
    return this.client.Submit({ submissions }).pipe(
      Effect.exit,
      Effect.flatMap((exit) => {
        this.calls--
        if (Exit.isFailure(exit)) {
          this.failed.push(...envelopes)
          return this.calls === 0 ? this.retry : Effect.void
        }
        this.attempts = 0
        envelopes.forEach((envelope, index) => {
          fill(envelope.results, exit.value.results[index] ?? [])
          this.settle(envelope, exit.value.seq)
        })
        if (this.failed.length > 0) return this.calls === 0 ? this.retry : Effect.void
        return Effect.sync(() => this.pump())
      })
    )
  }

  /** All calls have returned: what failed goes first, in the order it came. */
  private readonly retry: Effect.Effect<void> = Effect.suspend(() => {
    const again = this.failed
    if (++this.attempts >= attemptsMax) {
      this.failed = []
      this.attempts = 0
      for (const envelope of again) this.giveUp(envelope)
      this.pump()
      return Effect.void
    }
    return Effect.sync(() => {
      this.failed = []
      for (const envelope of again) this.waitingOperations += envelope.operations.length
      this.waiting = again.concat(this.waiting)
      this.pump()
    }).pipe(Effect.delay(attemptPause))
  })

  private settle(envelope: Envelope, seq: number): void {
    if (seq <= this.watchedSeq) this.announce(envelope)
    else this.unannounced.push({ envelope, seq })
  }

  private announce(envelope: Envelope): void {
    const results = envelope.results.filter((result) => result !== undefined)
    envelope.attachment.acknowledge(results, this.watchedSeq)
    this.observe(envelope)
  }

  private giveUp({ attachment, operations }: Envelope): void {
    attachment.unacknowledged -= operations.length
    attachment.outbox.send(errorFrame(
      "indeterminate",
      "the outcome of these operations is not known: send them again with the same idempotencyKey",
      operations.map(({ id }) => id)
    ))
  }
}

const fill = (results: Array<OperationResult | undefined>, answers: ReadonlyArray<OperationResult>): void => {
  let next = 0
  for (let index = 0; index < results.length; index++) {
    if (results[index] === undefined) results[index] = answers[next++]
  }
}
