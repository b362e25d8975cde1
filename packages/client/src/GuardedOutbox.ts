/**
 * An editor's own side of its outbox, also when it has none: what state it is in, and that whatever goes wrong in it
 * stays there. An editor goes on without its outbox; it only stops promising that a reload keeps what waits.
 */
import type { Operation } from "@easel/document"
import type { Outbox, OutboxFailure, OutboxHandlers } from "./Outbox.ts"

/** `opening`: what earlier pages left is not known yet. `failed`: new operations are not kept over a reload. */
export type OutboxState = "none" | "opening" | "open" | "failed"

export class GuardedOutbox {
  private readonly outbox: Outbox | undefined
  private readonly handlers: OutboxHandlers
  private current: OutboxState
  private closed = false

  constructor(outbox: Outbox | undefined, handlers: OutboxHandlers) {
    this.outbox = outbox
    this.handlers = handlers
    this.current = outbox === undefined ? "none" : "opening"
  }

  get state(): OutboxState {
    return this.current
  }

  open(): void {
    this.guard(() => this.outbox?.open({
      onOpen: () => {
        if (this.closed || this.current !== "opening") return
        this.current = "open"
        this.handlers.onOpen()
      },
      onTakenOver: (operations) => {
        if (!this.closed) this.handlers.onTakenOver(operations)
      },
      onFailed: (failure) => this.fail(failure)
    }))
  }

  add(operations: ReadonlyArray<Operation.Operation>): void {
    this.guard(() => this.outbox?.add(operations))
  }

  remove(operationIds: ReadonlyArray<string>): void {
    if (operationIds.length > 0) this.guard(() => this.outbox?.remove(operationIds))
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.guard(() => this.outbox?.close())
  }

  private fail(failure: OutboxFailure): void {
    if (this.closed || this.current === "failed") return
    this.current = "failed"
    this.handlers.onFailed(failure)
  }

  private guard(action: () => void): void {
    try {
      action()
    } catch (error) {
      this.fail({ code: "broken", message: String(error) })
    }
  }
}
