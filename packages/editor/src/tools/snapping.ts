/** Whole page units while one can see them no better, and whole angles where shift asks for them. Pure. */
import type { Point } from "../scene/Point.ts"

/** Above this zoom a page unit is large enough to place things inside of it. */
const wholeUnitsZoomMax = 4

export const whole = ({ x, y }: Point, zoom: number): Point => (zoom > wholeUnitsZoomMax ? { x, y } : { x: Math.round(x), y: Math.round(y) })

/** The longer of the two directions only. */
export const alongAxis = ({ x, y }: Point): Point => (Math.abs(x) >= Math.abs(y) ? { x, y: 0 } : { x: 0, y })

/** The nearest direction that is a multiple of `degrees`, as long as before. */
export const alongAngle = ({ x, y }: Point, degrees: number): Point => {
  const angle = (nearest((Math.atan2(y, x) * 180) / Math.PI, degrees) * Math.PI) / 180
  const length = Math.hypot(x, y)
  return { x: Math.cos(angle) * length, y: Math.sin(angle) * length }
}

export const nearest = (value: number, step: number): number => Math.round(value / step) * step
