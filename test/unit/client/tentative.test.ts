/**
 * What editors see while nothing can be committed, and what is left of it: the real actor's side (`TentativeEdits`),
 * the real frames and replicas, and an outage whose end is drawn.
 */
import { digest, type Operation } from "@easel/document"
import { EditorFile } from "@easel/client"
import { Limits, type Submission, type WatchEvent } from "@easel/protocol"
import * as fc from "fast-check"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { committedEvent, toRows } from "../../../cluster/file/committedEvent.ts"
import * as FileState from "../../../cluster/file/FileState.ts"
import { TentativeEdits } from "../../../cluster/file/TentativeEdits.ts"
import { Watchers } from "../../../cluster/file/Watchers.ts"
import { Replica } from "../../../packages/client/src/Replica.ts"
import { type Event, EventFrames } from "../../../packages/gateway/src/EventFrames.ts"
import { payloadOf } from "../../../packages/gateway/src/webSocketFrame.ts"
import { runs } from "../../harness/arbitraries.ts"
import { create, move, update } from "../../harness/operations.ts"
import { FakeNetwork } from "./FakeNetwork.ts"

class Recorder extends Watchers {
  readonly events: Array<WatchEvent> = []

  override publish(event: WatchEvent): void {
    this.events.push(event)
  }
}

const nowMillis = 1_000
const everybody = () => true
const none: ReadonlySet<string> = new Set()
const step = (state: FileState.FileState, submissions: ReadonlyArray<Submission>) =>
  FileState.step(state, { submissions, nowMillis, refusedKeys: none, mayEdit: everybody })
const rowsOf = (state: FileState.FileState, submissions: ReadonlyArray<Submission>) => toRows(step(state, submissions)[1].entries)

class Editor {
  readonly replica = new Replica()
  readonly name: string
  readonly submissions: Array<Submission> = []

  constructor(name: string) {
    this.name = name
  }

  edit(operation: Operation.Operation): Submission {
    const submission = { clientId: this.name, userId: this.name, connectionId: this.name, operations: [operation] }
    this.submissions.push(submission)
    this.replica.applyLocal([operation])
    return submission
  }

  hear(event: Event): void {
    const message = new EventFrames(event).for(this.name, "json")
    if (message === undefined) return
    const { payload, type } = JSON.parse(payloadOf(message).toString("utf8"))
    if (type === "tentative") this.replica.onTentative(payload.operations)
    else this.replica.onOperations(payload.operations, payload.seq)
  }

  get digests(): ReadonlyArray<string> {
    return [digest(this.replica.view), digest(this.replica.confirmedDocument)]
  }
}

/** Few objects, some of which are there from the start, and timestamps that tie and lie behind each other. */
const edit = fc.record({
  who: fc.nat(1),
  object: fc.constantFrom("o1", "o2", "o3"),
  kind: fc.constantFrom("x", "x", "name", "create", "move"),
  value: fc.nat(9),
  timestamp: fc.constantFrom(10, 20, 30)
})
type Edit = typeof edit extends fc.Arbitrary<infer A> ? A : never

const operationOf = ({ kind, object, timestamp, value }: Edit): Operation.Operation => {
  switch (kind) {
    case "create":
      return create(object, { x: value }, { orderKey: `a${value}`, timestamp })
    case "move":
      return move(object, object === "o1" ? null : "o1", { orderKey: `a${value}`, timestamp })
    default:
      return update(object, kind, kind === "x" ? value : String(value), { timestamp })
  }
}

const outage = fc.record({
  edits: fc.array(edit, { minLength: 1, maxLength: 25 }),
  /** How many of them the actor had stepped when its commit failed. */
  stepped: fc.nat(5),
  /** Whether the second editor and its outbox are lost. */
  isLost: fc.boolean(),
  /** Which tentative events the editors miss, and how commits are cut. */
  missed: fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
  cuts: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 25, maxLength: 25 }),
  secondFirst: fc.boolean()
})

