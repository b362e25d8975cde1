import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { EditorWorld } from "./EditorWorld.ts"

let world: EditorWorld

beforeEach(async () => {
  world = await EditorWorld.open()
})

afterEach(() => {
  world.close()
})

const selected = (): ReadonlyArray<string> => [...world.model.selection]

describe("state", () => {
  test("what somebody else deletes leaves the selection, with its children, and an entered group is left", async () => {
    world.file.create("group", {}, { id: "group" })
    world.rectangle("a", 0, 0, {}, "group")
    world.rectangle("b", 200, 0)
    world.model.enter("group")
    world.model.select(["a", "b"])
    world.model.setHovered("a")
    await world.otherEdits({ operationType: "delete", objectId: "group" })
    expect([selected(), world.model.enteredId, world.model.hoveredId]).toEqual([["b"], null, undefined])
  })

  test("the scene hears of every change once, with the objects that changed, and only when it is read", () => {
    const heard: Array<ReadonlySet<string> | undefined> = []
    world.model.onScene((objectIds) => heard.push(objectIds))
    world.rectangle("a", 0, 0)
    world.rectangle("b", 0, 0)
    expect(heard).toEqual([])
    expect(world.model.scene.get("b")).toBeDefined()
    expect(world.model.scene.get("a")).toBeDefined()
    expect(heard).toEqual([new Set(["a", "b"])])
  })

  test("Tab goes through the siblings and around, Escape first leaves the group", () => {
    for (const id of ["a", "b", "c"]) world.rectangle(id, 0, 0, id === "b" ? { locked: true } : {})
    world.model.selectSibling("next")
    expect(selected()).toEqual(["a"])
    world.model.selectSibling("next")
    expect(selected()).toEqual(["c"])
    world.model.selectSibling("next")
    expect(selected()).toEqual(["a"])
    world.model.selectSibling("previous")
    expect(selected()).toEqual(["c"])
    world.model.selectAll()
    expect(selected()).toEqual(["a", "c"])
  })

  test("a file that is read only can be looked at and not changed", () => {
    world.rectangle("a", 0, 0)
    world.model.select(["a"])
    world.file.close()
    expect(world.model.readOnly).toBe(true)
    world.model.deleteSelection()
    world.model.nudge(5, 5)
    world.model.duplicateSelection()
    world.model.setProperties(["a"], { fill: "#000000" })
    world.model.paste("text")
    world.model.undo()
    world.model.setTool("rectangle")
    world.drag([500, 500], [600, 600])
    world.drag([25, 25], [225, 25])
    expect([world.model.tool, world.liveIds, world.values("a", "x", "fill")]).toEqual(["select", ["a"], [0, "#ff0000"]])
  })

  test("the file is shown whole when it is opened; zooming goes to all, to the selection, and to a number", () => {
    world.rectangle("a", 0, 0, { width: 2_000, height: 800 })
    world.rectangle("b", 2_000, 0)
    world.model.zoomToFit()
    expect(world.model.camera.zoom).toBeCloseTo((1_000 - 96) / 2_100, 5)
    world.model.select(["b"])
    world.model.zoomToSelection()
    expect(world.model.camera.zoom).toBe(8)
    world.model.zoomTo(1)
    expect(world.model.camera).toEqual({ x: 2_050 - 500, y: 25 - 400, zoom: 1 })
  })

  test("a change that the document cannot hold is told in a notice", () => {
    world.rectangle("a", 0, 0)
    world.model.setProperties(["a"], { x: "left" })
    expect(world.model.notices).toMatchObject([{ kind: "error", text: "x is a number" }])
    world.model.dismissNotice(world.model.notices[0]?.id ?? 0)
    expect(world.model.notices).toEqual([])
  })
})

