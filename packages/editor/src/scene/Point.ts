/** A place, in whatever coordinates its user names: an object's own, the page's or the screen's. */
export interface Point {
  readonly x: number
  readonly y: number
}
