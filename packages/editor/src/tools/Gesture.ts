/**
 * One continuous action of a pointer. `follow` is called at most once per frame with the newest place, `end` after it,
 * or else `cancel`, which takes everything back. A gesture must bear that the document changes under it.
 */
import type { Box } from "../scene/Box.ts"
import type { PointerAt } from "./PointerAt.ts"

export interface Gesture {
  readonly name: "press" | "move" | "marquee" | "resize" | "rotate" | "end point" | "draw" | "pan"
  /** Answers the gesture that this one has become, if it has. */
  follow(at: PointerAt): Gesture | void
  end(at: PointerAt): void
  cancel(): void
  /** On the page, while one is dragged. */
  readonly marquee?: Box | undefined
  /** The container that would take what is dragged. */
  readonly containerId?: string | null | undefined
}
