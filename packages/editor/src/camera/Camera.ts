/**
 * Where one looks at the page: the page point at the top left of the canvas, and screen pixels per page unit.
 *
 * Screen coordinates are CSS pixels from the top left of the canvas. Pure; every change makes a new camera, and zoom
 * stays between `zoomMin` and `zoomMax`.
 */
import type { Box } from "../scene/Box.ts"
import type { Point } from "../scene/Point.ts"

export interface Camera {
  readonly x: number
  readonly y: number
  readonly zoom: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

export const zoomMin = 0.02
export const zoomMax = 256

export const initial: Camera = { x: 0, y: 0, zoom: 1 }

export const toScreen = (camera: Camera, { x, y }: Point): Point => ({
  x: (x - camera.x) * camera.zoom,
  y: (y - camera.y) * camera.zoom
})

export const toPage = (camera: Camera, { x, y }: Point): Point => ({
  x: x / camera.zoom + camera.x,
  y: y / camera.zoom + camera.y
})

export const boxToScreen = (camera: Camera, { x, y, width, height }: Box): Box => ({
  ...toScreen(camera, { x, y }),
  width: width * camera.zoom,
  height: height * camera.zoom
})

/** The part of the page that a canvas of this size shows. */
export const visibleBox = ({ x, y, zoom }: Camera, { width, height }: Size): Box => ({
  x,
  y,
  width: width / zoom,
  height: height / zoom
})

export const clampZoom = (zoom: number): number => Math.min(Math.max(zoom, zoomMin), zoomMax)

/** Zooms by a factor while the page point under `screenPoint` stays where it is. */
export const zoomAt = (camera: Camera, screenPoint: Point, factor: number): Camera => {
  const zoom = clampZoom(camera.zoom * factor)
  const { x, y } = toPage(camera, screenPoint)
  return { x: x - screenPoint.x / zoom, y: y - screenPoint.y / zoom, zoom }
}

/** Moves what is seen by `dx` and `dy` screen pixels: the page follows a hand that drags it. */
export const panBy = ({ x, y, zoom }: Camera, dx: number, dy: number): Camera => ({
  x: x - dx / zoom,
  y: y - dy / zoom,
  zoom
})

/** The camera that shows `box` as large as it fits and `zoomMost` lets it, centred, with `padding` screen pixels around it. */
export const fit = (box: Box, { width, height }: Size, padding: number, zoomMost = zoomMax): Camera => {
  const roomX = Math.max(width - 2 * padding, 1)
  const roomY = Math.max(height - 2 * padding, 1)
  const zoom = clampZoom(Math.min(roomX / Math.max(box.width, lengthMin), roomY / Math.max(box.height, lengthMin), zoomMost))
  return {
    x: box.x + box.width / 2 - width / 2 / zoom,
    y: box.y + box.height / 2 - height / 2 / zoom,
    zoom
  }
}

/** A box without an extent, such as an empty text, must not divide by zero. */
const lengthMin = 1e-6
