import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest"
import { EditorWorld } from "./EditorWorld.ts"

let world: EditorWorld

beforeEach(async () => {
  world = await EditorWorld.open()
})

afterEach(() => {
  world.close()
})

const selected = (): ReadonlyArray<string> => [...world.model.selection]

describe("selecting", () => {
  test("a click takes the topmost object, shift adds and takes away, and empty ground takes nothing", () => {
    world.rectangle("low", 0, 0)
    world.rectangle("high", 50, 0)
    world.click(75, 25)
    expect(selected()).toEqual(["high"])
    world.click(25, 25, { shift: true })
    expect(selected()).toEqual(["high", "low"])
    world.click(75, 25, { shift: true })
    expect(selected()).toEqual(["low"])
    world.click(500, 500)
    expect(selected()).toEqual([])
    expect(world.countUndos()).toBe(2)
  })

  test("locked and invisible objects are not there", () => {
    world.rectangle("low", 0, 0)
    world.rectangle("locked", 0, 0, { locked: true })
    world.rectangle("hidden", 0, 0, { visible: false })
    world.click(25, 25)
    expect(selected()).toEqual(["low"])
    world.drag([300, 300], [-10, -10])
    expect(selected()).toEqual(["low"])
  })

  test("a child of a group selects the group; a double click enters it, and a click elsewhere leaves it", () => {
    world.file.create("group", {}, { id: "group" })
    world.rectangle("a", 0, 0, {}, "group")
    world.rectangle("b", 200, 0, {}, "group")
    world.rectangle("c", 0, 200)
    world.click(25, 25)
    expect(selected()).toEqual(["group"])
    world.gestures.doubleClick(world.at(25, 25))
    expect([selected(), world.model.enteredId]).toEqual([["a"], "group"])
    world.click(225, 25)
    expect(selected()).toEqual(["b"])
    world.model.leave()
    expect([selected(), world.model.enteredId]).toEqual([["group"], null])
    world.gestures.doubleClick(world.at(25, 25))
    world.click(25, 225)
    expect([selected(), world.model.enteredId]).toEqual([["c"], null])
    world.click(25, 25, { mod: true })
    expect(selected()).toEqual(["a"])
  })

  test("a child of a frame is taken itself, the frame by a click on its ground, and a drag over that is a marquee", () => {
    world.file.create("frame", { x: 0, y: 0, width: 400, height: 400, fill: "#ffffff" }, { id: "frame" })
    world.rectangle("a", 10, 10, {}, "frame")
    world.rectangle("b", 10, 100, {}, "frame")
    world.click(25, 25)
    expect(selected()).toEqual(["a"])
    world.click(300, 300)
    expect(selected()).toEqual(["frame"])
    world.click(900, 700)
    world.drag([300, 300], [5, 5])
    expect(selected()).toEqual(["a", "b"])
    expect(world.values("frame", "x", "y")).toEqual([0, 0])
  })

  test("a marquee takes what it touches, groups as a whole and frames only whole; Escape brings back what was selected", () => {
    world.file.create("group", {}, { id: "group" })
    world.rectangle("a", 0, 0, {}, "group")
    world.rectangle("b", 0, 200)
    world.file.create("frame", { x: 300, y: 0, width: 400, height: 400, fill: "#ffffff" }, { id: "frame" })
    world.rectangle("c", 10, 10, {}, "frame")
    world.drag([250, 300], [50, 25])
    expect(selected().toSorted()).toEqual(["b", "group"])
    world.drag([250, 300], [350, -10])
    expect(selected()).toEqual(["c"])
    world.drag([290, 500], [750, -10])
    expect(selected()).toEqual(["frame"])
    world.press(250, 500)
    world.moveTo(50, 25)
    expect(world.gestures.marquee).toEqual({ x: 50, y: 25, width: 200, height: 475 })
    world.gestures.cancel()
    expect([selected(), world.gestures.marquee]).toEqual([["frame"], undefined])
  })
})

