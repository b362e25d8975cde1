/**
 * What editors tell each other: a cursor and a viewport in page coordinates, and the ids of the selected objects.
 * Others may run any program, so everything that is read is checked.
 */
import type { Json } from "@easel/document"
import type { Box } from "../scene/Box.ts"
import type { Point } from "../scene/Point.ts"

/** Selected objects that are told of: a presence update has 16 KiB. */
export const selectionIdsMax = 300

export const pointFrom = (value: Json | undefined): Point | undefined => {
  const [x, y] = [numberIn(value, "x"), numberIn(value, "y")]
  return x === undefined || y === undefined ? undefined : { x, y }
}

export const boxFrom = (value: Json | undefined): Box | undefined => {
  const point = pointFrom(value)
  const [width, height] = [numberIn(value, "width"), numberIn(value, "height")]
  return point === undefined || width === undefined || height === undefined || width <= 0 || height <= 0 ? undefined : { ...point, width, height }
}

export const idsFrom = (value: Json | undefined): ReadonlyArray<string> =>
  Array.isArray(value) ? value.filter((id) => typeof id === "string").slice(0, selectionIdsMax) : []

const numberIn = (value: Json | undefined, key: string): number | undefined => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined
  const found: unknown = Object.entries(value).find(([name]) => name === key)?.[1]
  return typeof found === "number" && Number.isFinite(found) && Math.abs(found) < coordinateMax ? found : undefined
}

/** Beyond this, arithmetic with coordinates has no pixels left. */
const coordinateMax = 1e9
