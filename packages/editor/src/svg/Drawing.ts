/** What is to be drawn of a document: all of it, or some objects with what is in them, where they stand on the page. */
import type { Document } from "@easel/document"
import type { Box } from "../scene/Box.ts"
import * as Boxes from "../scene/Box.ts"
import { Scene, type SceneNode } from "../scene/Scene.ts"
import { clips, shapeOf } from "../scene/Shape.ts"

export interface Drawing {
  /** On the page, around all of it. */
  readonly box: Box
  /** Bottom first; none is in another. */
  readonly roots: ReadonlyArray<SceneNode>
  readonly scene: Scene
  /** The images of the file that it shows, each once. */
  readonly assetIds: ReadonlyArray<string>
}

/** Deeper objects are left out: programs that read SVG have limits of their own. */
export const depthMax = 200

/** A name that no visible object has, or nothing that would be seen. */
export type NoDrawing = { readonly missingId: string } | "nothing"

/** `ids` are objects; absent: all of them. */
export const drawingOf = (document: Document.Document, ids?: ReadonlyArray<string>): Drawing | NoDrawing => {
  const scene = new Scene()
  scene.update(document)
  const missingId = ids?.find((id) => scene.get(id)?.visible !== true)
  if (missingId !== undefined) return { missingId }
  const wanted = ids === undefined ? undefined : new Set(ids)
  const roots = wanted === undefined ? scene.childrenOf(null).filter(({ visible }) => visible) : [...scene.inPaintOrder()].filter((node) => wanted.has(node.id) && !isInside(scene, node, wanted))
  const boxes = roots.flatMap((node) => boxAround(scene, node, "bounds") ?? [])
  const box = Boxes.unionOf(boxes)
  if (box === undefined || box.width <= 0 || box.height <= 0 || !Boxes.isFinite(box)) return "nothing"
  return { box, roots, scene, assetIds: [...assetsIn(scene, roots)] }
}

/**
 * Where a node and what is in it are, on the page; `undefined` for nowhere. `bounds` are what people see of them,
 * `paintBounds` hold the sharp corners of strokes and leaning letters, too.
 */
export const boxAround = (scene: Scene, node: SceneNode, which: "bounds" | "paintBounds", depth = 0): Box | undefined => {
  if (!node.visible || depth > depthMax) return undefined
  const { kind } = shapeOf(node.object)
  const own = kind === "children" || kind === "nothing" ? undefined : node[which]
  if (own !== undefined && clips(node.object)) return own
  const children = scene.childrenOf(node.id).flatMap((child) => boxAround(scene, child, which, depth + 1) ?? [])
  return Boxes.unionOf(own === undefined ? children : [own, ...children])
}

const isInside = (scene: Scene, node: SceneNode, ids: ReadonlySet<string>): boolean => {
  for (let id = node.parentId; id !== null; id = scene.get(id)?.parentId ?? null) if (ids.has(id)) return true
  return false
}

const assetsIn = (scene: Scene, nodes: ReadonlyArray<SceneNode>): ReadonlySet<string> => {
  const found = new Set<string>()
  const look = (node: SceneNode, depth: number): void => {
    if (!node.visible || depth > depthMax) return
    const assetId = node.object.type === "image" ? node.object.get("assetId") : undefined
    if (typeof assetId === "string" && assetId !== "") found.add(assetId)
    for (const child of scene.childrenOf(node.id)) look(child, depth + 1)
  }
  for (const node of nodes) look(node, 0)
  return found
}
