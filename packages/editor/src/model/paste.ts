/** Where pasted things go: back to where they were while that is in view, else into the middle of the view. */
import type { Box } from "../scene/Box.ts"
import * as Boxes from "../scene/Box.ts"
import { fontSizeInitial } from "../scene/Font.ts"
import * as Matrix from "../scene/Matrix.ts"
import type { Point } from "../scene/Point.ts"
import { matrixOf } from "./arrange.ts"
import { createCopies, type ObjectCopy } from "./copies.ts"
import type { Editing } from "./Editing.ts"
import { moveBy } from "./shift.ts"
import { rounded } from "./transformObject.ts"

/** Longest plain text that becomes a text object, in characters. */
const textCharsMax = 20_000

interface PastePlace {
  /** What is seen of the page. */
  readonly view: Box
  /** Where the middle of the objects goes, when a place was asked for. */
  readonly at: Point | undefined
  /** Away from the original, in page units. */
  readonly shift: number
  readonly parentId: string | null
}

/** Answers the ids of the pasted roots. To be called inside one step of undo. */
export const pasteCopies = (editing: Editing, copies: ReadonlyArray<ObjectCopy>, { at, parentId, shift, view }: PastePlace): ReadonlyArray<string> => {
  const ids = createCopies(editing, copies, { parentId, shift: { x: shift, y: shift } })
  const { scene } = editing
  const box = scene.boundsOf(ids)
  // In a frame that clips, what is not over the frame would not be seen.
  const parent = parentId === null ? undefined : scene.boundsOf([parentId])
  const room = parent === undefined ? view : Boxes.intersection(parent, view) ?? parent
  const middle = at ?? (box === undefined || Boxes.intersects(box, room) ? undefined : Boxes.centreOf(room))
  if (middle !== undefined && box !== undefined) {
    const centre = Boxes.centreOf(box)
    moveBy(editing, ids, Math.round(middle.x - centre.x), Math.round(middle.y - centre.y))
  }
  return ids
}

/** A text object that begins at a point of the page. */
export const pasteText = ({ file, scene }: Editing, text: string, at: Point, parentId: string | null = null): string => {
  const { x, y } = Matrix.apply(Matrix.invert(matrixOf(scene, parentId)) ?? Matrix.identity, at)
  const clean = text.replaceAll("\r\n", "\n").replaceAll("\u0000", "").toWellFormed().slice(0, textCharsMax).toWellFormed()
  return file.create("text", { ...textInitial, text: clean, x: rounded(x), y: rounded(y) }, { parentId })
}

/** What a new text looks like. */
export const textInitial = { fontFamily: "system-ui, sans-serif", fontSize: fontSizeInitial, fill: "#1f2328" }
