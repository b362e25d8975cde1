/** One object of the document as the canvas sees it: placed on the page, with its size and what it inherits. */
import type { DesignObject } from "@easel/document"
import type { Box } from "./Box.ts"
import type { Matrix } from "./Matrix.ts"
import type { PaintStyle } from "./paint.ts"
import type { TextLayout } from "./TextLayout.ts"

/** Never changes: an update of the scene makes a new node. */
export interface SceneNode {
  readonly id: string
  readonly object: DesignObject
  /** The parent as readers see it (`Document.effectiveParentId`, or the file for an orphan); `null` is the file. */
  readonly parentId: string | null
  /** From the object's own coordinates (origin at its `x` and `y`) to its parent's. */
  readonly localMatrix: Matrix
  /** From the object's own coordinates to the page's. */
  readonly matrix: Matrix
  /** The geometry in own coordinates, without stroke. Of a group: the box around its children. */
  readonly localBox: Box
  /** On the page, with stroke. Of a group: the box around its children. */
  readonly bounds: Box
  /** Where it may paint: `bounds` and what sticks out of them, such as sharp corners of a stroke. */
  readonly paintBounds: Box
  /** The object's own, 0 to 1. */
  readonly opacity: number
  /** A mode of Canvas and of CSS; `normal` when the object just covers what is below. */
  readonly blendMode: string
  /** Whether the object and all its ancestors are visible. */
  readonly visible: boolean
  /** Whether the object or an ancestor is locked. */
  readonly locked: boolean
  /** The containers that clip it, outermost first. */
  readonly clipIds: ReadonlyArray<string>
  /** The containers that clip it or that are composed as one layer, outermost first. */
  readonly scopeIds: ReadonlyArray<string>
  /** `clipIds` and `scopeIds` of its children. */
  readonly childClipIds: ReadonlyArray<string>
  readonly childScopeIds: ReadonlyArray<string>
  readonly style: PaintStyle
  /** Of texts only. */
  readonly text: TextLayout | undefined
}