describe("a finger", () => {
  test("pans over anything it has not selected, selects with a tap, and then moves what it selected", () => {
    const touch = true
    world.rectangle("a", 0, 0)
    world.drag([25, 25], [125, 75], { touch })
    expect([selected(), world.model.camera, world.values("a", "x")]).toEqual([[], { x: -100, y: -50, zoom: 1 }, [0]])
    world.click(125, 75, { touch })
    expect(selected()).toEqual(["a"])
    world.drag([125, 75], [225, 75], { touch })
    expect(world.values("a", "x")).toEqual([100])
  })
})

describe("moving", () => {
  test("a drag of many frames is one step of undo, and redo brings it back", () => {
    world.rectangle("a", 0, 0)
    world.drag([25, 25], [125, 75])
    expect(world.values("a", "x", "y")).toEqual([100, 50])
    world.model.undo()
    expect(world.values("a", "x", "y")).toEqual([0, 0])
    world.model.redo()
    expect(world.values("a", "x", "y")).toEqual([100, 50])
    expect(world.countUndos()).toBe(2)
  })

  test("works once per frame, with the newest place", async () => {
    world.rectangle("a", 0, 0)
    await world.network.settle()
    world.press(25, 25)
    for (let x = 30; x < 100; x++) world.gestures.move(world.at(x, 25))
    world.gestures.frame()
    expect(world.file.status.waiting).toBe(1)
    world.release(100, 25)
  })

  test("a tremble is no drag, shift keeps to the longer axis, and Escape takes all back and leaves no step", () => {
    world.rectangle("a", 0, 0)
    world.drag([25, 25], [27, 25])
    expect(world.values("a", "x", "y")).toEqual([0, 0])
    world.drag([25, 25], [125, 40], { shift: true })
    expect(world.values("a", "x", "y")).toEqual([100, 0])
    world.press(125, 25)
    world.moveTo(300, 300)
    expect(world.values("a", "x", "y")).toEqual([275, 275])
    expect(world.gestures.cancel()).toBe(true)
    world.release(300, 300)
    expect(world.values("a", "x", "y")).toEqual([100, 0])
    expect(world.countUndos()).toBe(2)
  })

  test("alt drags a duplicate, in one step with the drag", () => {
    world.rectangle("a", 0, 0)
    world.drag([25, 25], [225, 25], { alt: true })
    const [copy = ""] = selected()
    expect(copy).not.toBe("a")
    expect([world.values("a", "x"), world.values(copy, "x", "width", "fill")]).toEqual([[0], [200, 100, "#ff0000"]])
    world.model.undo()
    expect(world.liveIds).toEqual(["a"])
  })

  test("into a frame and out of it: the parent changes, the place on the page does not jump", () => {
    world.file.create("frame", { x: 300, y: 100, width: 300, height: 300, rotation: 90, fill: "#ffffff" }, { id: "frame" })
    world.rectangle("a", 0, 0)
    world.rectangle("b", 0, 200)
    world.drag([25, 25], [425, 225])
    expect(world.parentOf("a")).toBe("frame")
    expect(world.model.scene.boundsOf(["a"])).toMatchObject({ x: expect.closeTo(400), y: expect.closeTo(200), width: expect.closeTo(100) })
    world.drag([425, 225], [25, 25])
    expect([world.parentOf("a"), world.childrenOf(null)]).toEqual([null, ["frame", "b", "a"]])
    expect(world.model.scene.boundsOf(["a"])).toMatchObject({ x: expect.closeTo(0), y: expect.closeTo(0) })
    world.model.undo()
    expect(world.parentOf("a")).toBe("frame")
    world.model.undo()
    expect([world.parentOf("a"), world.childrenOf(null)]).toEqual([null, ["frame", "a", "b"]])
  })

  test("over a frame and back is as if nothing had been", () => {
    world.file.create("frame", { x: 300, y: 100, width: 300, height: 300, fill: "#ffffff" }, { id: "frame" })
    world.rectangle("a", 0, 0)
    world.rectangle("b", 0, 200)
    world.press(25, 25)
    world.moveTo(425, 225)
    expect([world.parentOf("a"), world.gestures.containerId]).toEqual(["frame", "frame"])
    world.moveTo(25, 25)
    world.release(25, 25)
    expect([world.parentOf("a"), world.childrenOf(null)]).toEqual([null, ["frame", "a", "b"]])
  })

  test("inside a moved and scaled parent, an object follows the pointer", () => {
    world.file.create("group", { transform: [2, 0, 0, 2, 100, 100] }, { id: "group" })
    world.rectangle("a", 0, 0, { rotation: 30 }, "group")
    world.gestures.doubleClick(world.at(200, 150))
    world.drag([200, 150], [300, 150])
    expect(world.values("a", "x", "y", "rotation")).toEqual([50, 0, 30])
  })

  test("many objects: not every frame is sent, every frame is shown, and the end is sent", async () => {
    for (let index = 0; index < 100; index++) world.rectangle(`o${index}`, index, 0)
    await world.network.settle()
    world.model.selectAll()
    // Frames at sixty a second, however long this machine takes for one.
    vi.useFakeTimers({ toFake: ["Date", "performance"] })
    onTestFinished(() => void vi.useRealTimers())
    world.press(50, 25)
    for (let x = 55; x < 150; x++) {
      vi.advanceTimersByTime(16)
      world.moveTo(x, 25)
    }
    const isShown = world.model.scene.boundsOf(["o0"])
    expect(isShown).toMatchObject({ x: 99 })
    expect(world.file.status.waiting).toBeLessThan(2_000)
    world.release(150, 25)
    expect([world.values("o0", "x"), world.values("o99", "x")]).toEqual([[100], [199]])
    world.model.undo()
    expect([world.values("o0", "x"), world.values("o99", "x")]).toEqual([[0], [99]])
  })

  test("others may delete and change objects under a drag", async () => {
    world.rectangle("a", 0, 0)
    world.rectangle("b", 200, 0)
    world.model.selectAll()
    world.press(25, 25)
    world.moveTo(50, 25)
    await world.otherEdits({ operationType: "delete", objectId: "a" })
    await world.otherEdits({ operationType: "update", objectId: "b", propertyPath: "fill", newValue: "#00ff00" })
    world.moveTo(125, 25)
    expect(selected()).toEqual(["b"])
    expect(world.values("b", "x", "fill")).toEqual([300, "#00ff00"])
    await world.otherEdits({ operationType: "delete", objectId: "b" })
    world.moveTo(200, 25)
    world.release(200, 25)
    expect([selected(), world.liveIds]).toEqual([[], []])
    world.model.undo()
    expect(world.liveIds).toEqual([])
  })
})

