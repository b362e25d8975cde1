/** A place, in whatever coordinates its user names: an object's own, the page's or the screen's. */
import type { Affine } from "@easel/document"

export type Point = Affine.Point