const beginning: ReadonlyArray<Submission> = [{
  clientId: "z",
  userId: "z",
  operations: [create("o1", {}, { timestamp: 5, orderKey: "a0" }), create("o2", { x: 0 }, { timestamp: 5, orderKey: "a1" })]
}]

test("T1 T2 T4: who sees all sees what the actor would commit; nothing counts until it is committed; in the end all agree", () => {
  fc.assert(fc.property(outage, ({ cuts, edits, isLost, missed, secondFirst, stepped: steppedCount }) => {
    let [state] = step(FileState.empty, beginning)
    const [first, second, reader] = [new Editor("first"), new Editor("second"), new Editor("reader")]
    const all = [first, second, reader]
    for (const editor of all) editor.hear(committedEvent(1, 0, rowsOf(FileState.empty, beginning)))
    const before = digest(state.document)

    const watchers = new Recorder("f")
    const tentative = new TentativeEdits(watchers)
    const submitted = edits.map((one) => (one.who === 0 ? first : second).edit(operationOf(one)))
    const waiting = submitted.slice(0, steppedCount)
    const [stepped] = step(state, waiting)
    const ticket = { _tag: "Submit" as const, submissions: waiting, arrivedMillis: 0, resume: () => undefined }
    tentative.pause(stepped, [{ fromSeq: state.seq, after: stepped, rows: rowsOf(state, waiting), answers: [{ ticket, results: [] }] }], nowMillis)
    // Gateways show all that has no answer, what the actor had stepped as well.
    for (const submission of submitted) tentative.add([submission], everybody, nowMillis)
    watchers.events.forEach((event, index) => {
      if (event._tag !== "Tentative") return
      reader.hear(event)
      for (const editor of [first, second]) if (missed[index] !== true) editor.hear(event)
    })
    const ahead = submitted.slice(steppedCount).reduce((at, submission) => step(at, [submission])[0], stepped)
    expect(digest(reader.replica.view)).toBe(digest(ahead.document))
    for (const { digests: [, confirmed] } of all) expect(confirmed).toBe(before)

    // The database is back: each editor's operations are committed in their order, whichever editor comes first.
    const living = isLost ? [first] : secondFirst ? [second, first] : [first, second]
    tentative.recovered()
    const left = living.flatMap(({ submissions }) => submissions)
    for (let at = 0; at < left.length;) {
      const group = left.slice(at, at += cuts[at] ?? 1)
      const [after, { entries, results }] = step(state, group)
      const event = committedEvent(1, state.seq, toRows(entries))
      state = after
      for (const editor of all) editor.hear(event)
      group.forEach(({ clientId }, index) => living.find(({ name }) => name === clientId)?.replica.onResults(results[index] ?? [], state.seq, clientId))
    }
    for (const editor of [...living, reader]) {
      editor.replica.dropTentative()
      expect(editor.digests).toEqual([digest(state.document), digest(state.document)])
      expect(editor.replica.pendingCount).toBe(0)
    }
  }), runs(100))
})