describe("resizing", () => {
  test("a corner pulls two sides; shift keeps the proportions and alt the centre", () => {
    world.rectangle("a", 100, 100)
    world.click(150, 125)
    world.drag([200, 150], [300, 250])
    expect(world.values("a", "x", "y", "width", "height")).toEqual([100, 100, 200, 150])
    world.model.undo()
    world.drag([200, 150], [300, 160], { shift: true })
    expect(world.values("a", "x", "y", "width", "height")).toEqual([100, 100, 200, 100])
    world.model.undo()
    world.drag([200, 150], [210, 155], { alt: true })
    expect(world.values("a", "x", "y", "width", "height")).toEqual([90, 95, 120, 60])
    world.model.undo()
    world.drag([100, 125], [50, 125])
    expect(world.values("a", "x", "y", "width", "height")).toEqual([50, 100, 150, 50])
  })

  test("beyond the opposite corner the object is turned over", () => {
    world.rectangle("a", 100, 100)
    world.click(150, 125)
    world.drag([200, 150], [50, 60])
    expect(world.values("a", "x", "y", "width", "height", "rotation")).toEqual([50, 60, 50, 40, undefined])
  })

  test("a turned object is pulled along its own axes, and its opposite side stands still", () => {
    world.rectangle("a", 100, 100, { rotation: 90 })
    // Turned a quarter about (150, 125), its own right edge looks down, at (150, 175).
    world.click(150, 125)
    world.drag([150, 175], [150, 225])
    expect(world.values("a", "width", "height", "rotation")).toEqual([150, 50, 90])
    expect(world.model.scene.boundsOf(["a"])).toMatchObject({ x: expect.closeTo(125), y: expect.closeTo(75), width: expect.closeTo(50), height: expect.closeTo(150) })
  })

  test("several objects are stretched together, members of groups one by one, and texts by their font", () => {
    world.rectangle("a", 0, 0)
    world.file.create("group", { x: 100, y: 50 }, { id: "group" })
    world.rectangle("b", 0, 0, {}, "group")
    world.model.selectAll()
    world.drag([200, 100], [400, 200])
    expect([world.values("a", "x", "y", "width", "height"), world.values("group", "x", "y", "transform")]).toEqual([[0, 0, 200, 100], [100, 50, undefined]])
    expect(world.model.scene.boundsOf(["b"])).toEqual({ x: 200, y: 100, width: 200, height: 100 })
    world.file.create("text", { x: 500, y: 500, text: "A", fontSize: 20 }, { id: "text" })
    world.model.select(["text"])
    const before = world.model.scene.boundsOf(["text"])
    if (before === undefined) throw new Error("no bounds")
    const corner = [before.x + before.width, before.y + before.height] as const
    world.drag(corner, [corner[0] + before.width, corner[1] + before.height])
    expect(Number(world.values("text", "fontSize")[0])).toBeCloseTo(40, -1)
  })

  test("Escape and undo bring the size back", () => {
    world.rectangle("a", 100, 100)
    world.click(150, 125)
    world.press(200, 150)
    world.moveTo(300, 250)
    world.gestures.cancel()
    expect(world.values("a", "width", "height")).toEqual([100, 50])
    world.drag([200, 150], [300, 250])
    world.model.undo()
    expect(world.values("a", "width", "height")).toEqual([100, 50])
  })

  test("the ends of a line are pulled one by one", () => {
    world.file.create("line", { x: 100, y: 100, x1: 0, y1: 0, x2: 100, y2: 0, rotation: 90, stroke: "#000000", strokeWidth: 2 }, { id: "line" })
    // Turned a quarter about (150, 100) it runs from (150, 50) to (150, 150).
    world.model.select(["line"])
    world.drag([150, 150], [250, 50])
    expect(world.values("line", "x", "y", "x1", "y1", "x2", "y2", "rotation")).toEqual([150, 50, 0, 0, 100, 0, 0])
  })
})

