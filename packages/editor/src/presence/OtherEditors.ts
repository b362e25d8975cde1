/**
 * The cursors of the others as they are drawn: each glides exponentially to the newest place it was heard of, so that
 * thirty updates a second, or ten on a bad line, look like movement. A cursor that appears stands at once. Pure.
 */
import type { PresenceEntry } from "@easel/protocol/editor"
import type { Point } from "../scene/Point.ts"
import { idsFrom, pointFrom } from "./presenceFields.ts"

export interface OtherEditor {
  readonly clientId: string
  readonly name: string
  readonly color: string
  /** On the page; `undefined` while the pointer is elsewhere. */
  readonly cursor: Point | undefined
  readonly selection: ReadonlyArray<string>
}

/** The time in which a cursor closes two thirds of its distance, in milliseconds. */
const glideMillis = 45

/** Distances smaller than this are none, in page units. */
const restDistance = 0.05

/** Most editors drawn; in a larger crowd one could see nothing anyway. */
const drawnMax = 100

export class OtherEditors {
  private readonly places = new Map<string, Point>()
  private editors: ReadonlyArray<OtherEditor> = []

  get list(): ReadonlyArray<OtherEditor> {
    return this.editors
  }

  /** Moves on by some milliseconds. Answers whether a cursor is still on its way. */
  advance(others: ReadonlyMap<string, PresenceEntry>, millis: number): boolean {
    let isMoving = false
    const share = 1 - Math.exp(-millis / glideMillis)
    for (const clientId of this.places.keys()) if (!others.has(clientId)) this.places.delete(clientId)
    this.editors = [...others.values()].slice(0, drawnMax).map((entry) => {
      const { clientId, color, userName: name } = entry
      const goal = pointFrom(entry.cursor)
      const place = this.places.get(clientId)
      if (goal === undefined) this.places.delete(clientId)
      else if (place === undefined || Math.hypot(goal.x - place.x, goal.y - place.y) < restDistance) this.places.set(clientId, goal)
      else {
        isMoving = true
        this.places.set(clientId, { x: place.x + (goal.x - place.x) * share, y: place.y + (goal.y - place.y) * share })
      }
      return { clientId, name, color: safeColor(color), cursor: this.places.get(clientId), selection: idsFrom(entry.selection) }
    })
    return isMoving
  }
}

/** Colours come from the server; anything else than `#rrggbb` is drawn grey. */
const safeColor = (color: string): string => (/^#[0-9a-f]{6}$/i.test(color) ? color : "#7a7a7a")
