/** What a restore comes to, whatever happens while it is carried out in portions. */
import { type Change, type Document, finish, visibleBytes } from "@easel/document"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import * as FileState from "../../../cluster/file/FileState.ts"
import { portionsOf } from "../../../cluster/file/versions/portions.ts"
import { clientIdOf, latestTimestampIn, restoration, type Restoration } from "../../../cluster/file/versions/restoration.ts"
import { clientIds, runs } from "../../harness/arbitraries.ts"
import { stepWith } from "./fileFixture.ts"
import { history } from "./history.ts"
import { type Pair, pair } from "./versions.ts"

const visible = (document: Document.Document): string => Buffer.from(visibleBytes(document)).toString("utf8")

/** A restore that is carried out: it may stop after some operations, and be gone on with. */
class Restoring {
  state: FileState.FileState
  readonly timestamp: number
  readonly restore: Restoration
  readonly statuses: Array<string> = []
  readonly target: Document.Document

  constructor(from: FileState.FileState, target: Document.Document, restore: Omit<Restoration, "fromSeq">) {
    this.state = from
    this.target = target
    this.restore = { ...restore, fromSeq: from.seq }
    this.timestamp = finish(latestTimestampIn(from.document)) + 1
  }

  get changes(): ReadonlyArray<Change> {
    return restoration(this.state.document, this.target, this.restore)
  }

  /** Makes so many operations of what is to do, with the edits of others in between. */
  goOn(operationsMax = Infinity, others: ReadonlyArray<Parameters<typeof stepWith>[1]> = []): this {
    const waiting = [...others]
    let made = 0
    for (const operations of portionsOf(this.changes, `${this.restore.id}:${this.state.seq}`, this.timestamp)) {
      for (const operation of operations) {
        if (made++ >= operationsMax) return this
        const clientId = clientIdOf(this.restore.id)
        this.#step([{ clientId, userId: "restorer", operations: [operation] }], this.statuses)
        const edits = waiting.shift()
        if (edits !== undefined) this.#step(edits)
      }
    }
    return this
  }

  #step(submissions: Parameters<typeof stepWith>[1], statuses: Array<string> = []): void {
    const [next, { results }] = stepWith(this.state, submissions, this.timestamp + 1_000)
    statuses.push(...results.flat().map(({ reason, status }) => reason ?? status))
    this.state = next
  }
}

/** Edits that others make after the restore was asked for, with timestamps of then. */
const editsAfter = ({ document }: FileState.FileState) =>
  history(12).map((batches) =>
    batches.slice(1).map(({ submissions }, batch) =>
      submissions.map((submission) => ({
        ...submission,
        operations: submission.operations.map((operation, index) => ({
          ...operation,
          id: `after-${batch}-${index}`,
          idempotencyKey: `after-${batch}-${index}-${submission.clientId}`,
          timestamp: finish(latestTimestampIn(document)) + 2 + batch
        }))
      }))))

const pairWithEdits = pair.chain((found) => editsAfter(found.from).map((edits) => ({ ...found, edits })))

const restoreOf = ({ from, to }: Pair, id = "r1") => new Restoring(from, to.document, { id, scope: null })

/** The registers that others wrote after a seq, with their values. */
const writtenByOthers = ({ document }: FileState.FileState, afterSeq: number): ReadonlyMap<string, unknown> => {
  const found = new Map<string, unknown>()
  for (const object of document.all()) {
    object.paths.forEach((path, index) => {
      const { clientId, counter } = object.stampAt(index)
      if (counter > afterSeq && (clientIds as ReadonlyArray<string>).includes(clientId)) found.set(`${object.id} ${path}`, object.values[index])
    })
  }
  return found
}

test("V13: restored in portions, the file is the version for its readers, and nothing was refused or in vain", () => {
  fc.assert(fc.property(pair, (states) => {
    const restoring = restoreOf(states).goOn()
    expect(restoring.statuses).toEqual(restoring.statuses.map(() => "applied"))
    expect(visible(restoring.state.document)).toBe(visible(states.to.document))
    expect(restoring.changes).toEqual([])
  }), runs(600))
})

test("V14: a restore that was cut off anywhere, and as often, ends where one ends that was not", () => {
  fc.assert(fc.property(pair, fc.array(fc.nat(4), { maxLength: 6 }), (states, cuts) => {
    const whole = restoreOf(states).goOn()
    const cut = restoreOf(states)
    for (const operations of cuts) cut.goOn(operations)
    cut.goOn()
    expect(cut.statuses).toEqual(cut.statuses.map(() => "applied"))
    expect(visible(cut.state.document)).toBe(visible(whole.state.document))
    expect(cut.changes).toEqual([])
  }), runs(600))
})

test("V15: what others write after the request is kept, also by a restore that is gone on with later", () => {
  fc.assert(fc.property(pairWithEdits, fc.nat(6), ({ edits, ...states }, cut) => {
    const restoring = restoreOf(states).goOn(cut, edits)
    const written = writtenByOthers(restoring.state, states.from.seq)
    restoring.goOn()
    for (const [register, value] of written) expect([register, writtenByOthers(restoring.state, states.from.seq).get(register)]).toEqual([register, value])
    expect(restoring.changes.filter(({ operationType }) => operationType !== "move")).toEqual([])
  }), runs(600))
})

test("V16: undone, the file is for its readers what it was", () => {
  fc.assert(fc.property(pair, fc.array(fc.nat(4), { maxLength: 4 }), (states, cuts) => {
    const { state } = restoreOf(states).goOn()
    const undoing = new Restoring(state, states.from.document, { id: "u1", scope: { _tag: "Undo", restoreId: "r1" } })
    for (const operations of cuts) undoing.goOn(operations)
    undoing.goOn()
    expect(undoing.statuses).toEqual(undoing.statuses.map(() => "applied"))
    expect(visible(undoing.state.document)).toBe(visible(states.from.document))
    const redoing = new Restoring(undoing.state, state.document, { id: "u2", scope: { _tag: "Undo", restoreId: "u1" } }).goOn()
    expect(visible(redoing.state.document)).toBe(visible(states.to.document))
  }), runs(600))
})

test("V16: an undo touches no register that somebody has written since the restore", () => {
  fc.assert(fc.property(pairWithEdits, ({ edits, ...states }) => {
    const { state: restored } = restoreOf(states).goOn()
    let edited = restored
    for (const submissions of edits) edited = stepWith(edited, submissions, finish(latestTimestampIn(edited.document)) + 1)[0]
    const written = writtenByOthers(edited, restored.seq)
    const { state } = new Restoring(edited, states.from.document, { id: "u1", scope: { _tag: "Undo", restoreId: "r1" } }).goOn()
    const after = writtenByOthers(state, restored.seq)
    for (const [register, value] of written) expect([register, after.get(register)]).toEqual([register, value])
  }), runs(600))
})
