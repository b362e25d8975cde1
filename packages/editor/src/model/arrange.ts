/**
 * Where objects hang and in which order: grouping, reparenting, stacking. Objects keep their places on the page
 * whatever they are hung under. Each function is to be called inside one step of undo.
 */
import type { Placement } from "@easel/client"
import { localMatrixOf } from "@easel/document"
import * as Matrix from "../scene/Matrix.ts"
import type { Scene } from "../scene/Scene.ts"
import type { Editing } from "./Editing.ts"
import { inPaintOrder } from "./paintOrder.ts"
import { outermost, pathTo } from "./picking.ts"
import { numberOf, transformObject } from "./transformObject.ts"

/** From a parent's coordinates to the page's. */
export const matrixOf = (scene: Scene, parentId: string | null): Matrix.Matrix =>
  (parentId === null ? undefined : scene.get(parentId)?.matrix) ?? Matrix.identity

/** Hangs objects under a parent, in their order, where they stand on the page. Skips what would go into itself. */
export const reparent = (editing: Editing, ids: Iterable<string>, parentId: string | null, place: Placement = "last"): void => {
  const parent = parentId === null ? undefined : editing.scene.get(parentId)
  if (parentId !== null && parent === undefined) return
  const around = new Set(parent === undefined ? [] : pathTo(editing.scene, parent).map(({ id }) => id))
  let next = place
  for (const id of inPaintOrder(editing.scene, outermost(editing.scene, ids))) {
    if (around.has(id) || (typeof place === "object" && Object.values(place).includes(id))) continue
    hang(editing, id, parentId, next)
    if (place === "first" || (typeof place === "object" && "after" in place)) next = { after: id }
  }
}

const hang = ({ file, scene }: Editing, id: string, parentId: string | null, place: Placement): void => {
  const node = scene.get(id)
  const back = Matrix.invert(matrixOf(scene, parentId))
  if (node === undefined) return
  const map = back === undefined ? Matrix.identity : Matrix.multiply(back, matrixOf(scene, node.parentId))
  file.move(id, parentId, place)
  file.update(id, parentId === node.parentId ? {} : transformObject(node.object, map))
}

/** Answers the group's id, or `undefined` when there was nothing to group. */
export const group = (editing: Editing, ids: Iterable<string>): string | undefined => {
  const { file, scene } = editing
  const members = inPaintOrder(scene, outermost(scene, ids))
  const top = members.at(-1)
  const topNode = top === undefined ? undefined : scene.get(top)
  const bounds = scene.boundsOf(members)
  if (top === undefined || topNode === undefined || bounds === undefined) return undefined
  const back = Matrix.invert(matrixOf(scene, topNode.parentId)) ?? Matrix.identity
  const { x, y } = Matrix.applyToBox(back, bounds)
  const groupId = file.create("group", { name: "Group", x: Math.round(x), y: Math.round(y) }, { parentId: topNode.parentId, place: { after: top } })
  reparent(editing, members, groupId)
  return groupId
}

/** Dissolves a group and answers its children. Its opacity goes onto them. */
export const ungroup = (editing: Editing, groupId: string): ReadonlyArray<string> => {
  const { file, scene } = editing
  const node = scene.get(groupId)
  if (node?.object.type !== "group") return []
  const own = localMatrixOf(node.object)
  const children = scene.childrenOf(groupId)
  for (const { id, object } of children) {
    const opacity = numberOf(node.object, "opacity", 1) * numberOf(object, "opacity", 1)
    file.move(id, node.parentId, { before: groupId })
    file.update(id, { ...transformObject(object, own), ...(opacity === numberOf(object, "opacity", 1) ? {} : { opacity }) })
  }
  file.delete(groupId)
  return children.map(({ id }) => id)
}

export type Stacking = "front" | "back" | "forward" | "backward"

export const restack = (editing: Editing, ids: Iterable<string>, to: Stacking): void => {
  const ordered = inPaintOrder(editing.scene, ids)
  const chosen = new Set(ordered)
  // What moves up starts with the topmost, or the lower ones would stop below it; `front` is the other way round.
  for (const id of to === "forward" || to === "back" ? ordered.toReversed() : ordered) {
    // Read anew each time: the order has just changed.
    const { scene } = editing
    const node = scene.get(id)
    if (node === undefined) continue
    const siblings = scene.childrenOf(node.parentId).map((sibling) => sibling.id)
    const index = siblings.indexOf(id)
    const place = placeFor(siblings, index, chosen, to)
    if (place !== undefined) editing.file.move(id, node.parentId, place)
  }
}

const placeFor = (siblings: ReadonlyArray<string>, index: number, chosen: ReadonlySet<string>, to: Stacking): Placement | undefined => {
  const isUp = to === "front" || to === "forward"
  const beyond = isUp ? siblings.slice(index + 1) : siblings.slice(0, index)
  if (beyond.every((id) => chosen.has(id))) return undefined
  if (to === "front") return "last"
  if (to === "back") return "first"
  const neighbour = isUp ? siblings[index + 1] : siblings[index - 1]
  if (neighbour === undefined || chosen.has(neighbour)) return undefined
  return isUp ? { after: neighbour } : { before: neighbour }
}
