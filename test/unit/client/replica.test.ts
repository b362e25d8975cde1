import { digest, type Operation } from "@easel/document"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { Replica } from "../../../packages/client/src/Replica.ts"
import { runs } from "../../harness/arbitraries.ts"
import { type Edit, SimulatedEditor } from "./SimulatedEditor.ts"
import { SimulatedServer, type SimulatedSocket } from "./SimulatedServer.ts"

const leads = [0, 3_000, -3_000]

/** Few objects and registers, so that editors are always in each other's way. */
const objectIds = ["o1", "o2", "o3"] as const
const common = fc.record({ id: fc.constant("op"), idempotencyKey: fc.constant("op"), timestamp: fc.constant(0), objectId: fc.constantFrom(...objectIds) })
const parentId = fc.option(fc.constantFrom(...objectIds))
const orderKey = fc.constantFrom("a0", "a1")

const operation: fc.Arbitrary<Operation.Operation> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(common, fc.constantFrom("x", "data.k"), fc.nat(99)).map(([fields, propertyPath, newValue]) => ({ ...fields, operationType: "update" as const, propertyPath, newValue })) },
  { weight: 4, arbitrary: fc.tuple(common, parentId, orderKey).map(([fields, parent, key]) => ({ ...fields, operationType: "move" as const, parentId: parent, orderKey: key })) },
  { weight: 1, arbitrary: fc.tuple(common, parentId, orderKey).map(([fields, parent, key]) => ({ ...fields, operationType: "create" as const, objectType: "group" as const, newValue: { x: 0 }, parentId: parent, orderKey: key })) },
  { weight: 1, arbitrary: common.map((fields) => ({ ...fields, operationType: "delete" as const })) },
  { weight: 1, arbitrary: common.map((fields) => ({ ...fields, operationType: "restore" as const })) }
).filter((operation) => !("parentId" in operation) || operation.parentId !== operation.objectId)

const edit: fc.Arbitrary<Edit> = fc.record({ operation, keepPlace: fc.boolean() })

const action = fc.record({
  type: fc.constantFrom("edit", "edit", "send", "send", "send", "receive", "acknowledge", "read", "read", "read", "tick", "lose", "bounce", "connect", "zombie"),
  who: fc.nat(leads.length - 1),
  edit,
  count: fc.integer({ min: 1, max: 4 }),
  flag: fc.boolean(),
  replaced: fc.nat(5).map((draw) => draw === 0)
})

type Action = typeof action extends fc.Arbitrary<infer A> ? A : never

/** All editors are connected and see the first two objects. */
class Simulation {
  readonly server = new SimulatedServer()
  readonly editors = leads.map((lead, index) => new SimulatedEditor(`c${index}-`, lead, this.server))
  /** Connections that are lost and whose operations still arrive. */
  private readonly zombies: Array<SimulatedSocket> = []

  constructor() {
    for (const editor of this.editors) editor.connect(true, 0)
    for (const objectId of ["o1", "o2"]) {
      const create = { id: "op", idempotencyKey: "op", timestamp: 0, objectId, operationType: "create", objectType: "group", newValue: {}, parentId: null, orderKey: "a0" } as const
      this.editors[0]?.edit({ operation: create, keepPlace: false })
    }
    this.settle()
  }

  act({ count, edit, flag, replaced, type, who }: Action): void {
    const editor = this.editors[who]
    if (editor === undefined) return
    const { socket } = editor
    switch (type) {
      case "edit":
        return editor.edit(edit)
      case "send":
        editor.edit(edit)
        editor.flush(count)
        if (flag && socket !== undefined) this.server.receive([socket])
        return
      case "receive":
        return this.server.receive(flag ? this.sockets : socket === undefined ? [] : [socket])
      case "acknowledge":
        return socket === undefined ? undefined : this.server.acknowledge(socket)
      case "read":
        for (let read = 0; read < count; read++) if (!editor.read()) return
        return
      case "tick":
        this.server.nowMillis += count * 400
        return
      case "lose":
        return this.lose(editor, count - 1, replaced)
      case "bounce":
        this.lose(editor, count - 1, replaced)
        return editor.connect(flag || editor.wasReplaced, count - 1)
      case "connect":
        return editor.connect(flag || editor.wasReplaced, count - 1)
      case "zombie":
        return this.server.receive(this.zombies.slice(0, count))
    }
  }

  private lose(editor: SimulatedEditor, arriving: number, replaced: boolean): void {
    if (editor.socket !== undefined) this.zombies.push(editor.socket)
    editor.disconnect(arriving, replaced)
  }

