/**
 * Where operations wait that the server has not answered, so that they outlive the page: a place to put them when they
 * are made, to take them from when they are answered, and to get back what pages that are gone have left.
 *
 * An outbox writes in the order it was told. What it holds of a page is therefore always a beginning of what that page
 * made, without what was answered: never an operation without those that it builds on. It throws nothing into the
 * editor; when it cannot go on it says so once and forgets what comes after.
 */
import type { Operation } from "@easel/document"

export interface OutboxFailure {
  /**
   * `unavailable`: nothing can be kept here (an old browser, a private window, no HTTPS). `full`: the disk or the
   * outbox's own limit. `damaged`: what was kept cannot be read. `broken`: a write failed for another reason.
   */
  readonly code: "unavailable" | "full" | "damaged" | "broken"
  readonly message: string
}

export interface OutboxHandlers {
  /** What earlier pages left has been handed over. Called once, unless the outbox fails before. */
  readonly onOpen: () => void
  /**
   * Operations of a page that is gone, in the order they were made; they are this page's from now on. Called before
   * `onOpen` for what earlier pages left, and after it when another page goes and leaves some.
   */
  readonly onTakenOver: (operations: ReadonlyArray<Operation.Operation>) => void
  /** Called once at most: operations made from now on are not kept. */
  readonly onFailed: (failure: OutboxFailure) => void
}

export interface Outbox {
  /** Called once, by the file that uses it, before anything else. */
  open(handlers: OutboxHandlers): void
  /** Operations that were just made, in order. */
  add(operations: ReadonlyArray<Operation.Operation>): void
  /** The server has answered these, however; ids that are not held are passed over. */
  remove(operationIds: ReadonlyArray<string>): void
  /** The page is done with the file: what is held is left to the next page. */
  close(): void
}
