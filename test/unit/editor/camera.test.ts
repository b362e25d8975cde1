/** The camera's promises: screen and page are each other's inverse, zooming keeps the point, fitting fits. */
import * as fc from "fast-check"
import { expect, test } from "vitest"
import * as Camera from "../../../packages/editor/src/camera/Camera.ts"
import * as Box from "../../../packages/editor/src/scene/Box.ts"
import { runs } from "../../harness/arbitraries.ts"

const length = fc.double({ min: -1e4, max: 1e4, noNaN: true })
const point = fc.record({ x: length, y: length })
const camera = fc.record({ x: length, y: length, zoom: fc.double({ min: Camera.zoomMin, max: Camera.zoomMax, noNaN: true }) })
const near = (one: number, other: number) => expect(Math.abs(one - other)).toBeLessThan(1e-4 * Math.max(1, Math.abs(one)))

test("Camera: what is on the screen is where it is on the page", () => {
  expect(Camera.toScreen({ x: 10, y: 20, zoom: 2 }, { x: 15, y: 20 })).toEqual({ x: 10, y: 0 })
  expect(Camera.visibleBox({ x: 10, y: 20, zoom: 2 }, { width: 100, height: 50 })).toEqual({ x: 10, y: 20, width: 50, height: 25 })
  fc.assert(
    fc.property(camera, point, (camera, at) => {
      const back = Camera.toPage(camera, Camera.toScreen(camera, at))
      near(at.x, back.x)
      near(at.y, back.y)
    }),
    runs(300)
  )
})

test("Camera: zooming keeps what is under the pointer there, and stops at the limits", () => {
  fc.assert(
    fc.property(camera, point, fc.double({ min: 0.001, max: 1000, noNaN: true }), (camera, at, factor) => {
      const zoomed = Camera.zoomAt(camera, at, factor)
      expect(zoomed.zoom).toBeGreaterThanOrEqual(Camera.zoomMin)
      expect(zoomed.zoom).toBeLessThanOrEqual(Camera.zoomMax)
      const under = Camera.toPage(camera, at)
      near(under.x, Camera.toPage(zoomed, at).x)
      near(under.y, Camera.toPage(zoomed, at).y)
    }),
    runs(300)
  )
})

test("Camera: the page follows the hand that drags it", () => {
  fc.assert(
    fc.property(camera, point, point, (camera, at, by) => {
      const before = Camera.toScreen(camera, at)
      const after = Camera.toScreen(Camera.panBy(camera, by.x, by.y), at)
      near(before.x + by.x, after.x)
      near(before.y + by.y, after.y)
    }),
    runs(300)
  )
})

test("Camera: a fitted box is seen as a whole, centred, and touches the padding on two sides", () => {
  const size = { width: 800, height: 600 }
  fc.assert(
    fc.property(point, fc.double({ min: 10, max: 5_000, noNaN: true }), fc.double({ min: 10, max: 5_000, noNaN: true }), (at, width, height) => {
      const shown = Camera.boxToScreen(Camera.fit({ ...at, width, height }, size, 20), { ...at, width, height })
      expect(Box.contains({ x: 19.999, y: 19.999, width: 760.002, height: 560.002 }, shown)).toBe(true)
      near(shown.x + shown.width / 2, 400)
      near(shown.y + shown.height / 2, 300)
      expect(Math.abs(shown.width - 760) < 0.01 || Math.abs(shown.height - 560) < 0.01).toBe(true)
    }),
    runs(300)
  )
  expect(Camera.fit({ x: 5, y: 5, width: 0, height: 0 }, size, 20).zoom).toBe(Camera.zoomMax)
})
