import type { PresenceEntry } from "@easel/protocol/editor"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { OtherEditors } from "../../../packages/editor/src/presence/OtherEditors.ts"
import { EditorWorld } from "./EditorWorld.ts"

const entry = (fields: Partial<PresenceEntry>): PresenceEntry =>
  ({ clientId: "ann", userId: "u", userName: "Ann", color: "#123456", cursor: null, selection: null, viewport: null, ...fields })

const others = (...entries: ReadonlyArray<PresenceEntry>): ReadonlyMap<string, PresenceEntry> => new Map(entries.map((one) => [one.clientId, one]))

let world: EditorWorld

beforeEach(async () => {
  vi.useFakeTimers()
  world = await EditorWorld.open()
  await vi.advanceTimersByTimeAsync(1_000)
})

afterEach(() => {
  world.close()
  vi.useRealTimers()
})

test("an editor tells where it points, what it has selected and what it sees", () => {
  const told = vi.spyOn(world.file, "setPresence")
  world.model.setCursor({ x: 99, y: 0 })
  expect(told).toHaveBeenLastCalledWith({ cursor: { x: 99, y: 0 }, selection: [], viewport: { x: 0, y: 0, width: 1_000, height: 800 } })
  world.rectangle("a", 0, 0)
  world.model.select(["a"])
  world.model.setCursor(null)
  expect(told).toHaveBeenLastCalledWith({ cursor: null, selection: ["a"], viewport: expect.anything() })
})

test("what has not changed is not told again", async () => {
  vi.spyOn(world.file, "presence", "get").mockReturnValue(others(entry({})))
  const told = vi.spyOn(world.file, "setPresence")
  world.model.setCursor({ x: 1, y: 1 })
  world.model.setCursor({ x: 1.001, y: 1 })
  world.model.setTool("hand")
  expect(told).toHaveBeenCalledTimes(1)
})

test("following: the camera glides to what the other sees, tells the same, and ends with an own movement", () => {
  const viewport = { x: 5_000, y: 0, width: 500, height: 400 }
  vi.spyOn(world.file, "presence", "get").mockReturnValue(others(entry({ viewport })))
  const told = vi.spyOn(world.file, "setPresence")
  world.model.follow("ann")
  expect(world.model.advance(16)).toBe(true)
  expect(world.model.camera.x).toBeGreaterThan(0)
  expect(world.model.camera.x).toBeLessThan(5_000)
  for (let frames = 0; frames < 200 && world.model.advance(16); frames++);
  expect(world.model.camera).toEqual({ x: 5_000, y: 0, zoom: 2 })
  expect(told).toHaveBeenLastCalledWith(expect.objectContaining({ viewport }))
  world.model.setCamera({ x: 0, y: 0, zoom: 1 })
  expect([world.model.following, world.model.advance(16)]).toEqual([undefined, false])
})

test("following somebody who is not there, or whose presence is nonsense, does nothing", () => {
  world.model.follow("nobody")
  expect(world.model.following).toBeUndefined()
  vi.spyOn(world.file, "presence", "get").mockReturnValue(others(entry({ viewport: { x: "a", width: -1 } })))
  world.model.follow("ann")
  expect([world.model.following, world.model.advance(16)]).toEqual(["ann", false])
})

test("cursors glide, appear where they are, and whatever others send is drawn only if it makes sense", () => {
  const drawn = new OtherEditors()
  expect(drawn.advance(others(entry({ cursor: { x: 10, y: 10 }, selection: ["a", 5, null], color: "red;" })), 16)).toBe(false)
  expect(drawn.list).toEqual([{ clientId: "ann", name: "Ann", color: "#7a7a7a", cursor: { x: 10, y: 10 }, selection: ["a"] }])
  const moved = others(entry({ cursor: { x: 110, y: 10 } }))
  expect(drawn.advance(moved, 16)).toBe(true)
  const x = drawn.list[0]?.cursor?.x ?? 0
  expect([x > 10, x < 110, drawn.list[0]?.color]).toEqual([true, true, "#123456"])
  for (let frames = 0; frames < 100 && drawn.advance(moved, 16); frames++);
  expect(drawn.list[0]?.cursor).toEqual({ x: 110, y: 10 })
  drawn.advance(others(entry({ cursor: { x: Number.NaN, y: 1 } }), entry({ clientId: "bob", cursor: "here" })), 16)
  expect(drawn.list.map(({ cursor }) => cursor)).toEqual([undefined, undefined])
  drawn.advance(others(), 16)
  expect(drawn.list).toEqual([])
})
