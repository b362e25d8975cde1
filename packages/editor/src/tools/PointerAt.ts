/** Where the pointer is, and what is held with it. */
import type { Point } from "../scene/Point.ts"

export interface PointerAt {
  readonly page: Point
  /** CSS pixels from the top left of the canvas. */
  readonly screen: Point
  readonly shift: boolean
  readonly alt: boolean
  /** Cmd on a Mac, Ctrl elsewhere. */
  readonly mod: boolean
  /** A finger: it pans where a mouse would draw a marquee, and does not drag what it has not selected before. */
  readonly touch?: boolean
}
