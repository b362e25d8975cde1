import type { PresenceChanged } from "@easel/protocol"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { colorOfSlot } from "../../../cluster/file/colors.ts"
import { PresenceBoard } from "../../../cluster/file/PresenceBoard.ts"
import { clientIds, json, runs, spicyText } from "../../harness/arbitraries.ts"
import { partTexts, valuesOf } from "./encodedParts.ts"

const editor = (clientId: string, userName = "Ann") => ({ clientId, userId: "ann", userName })

const move = (clientId: string, cursor: number) => ({ clientId, cursor, selection: null, viewport: null })

/** What a frame says: the entries in order, and who left. */
const read = (event: PresenceChanged | undefined) => {
  if (event === undefined) return undefined
  const entries = partTexts(event).map(({ author, text }) => {
    const [entry] = valuesOf(text)
    expect(entry?.clientId).toBe(author)
    return entry
  })
  return { entries, left: event.left }
}

const othersThan = (board: PresenceBoard, clientId: string) => valuesOf(Buffer.from(board.othersThan(clientId)).toString("utf8"))

test("P7: the colours of the first fifty editors differ, and a free one is given again", () => {
  const board = new PresenceBoard()
  const colors = Array.from({ length: 50 }, (_, index) => board.join("g", editor(`c${index}`)))
  expect(new Set(colors).size).toBe(50)
  for (const color of colors) expect(color).toMatch(/^#[0-9a-f]{6}$/)
  board.leave("g", ["c7"])
  expect(colors).not.toContain(board.join("g", editor("early")))
  board.age()
  board.age()
  expect(board.join("g", editor("new"))).toBe(colors[7])
  expect(new Set(Array.from({ length: 200 }, (_, slot) => colorOfSlot(slot))).size).toBeGreaterThan(190)
})

test("P7: a client that comes back without having left keeps its colour, and its presence", () => {
  const board = new PresenceBoard()
  board.join("g", editor("a"))
  const color = board.join("g", editor("b"))
  board.move("g", [move("b", 5)])
  expect(board.join("h", editor("b", "Bea"))).toBe(color)
  expect(board.size).toBe(2)
  expect(othersThan(board, "a")).toEqual([{ ...editor("b", "Bea"), color, cursor: 5, selection: null, viewport: null }])
})

test("P7: a client that left and comes back within a moment has its colour again", () => {
  const board = new PresenceBoard()
  board.join("g", editor("a"))
  const color = board.join("g", editor("b"))
  board.leave("g", ["b"])
  board.join("g", editor("c"))
  board.age()
  expect(board.join("h", editor("b"))).toBe(color)
})

test("P6: whom a former owner had is shown until it comes back, with its colour and presence, or is given up", () => {
  const former = new PresenceBoard()
  for (const id of ["a", "b"]) former.join("g", editor(id))
  former.move("g", [move("b", 7)])
  const board = new PresenceBoard()
  board.seed(former.entries)
  expect(othersThan(board, "")).toEqual(othersThan(former, ""))
  expect(board.join("h", editor("b"))).toBe(former.entries[1]?.color)
  expect(othersThan(board, "a")).toMatchObject([{ clientId: "b", cursor: 7 }])
  expect(board.age()).toBe(false)
  expect(board.age()).toBe(true)
  expect(read(board.drain())).toMatchObject({ left: ["a"] })
  expect(board.size).toBe(1)
})

test("P6: a frame has each editor once with its newest presence, however often it moved", () => {
  const board = new PresenceBoard()
  board.join("g", editor("a"))
  board.join("g", editor("b"))
  board.drain()
  for (let cursor = 0; cursor < 100; cursor++) board.move("g", [move("a", cursor), move("nobody", cursor)])
  expect(read(board.drain())).toMatchObject({ entries: [{ clientId: "a", cursor: 99 }], left: [] })
  expect(board.drain()).toBeUndefined()
})

test("P6: joining and leaving are announced once, and one who left without being announced is not shown", () => {
  const board = new PresenceBoard()
  board.join("g", editor("a"))
  board.join("g", editor("b"))
  board.leave("g", ["b", "b", "nobody"])
  expect(read(board.drain())).toMatchObject({ entries: [{ clientId: "a" }], left: ["b"] })
  board.leave("g", ["b"])
  expect(board.drain()).toBeUndefined()
})

test("P6: one who left and came back before the next frame is there and did not leave", () => {
  const board = new PresenceBoard()
  board.join("g", editor("a"))
  board.drain()
  board.leave("g", ["a"])
  board.join("g", editor("a"))
  expect(read(board.drain())).toMatchObject({ entries: [{ clientId: "a" }], left: [] })
})

test("P6: a gateway that is gone takes its editors with it, but not those who came back through another", () => {
  const board = new PresenceBoard()
  for (const clientId of ["a", "b", "c"]) board.join("g1", editor(clientId))
  board.join("g2", editor("d"))
  board.join("g2", editor("b"))
  board.drain()
  board.leaveGateway("g1")
  expect(read(board.drain())).toEqual({ entries: [], left: ["a", "c"] })
  expect(board.size).toBe(2)
  board.leaveGateway("nobody's")
  expect(board.drain()).toBeUndefined()
})

const client = fc.constantFrom(...clientIds)
const action = fc.oneof(
  fc.record({ type: fc.constant("join"), client, gateway: fc.constantFrom("g1", "g2"), name: spicyText }),
  fc.record({ type: fc.constant("move"), client, cursor: json }),
  fc.record({ type: fc.constant("leave"), client }),
  fc.record({ type: fc.constant("leaveGateway"), gateway: fc.constantFrom("g1", "g2") }),
  fc.record({ type: fc.constantFrom("drain", "save", "age") })
)

/** The fields that the actions have between them. */
interface Action {
  readonly type: string
  readonly client?: string
  readonly gateway?: string
  readonly name?: string
  readonly cursor?: unknown
}

test("P6: whoever reads every frame knows exactly what the board knows", () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 40, size: "max" }), (actions: ReadonlyArray<Action>) => {
      const board = new PresenceBoard()
      const known = new Map<string, unknown>()
      const seated = new Map<string, { readonly gateway: string; readonly color: string }>()
      const saved = new Map<string, unknown>()
      const present = new Set<string>()
      const save = () => {
        const { changed, joined, left } = board.takeUnsaved()
        for (const clientId of left) {
          saved.delete(clientId)
          expect(present.delete(clientId)).toBe(true)
        }
        for (const entry of changed) saved.set(entry.clientId, JSON.parse(text(entry)))
        for (const { clientId } of joined) {
          expect(present.has(clientId)).toBe(false)
          present.add(clientId)
        }
      }
      const follow = () => {
        const frame = read(board.drain())
        // As the SDK does: entries first, then those who left.
        for (const entry of frame?.entries ?? []) known.set(String(entry?.clientId), entry)
        for (const clientId of frame?.left ?? []) known.delete(clientId)
      }
      for (const { client = "", cursor, gateway = "", name = "", type } of actions) {
        if (type === "join") seated.set(client, { gateway, color: board.join(gateway, editor(client, name)) })
        else if (type === "move") board.move(seated.get(client)?.gateway ?? gateway, [{ clientId: client, cursor: text(cursor), selection: null, viewport: null }])
        else if (type === "leave") {
          board.leave(seated.get(client)?.gateway ?? gateway, [client])
          seated.delete(client)
        } else if (type === "leaveGateway") {
          board.leaveGateway(gateway)
          for (const [id, seat] of seated) if (seat.gateway === gateway) seated.delete(id)
        } else if (type === "save") save()
        else if (type === "age") board.age()
        else follow()
      }
      follow()
      save()
      const everybody = othersThan(board, "nobody")
      expect([...known.values()].sort(byClient)).toEqual([...everybody].sort(byClient))
      expect([...saved.values()].sort(byClient)).toEqual([...everybody].sort(byClient))
      expect([...present].sort()).toEqual([...saved.keys()].sort())
      expect([...known.keys()].sort()).toEqual([...seated.keys()].sort())
      expect(new Set(everybody.map(({ color }) => color)).size).toBe(seated.size)
    }),
    runs(2000)
  )
})

const text = (value: unknown): string => JSON.stringify(value)

const byClient = (a: unknown, b: unknown): number => (text(a) < text(b) ? -1 : 1)

test("P6: another gateway neither moves nor removes an editor", () => {
  const board = new PresenceBoard()
  board.join("g", editor("a"))
  board.drain()
  board.move("h", [move("a", 1)])
  board.leave("h", ["a"])
  expect([board.drain(), board.size]).toEqual([undefined, 1])
})

test("P6: of those whom a former owner had announced, who does not come back has left", () => {
  const board = new PresenceBoard()
  board.join("g", editor("a"))
  board.awaitBack(["a", "b", "c"])
  board.join("h", editor("b"))
  expect(read(board.drain())).toMatchObject({ left: [] })
  board.giveUpAwaited()
  expect(read(board.drain())).toMatchObject({ entries: [], left: ["c"] })
  board.giveUpAwaited()
  expect(board.drain()).toBeUndefined()
})