describe("turning", () => {
  test("outside of a corner one turns, by whole degrees, and with shift by fifteen", () => {
    world.rectangle("a", 100, 100, { height: 100 })
    world.click(150, 150)
    // From the lower right corner a quarter to the lower left.
    world.drag([208, 208], [92, 208])
    expect(world.values("a", "x", "y", "rotation")).toEqual([100, 100, 90])
    world.model.undo()
    world.drag([208, 208], [200, 212], { shift: true })
    expect(world.values("a", "rotation")).toEqual([undefined])
    world.drag([208, 208], [180, 215], { shift: true })
    expect(world.values("a", "rotation")).toEqual([15])
    expect(world.countUndos()).toBe(2)
  })

  test("a turned group and a selection of several keep their shape", () => {
    world.rectangle("a", 100, 100)
    world.rectangle("b", 200, 150)
    world.model.selectAll()
    world.drag([308, 208], [92, 208])
    const turn = world.model.scene.boundsOf(["a", "b"])
    expect([world.values("a", "rotation")[0], world.values("b", "rotation")[0]]).toEqual([expect.any(Number), expect.any(Number)])
    expect((turn?.x ?? 0) + (turn?.width ?? 0) / 2).toBeCloseTo(200, 1)
    world.model.undo()
    world.model.groupSelection()
    const [group = ""] = selected()
    world.drag([308, 208], [92, 208])
    expect(world.model.scene.boundsOf(["a", "b"])).toMatchObject({ x: expect.closeTo(turn?.x ?? 0, 1), y: expect.closeTo(turn?.y ?? 0, 1) })
    expect([world.values("a", "rotation"), world.values(group, "transform")]).toEqual([[undefined], [undefined]])
  })
})

