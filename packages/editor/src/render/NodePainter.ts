/**
 * Paints nodes into a region of a bitmap, bottom first, in as many steps as its caller likes.
 *
 * Containers that clip or that have an opacity or blend mode are opened before the first node inside them and closed
 * after the last, for nodes come in paint order. A clip that would not touch a node is not set, and a layer is made
 * only where things could show through each other.
 */
import * as Box from "../scene/Box.ts"
import * as Matrix from "../scene/Matrix.ts"
import { isAsLargeAsChildren, needsLayer } from "../scene/placeNode.ts"
import type { Scene, SceneNode } from "../scene/Scene.ts"
import { clips, isContainer, shapeOf } from "../scene/Shape.ts"
import { drawNode, overlapsItself } from "./drawNode.ts"
import type { ImageCache } from "./ImageCache.ts"
import type { LayerPool } from "./LayerPool.ts"
import * as PixelRect from "./PixelRect.ts"
import { shapePath } from "./shapePath.ts"

export interface PaintResources {
  readonly scene: Scene
  readonly images: ImageCache
  readonly layers: LayerPool
  readonly isHidden: (node: SceneNode) => boolean
}

interface Target {
  readonly context: CanvasRenderingContext2D
  /** From the page to the context's pixels. */
  readonly base: Matrix.Matrix
  /** The pixels to paint; nothing else is touched if the context is clipped to them. */
  readonly region: PixelRect.PixelRect
}

/** An open container. */
interface Scope {
  readonly node: SceneNode
  readonly kind: "layer" | "clip"
  readonly inside: Target
  readonly close: () => void
}

type Wanted = Pick<Scope, "node" | "kind">

export class NodePainter {
  readonly #target: Target
  readonly #nodes: ReadonlyArray<SceneNode>
  readonly #resources: PaintResources
  readonly #open: Array<Scope> = []
  #next = 0

  constructor(target: Target, nodes: ReadonlyArray<SceneNode>, resources: PaintResources) {
    this.#target = target
    this.#nodes = nodes
    this.#resources = resources
  }

  /** Paints until `goesOn` says no. Whether everything is painted. */
  paint(goesOn: () => boolean): boolean {
    while (this.#next < this.#nodes.length) {
      const node = this.#nodes[this.#next++]
      if (node !== undefined) this.#paintNode(node)
      if (this.#next < this.#nodes.length && !goesOn()) return false
    }
    this.#closeTo(0)
    return true
  }

  /** Leaves the bitmap half painted, but its context as it was. */
  abandon(): void {
    this.#next = this.#nodes.length
    this.#closeTo(0)
  }

  #paintNode(node: SceneNode): void {
    if (this.#resources.isHidden(node)) return
    const scoped = node.scopeIds.length > 0 || this.#open.length > 0 || needsLayer(node)
    if (!scoped) return drawNode(this.#target.context, this.#target.base, node, 1, this.#resources.images)
    if (!this.#enter(this.#scopesOf(node))) return
    const { context, base } = this.#inside
    // A leaf's own opacity needs no layer unless its fill shows through its stroke; then it has one of its own.
    const isInline = !isContainer(node.object) && !overlapsItself(node)
    if (isInline && node.blendMode !== "normal") context.globalCompositeOperation = compositeOf(node)
    drawNode(context, base, node, isInline ? node.opacity : 1, this.#resources.images)
    if (isInline && node.blendMode !== "normal") context.globalCompositeOperation = "source-over"
  }

  get #inside(): Target {
    return this.#open.at(-1)?.inside ?? this.#target
  }

  #scopesOf(node: SceneNode): ReadonlyArray<Wanted> {
    const wanted: Array<Wanted> = []
    for (const id of node.scopeIds) {
      const container = this.#resources.scene.get(id)
      if (container === undefined) continue
      if (needsLayer(container)) wanted.push({ node: container, kind: "layer" })
      if (clips(container.object) && !showsWhole(container, node)) wanted.push({ node: container, kind: "clip" })
    }
    if (needsLayer(node) && (isContainer(node.object) || overlapsItself(node))) wanted.push({ node, kind: "layer" })
    return wanted
  }

  /** Whether there is anything to paint in there. */
  #enter(wanted: ReadonlyArray<Wanted>): boolean {
    let same = 0
    while (same < wanted.length && isSame(this.#open[same], wanted[same])) same++
    this.#closeTo(same)
    for (const { node, kind } of wanted.slice(same)) {
      const opened = kind === "clip" ? openClip(this.#inside, node) : openLayer(this.#inside, node, this.#resources.layers)
      if (opened === undefined) return false
      this.#open.push(opened)
    }
    return true
  }

  #closeTo(count: number): void {
    while (this.#open.length > count) this.#open.pop()?.close()
  }
}

const isSame = (one: Wanted | undefined, other: Wanted | undefined): boolean =>
  one !== undefined && other !== undefined && one.kind === other.kind && one.node.id === other.node.id

/** Whether a container that clips would leave the node as it is. */
const showsWhole = (container: SceneNode, node: SceneNode): boolean => {
  const shape = shapeOf(container.object)
  if (shape.kind !== "box" || shape.radii !== undefined || !Matrix.isUpright(container.matrix)) return false
  return Box.contains(Matrix.applyToBox(container.matrix, shape.box), node.paintBounds)
}

const openClip = (inside: Target, node: SceneNode): Scope | undefined => {
  const path = shapePath(node.object)
  if (path === undefined) return undefined
  const { context } = inside
  const [a, b, c, d, e, f] = Matrix.multiply(inside.base, node.matrix)
  context.save()
  context.setTransform(a, b, c, d, e, f)
  context.clip(path)
  return { node, kind: "clip", inside, close: () => context.restore() }
}

const openLayer = (outside: Target, node: SceneNode, layers: LayerPool): Scope | undefined => {
  if (node.opacity === 0) return undefined
  const { context, base, region } = outside
  const isBounded = !isContainer(node.object) || isAsLargeAsChildren(node) || clips(node.object)
  const box = Matrix.applyToBox(base, node.paintBounds)
  const rect = isBounded && Box.isFinite(box) ? PixelRect.common(region, PixelRect.around(box, 1)) : region
  if (rect === undefined) return undefined
  const layer = layers.take(rect.width, rect.height)
  const inside: Target = {
    context: layer.context,
    base: Matrix.multiply(Matrix.translation(-rect.left, -rect.top), base),
    region: { left: 0, top: 0, width: rect.width, height: rect.height }
  }
  const close = (): void => {
    context.setTransform(1, 0, 0, 1, 0, 0)
    context.globalAlpha = node.opacity
    context.globalCompositeOperation = compositeOf(node)
    const { left, top, width, height } = rect
    context.drawImage(layer.canvas, 0, 0, width, height, left, top, width, height)
    context.globalCompositeOperation = "source-over"
    layers.give(layer)
  }
  return { node, kind: "layer", inside, close }
}

const compositeOf = ({ blendMode }: SceneNode): GlobalCompositeOperation => {
  if (blendMode === "normal") return "source-over"
  // SAFETY: `placeNode` lets only those modes through that Canvas has under the same name.
  return blendMode as GlobalCompositeOperation
}
