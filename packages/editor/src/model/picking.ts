/**
 * What a hand can take: which object a click on a point means, and which objects a marquee holds.
 *
 * A group is one thing until it is entered; frames are looked through to their children. Invisible and locked objects
 * are not there. Pure; asks the scene only.
 */
import type { Box } from "../scene/Box.ts"
import type { Point } from "../scene/Point.ts"
import type { Scene, SceneNode } from "../scene/Scene.ts"

/** Containers whose children are things of their own. */
const openContainers: ReadonlySet<string | undefined> = new Set(["frame", "page", "component"])

/** Containers that what is drawn or dropped onto them goes into. */
export const holdsObjects = ({ object }: SceneNode): boolean => openContainers.has(object.type)

export const isSelectable = (node: SceneNode): boolean => node.visible && !node.locked

/** The outermost first, the node itself last. */
export const pathTo = (scene: Scene, node: SceneNode): ReadonlyArray<SceneNode> => {
  const path: Array<SceneNode> = [node]
  for (let id = node.parentId; id !== null;) {
    const parent = scene.get(id)
    if (parent === undefined) break
    path.unshift(parent)
    id = parent.parentId
  }
  return path
}

/** The object that a click on a node means, seen from inside `enteredId`. */
const targetOf = (scene: Scene, node: SceneNode, enteredId: string | null): SceneNode => {
  const path = pathTo(scene, node)
  const inside = enteredId === null ? 0 : path.findIndex(({ id }) => id === enteredId) + 1
  return path.slice(inside).find((step) => !openContainers.has(step.object.type)) ?? node
}

export interface Pick {
  /** What the click means. */
  readonly target: SceneNode
  /** What it hit: the target or something inside it. */
  readonly hit: SceneNode
}

/** `deep`: the very object under the point, however many groups are around it. */
export const pickAt = (scene: Scene, point: Point, tolerance: number, { enteredId, deep = false }: { readonly enteredId: string | null; readonly deep?: boolean }): Pick | undefined => {
  const hit = scene.at(point, tolerance).find(isSelectable)
  if (hit === undefined) return undefined
  const target = deep ? hit : targetOf(scene, hit, enteredId)
  return isSelectable(target) ? { hit, target } : undefined
}

/** The topmost container under a point into which objects can be put, none of `exceptIds` and nothing in them. */
export const containerAt = (scene: Scene, point: Point, exceptIds: ReadonlySet<string>): SceneNode | undefined =>
  scene.at(point, 0).find((node) => {
    if (!holdsObjects(node) || !isSelectable(node)) return false
    return !pathTo(scene, node).some(({ id, object }) => exceptIds.has(id) || object.type === "group")
  })

/** The ids of the objects a marquee takes. A frame with something inside must lie in it as a whole. */
export const pickInBox = (scene: Scene, box: Box, enteredId: string | null): ReadonlySet<string> => {
  const wholeFrames = new Set<string>()
  const targets = new Map<string, SceneNode>()
  for (const node of scene.inBox(box)) {
    if (!isSelectable(node)) continue
    const target = targetOf(scene, node, enteredId)
    if (!isSelectable(target) || isAround(scene, target, enteredId)) continue
    if (!openContainers.has(target.object.type)) targets.set(target.id, target)
    else if (liesIn(target.bounds, box)) wholeFrames.add(target.id)
  }
  const ids = [...wholeFrames, ...targets.keys()]
  // What is in a frame that is taken goes with it.
  return new Set(ids.filter((id) => !hasAncestorIn(scene, id, wholeFrames)))
}

/** Those of `ids` that no other of them is around: deleting or moving an object takes its children along. */
export const outermost = (scene: Scene, ids: Iterable<string>): ReadonlyArray<string> => {
  const all = new Set(ids)
  return [...all].filter((id) => !hasAncestorIn(scene, id, all))
}

const hasAncestorIn = (scene: Scene, id: string, ids: ReadonlySet<string>): boolean => {
  const node = scene.get(id)
  return node !== undefined && pathTo(scene, node).some((step) => step.id !== id && ids.has(step.id))
}

const isAround = (scene: Scene, node: SceneNode, enteredId: string | null): boolean => {
  const entered = enteredId === null ? undefined : scene.get(enteredId)
  return entered !== undefined && pathTo(scene, entered).some(({ id }) => id === node.id)
}

const liesIn = (inner: Box, outer: Box): boolean =>
  inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.width <= outer.x + outer.width && inner.y + inner.height <= outer.y + outer.height