describe("drawing", () => {
  test("a drag makes the shape, a click one of the default size, shift a square; then the select tool is back", () => {
    world.model.setTool("rectangle")
    world.drag([300, 200], [100, 100])
    expect([world.model.tool, selected().length]).toEqual(["select", 1])
    expect(world.values(selected()[0] ?? "", "type", "x", "y", "width", "height")).toEqual(["rectangle", 100, 100, 200, 100])
    world.model.setTool("ellipse")
    world.click(500, 500)
    expect(world.values(selected()[0] ?? "", "type", "x", "y", "width", "height")).toEqual(["ellipse", 500, 500, 100, 100])
    world.model.setTool("frame")
    world.drag([700, 100], [650, 110], { shift: true })
    expect(world.values(selected()[0] ?? "", "type", "x", "y", "width", "height")).toEqual(["frame", 650, 100, 50, 50])
    world.model.setTool("line")
    world.drag([10, 10], [60, 55], { shift: true })
    expect(world.values(selected()[0] ?? "", "type", "x", "y", "x2", "y2")).toEqual(["line", 10, 10, expect.closeTo(47.57, 1), expect.closeTo(47.57, 1)])
    expect(world.countUndos()).toBe(4)
  })

  test("inside a frame the object goes into the frame; Escape leaves nothing", () => {
    world.file.create("frame", { x: 100, y: 100, width: 300, height: 300, fill: "#ffffff" }, { id: "frame" })
    world.model.setTool("rectangle")
    world.drag([150, 150], [200, 200])
    const [id = ""] = selected()
    expect([world.parentOf(id), world.values(id, "x", "y")]).toEqual(["frame", [50, 50]])
    world.model.setTool("rectangle")
    world.press(500, 500)
    world.moveTo(600, 600)
    expect(world.liveIds.length).toBe(3)
    world.gestures.cancel()
    expect([world.liveIds.length, selected()]).toEqual([2, [id]])
    expect(world.countUndos()).toBe(2)
  })

  test("a text is typed at once, in one step; one left empty leaves nothing, not even a step", () => {
    world.model.setTool("text")
    world.click(100, 100)
    const id = world.model.editingTextId ?? ""
    world.model.setText(id, "H")
    world.model.setText(id, "Hi\nyou")
    world.click(500, 500)
    expect([world.model.editingTextId, world.values(id, "text")]).toEqual([undefined, ["Hi\nyou"]])
    world.model.setTool("text")
    world.click(300, 300)
    world.model.editText(undefined)
    expect(world.liveIds).toEqual([id])
    expect(world.countUndos()).toBe(1)
    expect(world.liveIds).toEqual([])
  })

  test("a text that somebody deletes is no longer edited", async () => {
    world.file.create("text", { x: 100, y: 100, text: "Hello", fontSize: 20 }, { id: "text" })
    world.gestures.doubleClick(world.at(110, 95))
    expect(world.model.editingTextId).toBe("text")
    world.model.setText("text", "Hello you")
    await world.otherEdits({ operationType: "delete", objectId: "text" })
    expect([world.model.scene.get("text"), world.model.editingTextId]).toEqual([undefined, undefined])
    world.rectangle("a", 0, 0)
    expect(world.countUndos()).toBe(3)
  })
})