describe("commands, one step of undo each", () => {
  test("delete, nudge and setting properties of those objects that have them", () => {
    world.rectangle("a", 0, 0)
    world.file.create("group", {}, { id: "g" })
    world.model.select(["a", "g"])
    world.model.setProperties(["a", "g"], { cornerRadius: 4, opacity: 0.5 })
    expect([world.values("a", "cornerRadius", "opacity"), world.values("g", "cornerRadius", "opacity")]).toEqual([[4, 0.5], [undefined, 0.5]])
    world.model.nudge(10, -1)
    expect([world.values("a", "x", "y"), world.values("g", "x", "y")]).toEqual([[10, -1], [10, -1]])
    world.model.deleteSelection()
    expect([world.liveIds, selected()]).toEqual([[], []])
    world.model.undo()
    expect(world.liveIds).toEqual(["a", "g"])
    expect(world.countUndos()).toBe(4)
  })

  test("group and ungroup keep the order and every place on the page", () => {
    world.rectangle("a", 10, 20)
    world.rectangle("between", 0, 0)
    world.rectangle("b", 200, 100, { rotation: 45 })
    world.rectangle("above", 0, 0)
    const before = world.model.scene.boundsOf(["b"])
    world.model.select(["b", "a"])
    world.model.groupSelection()
    const [group = ""] = selected()
    expect([world.childrenOf(null), world.childrenOf(group), world.values(group, "x", "y", "type")]).toEqual([["between", group, "above"], ["a", "b"], [10, 20, "group"]])
    expect([world.values("a", "x", "y"), world.model.scene.boundsOf(["b"])]).toEqual([[0, 0], before])
    world.file.update(group, { opacity: 0.5, rotation: 90 })
    const turned = world.model.scene.boundsOf(["b"])
    world.model.ungroupSelection()
    expect([world.childrenOf(null), selected()]).toEqual([["between", "a", "b", "above"], ["a", "b"]])
    expect(world.values("a", "opacity", "rotation")).toEqual([0.5, 90])
    expect(world.model.scene.boundsOf(["b"])?.x).toBeCloseTo(turned?.x ?? 0, 2)
    world.model.undo()
    expect(world.childrenOf(group)).toEqual(["a", "b"])
  })

  test("stacking: to the ends and by one, several at a time keep their order", () => {
    for (const id of ["a", "b", "c", "d"]) world.rectangle(id, 0, 0)
    const after = (ids: ReadonlyArray<string>, command: () => void) => {
      world.model.select(ids)
      command()
      return world.childrenOf(null).join("")
    }
    expect(after(["a", "b"], () => world.model.bringToFront())).toBe("cdab")
    expect(after(["a", "b"], () => world.model.sendToBack())).toBe("abcd")
    expect(after(["a", "b"], () => world.model.bringForward())).toBe("cabd")
    expect(after(["a", "b"], () => world.model.sendBackward())).toBe("abcd")
    expect(after(["d"], () => world.model.bringForward())).toBe("abcd")
    expect(world.countUndos()).toBe(8)
  })

  test("reparent keeps places on the page, whatever turns and scales the parents have, and refuses cycles", () => {
    world.file.create("frame", { x: 100, y: 100, width: 300, height: 200, rotation: 30 }, { id: "frame" })
    world.file.create("group", { transform: [2, 0, 0.5, 1, 10, 10] }, { id: "skewed" })
    world.rectangle("a", 10, 20, { rotation: 15 })
    world.rectangle("b", 10, 20)
    const before = world.model.scene.boundsOf(["a"])
    for (const parentId of ["frame", "skewed", null]) {
      world.model.reparent(["a", "b"], parentId)
      expect([world.parentOf("a"), world.parentOf("b")]).toEqual([parentId, parentId])
      const now = world.model.scene.boundsOf(["a"])
      for (const side of ["x", "y", "width", "height"] as const) expect(now?.[side]).toBeCloseTo(before?.[side] ?? 0, 1)
    }
    world.model.reparent(["frame"], "frame")
    world.model.reparent(["a", "b"], null, { before: "frame" })
    expect(world.childrenOf(null)).toEqual(["a", "b", "frame", "skewed"])
    world.model.reparent(["a"], null, { after: "skewed" })
    expect(world.childrenOf(null)).toEqual(["b", "frame", "skewed", "a"])
  })

  test("aligning: with each other, and one with its parent", () => {
    world.file.create("frame", { x: 0, y: 0, width: 400, height: 400 }, { id: "frame" })
    world.rectangle("a", 10, 20, {}, "frame")
    world.rectangle("b", 200, 100, {}, "frame")
    world.model.select(["a", "b"])
    world.model.alignSelection("right")
    expect([world.values("a", "x", "y"), world.values("b", "x", "y")]).toEqual([[200, 20], [200, 100]])
    world.model.select(["a"])
    world.model.alignSelection("middle")
    expect(world.values("a", "x", "y")).toEqual([200, 175])
  })

  test("duplicates stand above their originals, a little aside, children included", () => {
    world.file.create("frame", { x: 0, y: 0, width: 400, height: 400 }, { id: "frame" })
    world.rectangle("a", 10, 20, { "data.note": "n", visible: false }, "frame")
    world.rectangle("above", 0, 0)
    world.model.select(["frame"])
    world.model.duplicateSelection()
    const [copy = ""] = selected()
    expect([world.childrenOf(null), world.values(copy, "x", "y")]).toEqual([["frame", copy, "above"], [10, 10]])
    expect(world.childrenOf(copy).map((id) => world.values(id, "x", "y", "data.note", "visible"))).toEqual([[10, 20, "n", false]])
    world.model.undo()
    expect(world.childrenOf(null)).toEqual(["frame", "above"])
  })

  test("visible, locked and names are switched and cleared", () => {
    world.rectangle("a", 0, 0)
    world.model.toggleVisible("a")
    world.model.toggleLocked("a")
    world.model.rename("a", " Box ")
    expect(world.values("a", "visible", "locked", "name")).toEqual([false, true, "Box"])
    world.model.toggleVisible("a")
    world.model.toggleLocked("a")
    world.model.rename("a", " ")
    expect(world.values("a", "visible", "locked", "name")).toEqual([undefined, undefined, undefined])
  })

  test("steps: what happens until the end is one, another step ends it, and undo does too", () => {
    world.rectangle("a", 0, 0)
    world.model.select(["a"])
    const step = world.model.startStep()
    for (let tenths = 9; tenths > 0; tenths--) world.model.setProperties(["a"], { opacity: tenths / 10 })
    const next = world.model.startStep()
    world.model.nudge(1, 0)
    world.model.nudge(1, 0)
    step.end()
    world.model.undo()
    next.cancel()
    expect(world.values("a", "x", "opacity")).toEqual([0, 0.1])
    world.model.undo()
    expect(world.values("a", "opacity")).toEqual([undefined])
    expect(world.countUndos()).toBe(1)
  })
})

