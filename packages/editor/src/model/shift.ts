/** Moving objects on the page and lining them up; which objects a stretch is made of. */
import * as Matrix from "../scene/Matrix.ts"
import type { Scene, SceneNode } from "../scene/Scene.ts"
import { matrixOf } from "./arrange.ts"
import type { Editing } from "./Editing.ts"
import { outermost } from "./picking.ts"
import { transformObject } from "./transformObject.ts"

export type Edge = "left" | "centre" | "right" | "top" | "middle" | "bottom"

/** Objects of a group that are stretched one by one; a larger group is stretched as a picture, strokes included. */
const stretchedObjectsMax = 500

/** The map in the coordinates of the parent of a node, or `undefined` when the parent has no extent. */
const inParent = (scene: Scene, node: SceneNode, map: Matrix.Matrix): Matrix.Matrix | undefined => {
  const outer = matrixOf(scene, node.parentId)
  const back = Matrix.invert(outer)
  return back === undefined ? undefined : Matrix.multiply(back, Matrix.multiply(map, outer))
}

/** What is to be changed to stretch a node: of a group, its members. */
export const stretchedNodes = (scene: Scene, node: SceneNode): ReadonlyArray<SceneNode> => leavesOf(scene, node) ?? [node]

export const moveBy = ({ file, scene }: Editing, ids: Iterable<string>, dx: number, dy: number): void => {
  const map = Matrix.translation(dx, dy)
  for (const id of outermost(scene, ids)) {
    const node = scene.get(id)
    if (node === undefined || node.locked) continue
    const inner = inParent(scene, node, map)
    if (inner !== undefined) file.update(id, transformObject(node.object, inner))
  }
}

/** Lines objects up with an edge of the box around all of them; a single one with its parent. */
export const align = (editing: Editing, ids: Iterable<string>, edge: Edge): void => {
  const { scene } = editing
  const chosen = outermost(scene, ids)
  const [only] = chosen
  const parentId = chosen.length === 1 && only !== undefined ? scene.get(only)?.parentId ?? null : null
  const around = parentId === null ? scene.boundsOf(chosen) : scene.boundsOf([parentId])
  if (around === undefined) return
  for (const id of chosen) {
    const box = scene.get(id)?.bounds
    if (box === undefined) continue
    const [roomX, roomY] = [around.width - box.width, around.height - box.height]
    const dx = edge === "left" ? 0 : edge === "centre" ? roomX / 2 : edge === "right" ? roomX : undefined
    const dy = edge === "top" ? 0 : edge === "middle" ? roomY / 2 : edge === "bottom" ? roomY : undefined
    moveBy(editing, [id], dx === undefined ? 0 : around.x + dx - box.x, dy === undefined ? 0 : around.y + dy - box.y)
  }
}

const leavesOf = (scene: Scene, group: SceneNode): ReadonlyArray<SceneNode> | undefined => {
  const leaves: Array<SceneNode> = []
  const waiting: Array<SceneNode> = [group]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.object.type === "group") waiting.push(...scene.childrenOf(node.id))
    else leaves.push(node)
    if (leaves.length + waiting.length > stretchedObjectsMax) return undefined
  }
  return leaves
}
