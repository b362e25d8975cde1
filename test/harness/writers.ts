/**
 * Writers of one file that send again, like a gateway, what was not answered; and what must be true of the log, of the
 * answers and of the document when they are done (A2, A5, A8).
 */
import type { OperationResult } from "@easel/protocol"
import type { Operation } from "@easel/document"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { expect } from "vitest"
import { logOf, type TestFile, upTo } from "./fileCluster.ts"
import { update } from "./operations.ts"

export class Writers {
  readonly #file: TestFile
  readonly #results = new Map<string, OperationResult>()
  readonly #last = new Map<string, number>()
  readonly #sent = new Set<string>()
  /** Calls that failed and were sent again. */
  failures = 0

  constructor(file: TestFile) {
    this.#file = file
  }

  /** Operations that were answered. */
  get answered(): number {
    return this.#results.size
  }

  /** Writes to the writer's own object until told to stop, a call of some operations after the other. */
  write(clientId: string, objectId: string, done: () => boolean): Effect.Effect<void> {
    return Effect.gen({ self: this }, function*() {
      for (let n = 1; !done();) {
        const operations = Array.from({ length: 1 + (n % 4) }, () => update(objectId, "x", n++))
        this.#last.set(objectId, n - 1)
        yield* this.submit(operations, clientId)
      }
    })
  }

  /** Sends until there is an answer. */
  submit(operations: ReadonlyArray<Operation.Operation>, clientId: string): Effect.Effect<void> {
    for (const { idempotencyKey } of operations) this.#sent.add(idempotencyKey)
    return this.#file.submit(operations, clientId).pipe(
      Effect.tapError(() => Effect.sync(() => this.failures++)),
      Effect.retry(Schedule.spaced("25 millis")),
      Effect.map((results) => {
        operations.forEach(({ idempotencyKey }, index) => {
          const result = results[index]
          if (result !== undefined) this.#results.set(idempotencyKey, result)
        })
      }),
      Effect.orDie
    )
  }

  /** Nothing lost, nothing twice, every answer true. `before` operations were committed by others. */
  readonly expectExact = (before: number) =>
    Effect.gen({ self: this }, function*() {
      const log = yield* logOf(this.#file.id)
      expect(log.map(({ seq }) => seq)).toEqual(upTo(log.length))
      expect(log.length).toBe(before + this.#sent.size)
      const epochs = log.map(({ epoch }) => epoch)
      expect(epochs).toEqual([...epochs].sort((a, b) => a - b))
      const seqs = new Map(log.map(({ key, seq }) => [key, seq]))
      expect(seqs.size).toBe(log.length)
      expect(this.#results.size).toBe(this.#sent.size)
      for (const [key, { seq, status }] of this.#results) {
        expect(["applied", "duplicate"]).toContain(status)
        expect(seqs.get(key)).toBe(seq)
      }
      const { objects } = yield* this.#file.read
      for (const [objectId, x] of this.#last) expect(objects.find(({ id }) => id === objectId)).toMatchObject({ x })
      return log.length
    })
}