describe("clipboard", () => {
  test("copies come back beside their originals, each paste a little further, also into a selected frame", () => {
    world.file.create("frame", { x: 300, y: 0, width: 400, height: 400 }, { id: "frame" })
    world.rectangle("a", 10, 20, {}, "frame")
    world.model.select(["a"])
    const text = world.model.copy()
    world.model.paste(text)
    expect(selected().map((id) => [world.parentOf(id), ...world.values(id, "x", "y")])).toEqual([["frame", 20, 30]])
    world.model.paste(text)
    expect(selected().map((id) => world.values(id, "x", "y"))).toEqual([[30, 40]])
    world.model.clearSelection()
    world.model.paste(text, { x: 550, y: 525 })
    expect(selected().map((id) => [world.parentOf(id), ...world.values(id, "x", "y")])).toEqual([[null, 500, 500]])
    world.model.setCamera({ x: 10_000, y: 10_000, zoom: 1 })
    world.model.clearSelection()
    world.model.paste(text)
    expect(selected().map((id) => world.values(id, "x", "y"))).toEqual([[10_450, 10_375]])
    expect(world.countUndos()).toBe(6)
  })

  test("cut and paste brings it back to where it was", () => {
    world.rectangle("a", 10, 20)
    world.model.select(["a"])
    const text = world.model.cut()
    expect(world.liveIds).toEqual([])
    world.model.paste(text)
    expect(selected().map((id) => world.values(id, "x", "y", "fill"))).toEqual([[10, 20, "#ff0000"]])
  })

  test("objects travel to another file with everything in them", async () => {
    world.file.create("group", { x: 5, rotation: 10 }, { id: "group" })
    world.rectangle("a", 10, 20, { "data.note": "n" }, "group")
    world.model.select(["group"])
    const text = world.model.copy()
    const elsewhere = await EditorWorld.open()
    elsewhere.model.paste(text)
    const [group = ""] = elsewhere.model.selection
    expect(elsewhere.values(group, "type", "rotation")).toEqual(["group", 10])
    expect(elsewhere.childrenOf(group).map((id) => elsewhere.values(id, "x", "y", "data.note"))).toEqual([[10, 20, "n"]])
    elsewhere.close()
  })

  test("M4: images that come with objects of another file are put into this one first, each once; of those that may not be read there a notice tells", async () => {
    for (const [id, assetId] of [["a", "seen"], ["b", "secret"], ["c", "seen"], ["d", ""]] as const) world.file.create("image", { x: 0, y: 0, width: 9, height: 9, assetId }, { id })
    world.model.select(["a", "b", "c", "d"])
    const text = world.model.copy()
    const brought: Array<readonly [string, string, number]> = []
    const elsewhere = await EditorWorld.open({
      fileId: "00000000-0000-4000-8000-000000000001",
      images: {
        upload: () => Promise.reject(new Error("not asked for")),
        read: () => Promise.reject(new Error("not asked for")),
        bring: async (assetId, fileId) => {
          brought.push([assetId, fileId, elsewhere.liveIds.length])
          if (assetId === "secret") throw new Error("The server says: your role does not allow this.")
        }
      }
    })
    elsewhere.model.paste(text)
    await expect.poll(() => elsewhere.liveIds.length).toBe(4)
    expect(brought).toEqual([["seen", world.file.fileId, 0], ["secret", world.file.fileId, 0]])
    expect(elsewhere.model.notices).toMatchObject([{ kind: "warning", text: "Of 2 images 1 could not be copied: The server says: your role does not allow this." }])
    world.model.paste(text)
    expect(world.liveIds.length).toBe(8)
    elsewhere.close()
  })

  test("plain text becomes a text object; text that only looks like objects does too", () => {
    world.model.paste("Hello\r\nyou")
    expect(selected().map((id) => world.values(id, "type", "text"))).toEqual([["text", "Hello\nyou"]])
    const evil = JSON.stringify({ "easel/objects": 1, objects: [{ type: "rectangle", parent: 5, properties: {} }] })
    world.model.paste(evil)
    expect(selected().map((id) => world.values(id, "type", "text"))).toEqual([["text", evil]])
  })

  test("of pasted objects only what fits the schema is taken", () => {
    world.model.paste(`{"easel/objects":1,"objects":[{"type":"rectangle","parent":null,"properties":{"x":1,"y":"no","evil":1,"__proto__":{"a":1},"width":10,"height":10,"parentId":"q"}}]}`, undefined)
    const [id = ""] = selected()
    expect(world.file.get(id)).toEqual({ id, type: "rectangle", parentId: null, orderKey: expect.any(String), x: 11, y: 10, width: 10, height: 10 })
  })
})

describe("drawings", () => {
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><filter id="f"/><rect width="10" height="10" filter="url(#f)"/></svg>`

  test("a drawing is placed at the point, in one step, and what it does not show is told", async () => {
    const report = await world.model.importSvg(drawing, "Logo", { x: 70, y: 80 })
    const [frame = ""] = selected()
    expect(world.values(frame, "type", "name", "x", "y", "width")).toEqual(["frame", "Logo", 70, 80, 40])
    expect([report?.objects, world.childrenOf(frame).length]).toEqual([2, 1])
    expect(world.model.notices).toMatchObject([{ kind: "warning", text: expect.stringContaining("filter") }])
    expect(world.countUndos()).toBe(1)
  })

  test("pasted SVG is a drawing, and what is none is refused with the reason", async () => {
    world.model.paste(drawing, { x: 0, y: 0 })
    await expect.poll(() => world.liveIds.length).toBe(2)
    expect(await world.model.importSvg("<svg><", "Broken")).toBeUndefined()
    expect(world.model.notices.at(-1)).toMatchObject({ kind: "error", text: expect.stringMatching(/^Broken was not imported: /) })
    expect(world.liveIds.length).toBe(2)
  })
})
