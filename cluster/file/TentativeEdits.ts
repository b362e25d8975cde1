/**
 * What a file's editors do while its operations cannot be committed: stepped ahead of everything that waits, shown to
 * the watchers as tentative, and answered by nobody. It is for the eye alone. What counts is what editors submitted and
 * the recovery commits, in its order; nothing here is ever committed, read, or kept.
 *
 * Bounded in bytes and time; beyond either the file is read-only until the database is back. It is normal again when
 * all that was shown has been answered, or a while after the recovery: what is missing by then does not come.
 */
import { Limits, type Principal, type Saving, type Submission, type Tentative } from "@easel/protocol"
import type { JournalEntry } from "@easel/store"
import { type Answer, type Batch, ticketsOf } from "./Batch.ts"
import { committedEvent, toRows } from "./committedEvent.ts"
import * as FileState from "./FileState.ts"
import type { Watchers } from "./Watchers.ts"

export class TentativeEdits {
  private readonly watchers: Watchers
  /** The state after all that was shown; there is one from a commit that failed until operations are answered again. */
  private ahead: FileState.FileState | undefined
  private shown: Array<Tentative> = []
  private bytes = 0
  private sinceMillis = 0
  /** The ids of all operations that were looked at, and have no answer. */
  private readonly unanswered = new Set<string>()
  private mode: Saving = "normal"

  constructor(watchers: Watchers) {
    this.watchers = watchers
  }

  get saving(): Saving {
    return this.mode
  }

  /** What a watcher that comes now has missed. */
  get events(): ReadonlyArray<Tentative> {
    return [...this.shown]
  }

  /** The database is away, or still is: `stepped` is the state after the batches that wait for it. */
  pause(stepped: FileState.FileState, batches: ReadonlyArray<Batch>, nowMillis: number): void {
    if (this.ahead === undefined) {
      this.ahead = stepped
      this.sinceMillis = nowMillis
      this.become("degraded")
      for (const { submissions } of ticketsOf(batches)) this.newAmong(submissions)
      this.show(batches.flatMap(({ rows }) => rows))
    }
    if (nowMillis - this.sinceMillis >= Limits.tentativeMillisMax) this.become("readonly")
  }

  /** Takes what waits in a gateway, as far as its authors are known to be allowed it. What was shown is not shown again. */
  add(submissions: ReadonlyArray<Submission>, mayEdit: (author: Principal) => boolean, nowMillis: number): void {
    if (this.ahead === undefined || this.mode !== "degraded") return
    const news = this.newAmong(submissions)
    const [after, { entries }] = FileState.step(this.ahead, { submissions: news, nowMillis, refusedKeys: none, mayEdit })
    this.ahead = after
    this.show(toRows(entries))
  }

  /** Operations are answered again: nothing more is shown, and what is answered is no longer tentative. */
  recovered(): void {
    this.ahead = undefined
    this.shown = []
    this.bytes = 0
  }

  answered(answers: ReadonlyArray<Answer>): void {
    if (this.mode === "normal") return
    for (const { ticket: { submissions } } of answers) {
      for (const { operations } of submissions) for (const { id } of operations) this.unanswered.delete(id)
    }
    if (this.unanswered.size === 0) this.end()
  }

  /** Ends it, unless the database is away (again). */
  end(): void {
    if (this.ahead !== undefined) return
    this.unanswered.clear()
    this.become("normal")
  }

  /** Each operation counts once: what was refused as long as something was missing must not pass afterwards. */
  private newAmong(submissions: ReadonlyArray<Submission>): ReadonlyArray<Submission> {
    return submissions.map((submission) => {
      const operations = submission.operations.filter(({ id }) => !this.unanswered.has(id))
      for (const { id } of operations) this.unanswered.add(id)
      return { ...submission, operations }
    })
  }

  private show(rows: ReadonlyArray<JournalEntry>): void {
    const { body, parts } = committedEvent(0, 0, rows)
    if (parts.length === 0) return
    const event: Tentative = { _tag: "Tentative", body, parts }
    this.shown.push(event)
    this.bytes += body.length
    this.watchers.publish(event)
    if (this.bytes >= Limits.tentativeBytesMax) this.become("readonly")
  }

  private become(mode: Saving): void {
    if (this.mode === mode) return
    this.mode = mode
    this.watchers.publish({ _tag: "SavingChanged", saving: mode })
  }
}

const none: ReadonlySet<string> = new Set()
