/**
 * The frame around the selection and its handles: eight to resize, four to turn, two for the ends of a line. The frame
 * of one object turns with it; that of several is upright. Pure; distances are screen pixels.
 */
import { type Camera, toScreen } from "../camera/Camera.ts"
import { outermost } from "../model/picking.ts"
import { numberOf } from "../model/transformObject.ts"
import type { Box } from "../scene/Box.ts"
import * as Matrix from "../scene/Matrix.ts"
import type { Point } from "../scene/Point.ts"
import type { Scene } from "../scene/Scene.ts"

export interface SelectionFrame {
  /** From the frame's coordinates to the page's. */
  readonly matrix: Matrix.Matrix
  readonly box: Box
  /** The only object, when it is a line: it has ends instead of corners. */
  readonly lineId: string | undefined
  /** Whether one of the objects is locked: then the frame has no handles. */
  readonly locked: boolean
}

export type Handle =
  /** -1, 0 or 1: left, middle, right and top, middle, bottom. */
  | { readonly kind: "resize"; readonly x: number; readonly y: number }
  | { readonly kind: "rotate"; readonly x: number; readonly y: number }
  | { readonly kind: "end point"; readonly index: 0 | 1 }

export const selectionFrame = (scene: Scene, selection: ReadonlySet<string>): SelectionFrame | undefined => {
  const ids = outermost(scene, selection)
  const [only, ...more] = ids
  const node = only === undefined || more.length > 0 ? undefined : scene.get(only)
  if (node !== undefined) return { matrix: node.matrix, box: node.localBox, lineId: node.object.type === "line" ? node.id : undefined, locked: node.locked }
  const box = scene.boundsOf(ids)
  return box === undefined ? undefined : { matrix: Matrix.identity, box, lineId: undefined, locked: ids.some((id) => scene.get(id)?.locked === true) }
}

/** Half the side of what one must hit, with a mouse. */
const reach = 7
/** How far outside of a corner turning begins and ends. */
const rotateReach = 22
/** Frames smaller than this on screen have no handles on their edges, and below the next no handles at all. */
const edgeHandlesMin = 28
const handlesMin = 8

const resizeHandles: ReadonlyArray<{ readonly x: number; readonly y: number }> = [
  { x: -1, y: -1 }, { x: 1, y: -1 }, { x: 1, y: 1 }, { x: -1, y: 1 },
  { x: 0, y: -1 }, { x: 1, y: 0 }, { x: 0, y: 1 }, { x: -1, y: 0 }
]

/** The place of a resize handle in the frame's coordinates. */
export const handlePoint = ({ x, y, width, height }: Box, handle: { readonly x: number; readonly y: number }): Point => ({
  x: x + (width * (handle.x + 1)) / 2,
  y: y + (height * (handle.y + 1)) / 2
})

/** The ends of a line on the page. */
export const lineEnds = (scene: Scene, lineId: string): readonly [Point, Point] | undefined => {
  const node = scene.get(lineId)
  if (node === undefined) return undefined
  const { matrix, object } = node
  const end = (index: 1 | 2) => Matrix.apply(matrix, { x: numberOf(object, `x${index}`), y: numberOf(object, `y${index}`) })
  return [end(1), end(2)]
}

/** The corners that are drawn, with the frame's size on screen. */
export const shownHandles = ({ box, matrix }: SelectionFrame, camera: Camera): ReadonlyArray<{ readonly x: number; readonly y: number }> => {
  const width = box.width * Math.hypot(matrix[0], matrix[1]) * camera.zoom
  const height = box.height * Math.hypot(matrix[2], matrix[3]) * camera.zoom
  if (Math.max(width, height) < handlesMin) return []
  return resizeHandles.filter(({ x, y }) => (x !== 0 || width >= edgeHandlesMin) && (y !== 0 || height >= edgeHandlesMin))
}

export const handleAt = (scene: Scene, frame: SelectionFrame, camera: Camera, screen: Point): Handle | undefined => {
  const distance = (page: Point) => {
    const { x, y } = toScreen(camera, page)
    return Math.hypot(x - screen.x, y - screen.y)
  }
  if (frame.lineId !== undefined) {
    const [from, to] = lineEnds(scene, frame.lineId) ?? []
    if (to !== undefined && distance(to) <= reach) return { kind: "end point", index: 1 }
    return from !== undefined && distance(from) <= reach ? { kind: "end point", index: 0 } : undefined
  }
  const place = (handle: { readonly x: number; readonly y: number }) => Matrix.apply(frame.matrix, handlePoint(frame.box, handle))
  const hit = shownHandles(frame, camera).find((handle) => distance(place(handle)) <= reach)
  if (hit !== undefined) return { kind: "resize", ...hit }
  if (isInside(frame, camera, screen)) return undefined
  const corner = shownHandles(frame, camera).find((handle) => handle.x !== 0 && handle.y !== 0 && distance(place(handle)) <= rotateReach)
  return corner === undefined ? undefined : { kind: "rotate", ...corner }
}

/** The pointer that a handle has, turned with its frame. */
export const pointerOf = (handle: Handle, matrix: Matrix.Matrix): string => {
  if (handle.kind === "rotate") return "grab"
  if (handle.kind === "end point") return "crosshair"
  const direction = Matrix.applyToVector(matrix, handle)
  const eighth = Math.round((Math.atan2(direction.y, direction.x) / Math.PI) * 4)
  return ["ew-resize", "nwse-resize", "ns-resize", "nesw-resize"][((eighth % 4) + 4) % 4] ?? "default"
}

const isInside = ({ box, matrix }: SelectionFrame, { x, y, zoom }: Camera, screen: Point): boolean => {
  const back = Matrix.invert(matrix)
  if (back === undefined) return false
  const point = Matrix.apply(back, { x: screen.x / zoom + x, y: screen.y / zoom + y })
  return point.x >= box.x && point.y >= box.y && point.x <= box.x + box.width && point.y <= box.y + box.height
}