  /** Everything arrives and is answered. */
  settle(): void {
    for (const zombie of this.zombies) while (zombie.toServer.length > 0) this.server.receive([zombie])
    for (const editor of this.editors) editor.connect(editor.wasReplaced, 0)
    for (let isBusy = true; isBusy;) {
      isBusy = false
      for (const editor of this.editors) {
        while (editor.read()) isBusy = true
        editor.flush(3)
      }
      for (const socket of this.sockets) {
        while (socket.toServer.length > 0) this.server.receive([socket])
        while (socket.unannounced.length > 0) this.server.acknowledge(socket)
        if (socket.toEditor.length > 0) isBusy = true
      }
    }
  }

  get sockets(): ReadonlyArray<SimulatedSocket> {
    return this.editors.flatMap(({ socket }) => socket ?? [])
  }
}

test("C2 C3: replicas converge with the file whatever is delayed, lost, sent again or clamped", () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 80, size: "max" }), (actions) => {
      const simulation = new Simulation()
      for (const action of actions) simulation.act(action)
      simulation.settle()
      const expected = digest(simulation.server.document)
      for (const { replica } of simulation.editors) {
        // Superseded operations of others are not announced, so the last seqs may be unknown here.
        expect(replica.seq).toBeLessThanOrEqual(simulation.server.seq)
        expect(replica.pendingCount).toBe(0)
        expect(digest(replica.confirmedDocument)).toBe(expected)
        expect(digest(replica.view)).toBe(expected)
      }
    }),
    runs(2000)
  )
})

test("C3: a replica without unanswered operations has the digest of the file at its seq, at every moment", () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60, size: "max" }), (actions) => {
      const simulation = new Simulation()
      for (const action of actions) {
        simulation.act(action)
        const replica = simulation.editors[action.who]?.replica
        if (replica?.seq === undefined || replica.pendingCount > 0 || action.type !== "read") continue
        expect(digest(replica.confirmedDocument)).toBe(simulation.server.digestAt(replica.seq))
        expect(replica.view).toBe(replica.confirmedDocument)
      }
    }),
    runs(1500)
  )
})

test("C3: acks and announcements may come in any order while a connection lasts", () => {
  const step = fc.record({ type: fc.constantFrom("edit", "send", "send", "receive", "acknowledge", "read", "tick"), who: fc.nat(2), edit, count: fc.nat(3) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: "max" }), fc.array(fc.nat(9), { minLength: 1, maxLength: 9 }), (steps, positions) => {
      const simulation = new Simulation()
      steps.forEach(({ count, edit, type, who }, index) => {
        const editor = simulation.editors[who]
        const waiting = editor?.socket?.toEditor.length ?? 0
        const position = (positions[index % positions.length] ?? 0) % Math.max(1, waiting)
        if (type === "read") editor?.read(position)
        else simulation.act({ count: count + 1, edit, type, who, flag: index % 2 === 0, replaced: false })
      })
      simulation.settle()
      const expected = digest(simulation.server.document)
      for (const { replica } of simulation.editors) expect(digest(replica.view)).toBe(expected)
    }),
    runs(2000)
  )
})

const wire = { id: "w", operationType: "update", objectId: "o1", propertyPath: "x", newValue: 1, timestamp: 5, idempotencyKey: "w", clientId: "b", userId: "u" } as const

const snapshot = { id: "f", name: "File", objects: [{ id: "o1", type: "group", parentId: null, orderKey: "a0", x: 0 }], deleted: [] }

test("C3: what the snapshot already holds changes nothing when it is announced again", () => {
  const replica = new Replica()
  replica.onSnapshot(snapshot, 10)
  replica.onOperations([{ ...wire, seq: 10 }], 10)
  expect(replica.view.get("o1")?.get("x")).toBe(0)
  replica.onOperations([{ ...wire, seq: 11 }], 11)
  expect([replica.view.get("o1")?.get("x"), replica.seq]).toEqual([1, 11])
})

test("C2: an own operation that comes back with the announcements is answered by that", () => {
  const replica = new Replica()
  replica.onSnapshot(snapshot, 10)
  replica.applyLocal([{ id: "w", idempotencyKey: "w", timestamp: 5, objectId: "o1", operationType: "update", propertyPath: "x", newValue: 1 }])
  expect([replica.pendingCount, replica.view.get("o1")?.get("x")]).toEqual([1, 1])
  expect(replica.onOperations([{ ...wire, seq: 12 }], 12)).toEqual(new Set(["o1"]))
  expect([replica.pendingCount, replica.view.get("o1")?.get("x")]).toEqual([0, 1])
  expect(replica.onResults([{ id: "w", status: "duplicate", seq: 12, first: "applied" }], 12, "b")).toEqual(new Set())
})
