/** The layers as lines, and where dragged ones land. */
import { fromViews, type ObjectView } from "@easel/document"
import { describe, expect, it } from "vitest"
import { layerDrop, type LayerDrop } from "../../../packages/editor/src/shell/layers/layerDrop.ts"
import { layerName, layerRows } from "../../../packages/editor/src/shell/layers/layerRows.ts"

const object = (id: string, type: string, parentId: string | null, orderKey: string, more: Record<string, string | boolean> = {}): ObjectView => ({
  id,
  type,
  parentId,
  orderKey,
  ...more
})

/** From back to front: back, frame (a, group (g1, g2), b), gone, front. */
const document = fromViews([
  object("back", "rectangle", null, "a0"),
  object("frame", "frame", null, "a1"),
  object("gone", "rectangle", null, "a2", { _deleted: true }),
  object("front", "text", null, "a3", { text: " Some\n text " }),
  object("a", "rectangle", "frame", "a0"),
  object("group", "group", "frame", "a1", { name: "Things" }),
  object("b", "rectangle", "frame", "a2"),
  object("g1", "ellipse", "group", "a0"),
  object("g2", "ellipse", "group", "a1")
])
const rows = layerRows(document, new Set(["frame", "group"]))

describe("lines", () => {
  it("the front comes first, contents stand below their container, and what was deleted is not there", () => {
    expect(rows.map(({ depth, id }) => `${"  ".repeat(depth)}${id}`)).toEqual(["front", "frame", "  b", "  group", "    g2", "    g1", "  a", "back"])
    expect(rows[3]).toEqual({ id: "group", depth: 1, parentId: "frame", isContainer: true, isExpanded: true, position: 2, siblings: 3 })
  })

  it("what is not expanded shows nothing of what it holds", () => {
    expect(layerRows(document, new Set()).map(({ id }) => id)).toEqual(["front", "frame", "back"])
    expect(layerRows(document, new Set(["group"])).map(({ id }) => id)).toEqual(["front", "frame", "back"])
  })

  it("a layer is called by its name, a text by what it says, anything else by its type", () => {
    const names = ["front", "group", "a"].map((id) => {
      const found = document.get(id)
      return found === undefined ? undefined : layerName(found)
    })
    expect(names).toEqual(["Some text", "Things", "Rectangle"])
  })
})

describe("dropping", () => {
  const drop = (lines: number, indent: number, ...dragged: ReadonlyArray<string>): LayerDrop | undefined =>
    layerDrop(document, rows, new Set(dragged), { lines, indent })
  const at = (line: number, indent: number, ...dragged: ReadonlyArray<string>) => {
    const found = drop(line, indent, ...dragged)
    return found === undefined ? undefined : [found.parentId, found.place]
  }

  it("above the first line is in front of everything", () => {
    expect(at(0, 5, "a")).toEqual([null, "last"])
    expect(at(-3, 0, "a")).toEqual([null, "last"])
  })

  it("below the last line is behind everything", () => {
    expect(at(8, 3, "a")).toEqual([null, { before: "back" }])
    expect(at(99, 0, "a")).toEqual([null, { before: "back" }])
  })

  it("between two lines of one container is between them", () => {
    expect(at(3, 1, "front")).toEqual(["frame", { before: "b" }])
    expect(at(5, 2, "front")).toEqual(["group", { before: "g2" }])
  })

  it("below an expanded container's own line is in front of all it holds", () => {
    expect(drop(2, 4, "front")).toEqual({ parentId: "frame", place: "last", mark: { line: 2, depth: 1 } })
  })

  it("where containers end, the distance from the left chooses among them", () => {
    // Below g1, above a: in the group, or in the frame behind the group.
    expect(at(6, 2, "front")).toEqual(["group", { before: "g1" }])
    expect(at(6, 1, "front")).toEqual(["frame", { before: "group" }])
    expect(at(6, 0, "front")).toEqual(["frame", { before: "group" }])
    // Below a, above back: in the frame, or at the root behind the frame.
    expect(at(7, 1, "front")).toEqual(["frame", { before: "a" }])
    expect(at(7, 0, "front")).toEqual([null, { before: "frame" }])
  })

  it("the middle of a container's line is into it; the middle of any other line is beside it", () => {
    expect(drop(3.5, 0, "front")).toEqual({ parentId: "group", place: "last", mark: { into: "group" } })
    expect(at(4.6, 2, "front")).toEqual(["group", { before: "g2" }])
  })

  it("nothing lands in itself or in what it holds", () => {
    expect(drop(3.5, 0, "group")).toBeUndefined()
    expect(drop(5, 2, "group")).toBeUndefined()
    expect(drop(5, 2, "frame")).toBeUndefined()
  })

  it("behind one that is dragged away means behind the next one that stays", () => {
    expect(at(3, 1, "b")).toEqual(["frame", "last"])
    expect(at(7, 1, "a")).toEqual(["frame", { before: "group" }])
    expect(at(7, 1, "a", "group")).toEqual(["frame", { before: "b" }])
  })
})
