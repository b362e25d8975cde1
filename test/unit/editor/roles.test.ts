/** C14: what becomes of what a person is in the middle of when the role goes, and when it comes back. */
import { afterEach, beforeEach, expect, test } from "vitest"
import { EditorWorld } from "./EditorWorld.ts"

let world: EditorWorld

beforeEach(async () => {
  world = await EditorWorld.open()
})

afterEach(() => {
  world.close()
})

const notices = (): ReadonlyArray<string> => world.model.notices.map(({ text }) => text)

test("C14: what one may do now is told once, and the first sync and an editor who becomes owner are not", () => {
  expect(notices()).toEqual([])
  world.network.grant({ role: "editor" })
  expect([notices(), world.model.readOnly]).toEqual([[], false])
  world.network.grant({ role: "commenter" })
  expect([notices(), world.model.readOnly]).toEqual([["You can now comment, and change nothing."], true])
  world.network.grant({ role: "viewer" })
  expect([notices().slice(1), world.model.readOnly]).toEqual([["You can now view only."], true])
  world.network.grant({ role: "owner" })
  expect([notices().slice(2), world.model.readOnly]).toEqual([["You can edit now."], false])
})

test("C14: a drag ends with the role, where the server has it, and later ones move nothing", async () => {
  world.rectangle("a", 0, 0)
  await world.network.settle()
  world.press(50, 25)
  world.moveTo(150, 25)
  await world.network.settle()
  world.network.grant({ role: "viewer" })
  world.moveTo(250, 25)
  expect(world.gestures.name).toBeUndefined()
  world.release(250, 25)
  expect(world.values("a", "x")).toEqual([100])
  world.drag([150, 25], [250, 25])
  expect(world.values("a", "x")).toEqual([100])
  expect(world.file.status.waiting).toBe(0)
})

test("C14: who drags a frame to select goes on", () => {
  world.rectangle("a", 0, 0)
  world.press(-50, -50)
  world.moveTo(50, 50)
  world.network.grant({ role: "viewer" })
  world.moveTo(200, 200)
  world.release(200, 200)
  expect([...world.model.selection]).toEqual(["a"])
})

test("C14: a text that is being edited is left, and one without a character stays as it is", async () => {
  world.model.setTool("text")
  world.click(100, 100)
  const id = world.model.editingTextId
  await world.network.settle()
  world.network.grant({ role: "viewer" })
  expect([world.model.editingTextId, world.model.tool, world.liveIds]).toEqual([undefined, "select", [id]])
  world.model.setTool("rectangle")
  expect(world.model.tool).toBe("select")
  world.model.setTool("hand")
  expect(world.model.tool).toBe("hand")
})

test("C14: no command changes anything while one may not edit", async () => {
  world.rectangle("a", 0, 0)
  world.model.select(["a"])
  await world.network.settle()
  world.network.grant({ role: "viewer" })
  const { model } = world
  const { seq } = world.network.server
  model.deleteSelection()
  model.duplicateSelection()
  model.groupSelection()
  model.nudge(1, 1)
  model.bringToFront()
  model.setProperties(["a"], { fill: "#00ff00" })
  model.setText("a", "text")
  model.rename("a", "name")
  model.toggleLocked("a")
  model.paste("pasted")
  model.undo()
  model.redo()
  await model.importSvg(`<svg xmlns="http://www.w3.org/2000/svg"/>`, "drawing")
  await world.network.settle()
  expect([world.network.server.seq, world.liveIds, notices()]).toEqual([seq, ["a"], ["You can now view only."]])
})