describe("the actor's side", () => {
  const submission = (id: string, value = ""): Submission =>
    ({ clientId: "c", userId: "c", connectionId: "c", operations: [create(id, { name: "n", "data.k": value }, { orderKey: "a0", timestamp: 1 })] })
  const world = () => {
    const watchers = new Recorder("f")
    const edits = new TentativeEdits(watchers)
    edits.pause(FileState.empty, [], 0)
    const told = () => watchers.events.map((event) => event._tag === "SavingChanged" ? event.saving : event._tag)
    const answered = (...submissions: ReadonlyArray<Submission>) =>
      edits.answered([{ results: [], ticket: { _tag: "Submit", submissions, arrivedMillis: 0, resume: () => undefined } }])
    return { answered, edits, told }
  }

  test("T1: what was shown is not shown again, and of who is not known to be allowed it nothing is", () => {
    const { edits, told } = world()
    const one = submission("a")
    edits.add([one, one], everybody, 0)
    edits.add([one], everybody, 0)
    edits.add([submission("b")], () => false, 0)
    expect(told()).toEqual(["degraded", "Tentative"])
  })

  test("T4: it is over when everything that was shown has been answered, or is told to be", () => {
    const { answered, edits, told } = world()
    const [one, two, three] = [submission("a"), submission("b"), submission("c")]
    edits.add([one, two], everybody, 0)
    edits.end()
    edits.recovered()
    answered(one)
    edits.add([three], everybody, 0)
    expect(told()).toEqual(["degraded", "Tentative"])
    answered(two)
    expect(told()).toEqual(["degraded", "Tentative", "normal"])
    edits.pause(FileState.empty, [], 0)
    edits.add([three], everybody, 0)
    edits.recovered()
    edits.end()
    expect(told().slice(3)).toEqual(["degraded", "Tentative", "normal"])
  })

  test("T5: it is bounded in bytes and in time", () => {
    const { edits, told } = world()
    const large = "x".repeat(250_000)
    for (let n = 0; n < 20; n++) edits.add([submission(`o${n}`, large)], everybody, 0)
    expect(edits.events.reduce((sum, { body }) => sum + body.length, 0)).toBeLessThan(Limits.tentativeBytesMax + 300_000)
    expect(told().at(-1)).toBe("readonly")
    edits.recovered()
    edits.end()
    edits.pause(FileState.empty, [], 5)
    edits.pause(FileState.empty, [], Limits.tentativeMillisMax + 4)
    expect(edits.saving).toBe("degraded")
    edits.pause(FileState.empty, [], Limits.tentativeMillisMax + 5)
    expect(edits.saving).toBe("readonly")
  })
})

describe("the SDK", () => {
  beforeEach(() => void vi.useFakeTimers({ now: 5_000_000 }))
  afterEach(() => void vi.useRealTimers())

  test("T5: while the file is read-only changes wait; what was refused goes out before them, on a new connection", async () => {
    const network = new FakeNetwork()
    const file = new EditorFile({ url: "http://easel", fileId: "f", userId: "me", WebSocket: network.WebSocket })
    await network.settle()
    // On its way when the file became read-only.
    const id = file.create("rectangle", { x: 0 })
    await Promise.resolve()
    network.tell({ type: "status", payload: { mode: "readonly" } })
    network.drop()
    file.update(id, { x: 1 })
    network.tell({ type: "error", payload: { code: "busy", message: "read-only", operationIds: ["whatever"] } })
    await network.settle()
    expect([file.status.mode, file.status.waiting, network.server.seq]).toEqual(["readonly", 2, 0])
    network.tell({ type: "status", payload: { mode: "normal" } })
    await vi.advanceTimersByTimeAsync(250)
    await network.settle()
    expect([file.status.waiting, network.server.seq, file.get(id)?.["x"]]).toEqual([0, 2, 1])
    expect(file.digest()).toBe(digest(network.server.document))
    file.close()
  })

  test("T2: what is tentative shows, is not in the digest, and is gone with the next sync or when saving goes on", async () => {
    const network = new FakeNetwork()
    const file = new EditorFile({ url: "http://easel", fileId: "f", userId: "me", WebSocket: network.WebSocket })
    await network.settle()
    const empty = file.digest()
    const operation = { id: "t", operationType: "create", objectId: "o", objectType: "group", newValue: { type: "group", parentId: null, orderKey: "a0" }, timestamp: 1, clientId: "c", userId: "c", seq: 1 } as const
    for (const end of ["normal", "sync"]) {
      network.tell({ type: "tentative", payload: { operations: [operation] } })
      expect([file.get("o")?.id, file.digest(), file.seq]).toEqual(["o", empty, 0])
      if (end === "normal") network.tell({ type: "status", payload: { mode: "normal" } })
      else network.cut()
      await vi.advanceTimersByTimeAsync(250)
      await network.settle()
      expect(file.get("o")).toBeUndefined()
    }
    file.close()
  })
})
