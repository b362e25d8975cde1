/**
 * Where this editor looks: its own camera, or that of the editor it follows, which it glides after. Own movement ends
 * the following.
 */
import type { PresenceEntry } from "@easel/protocol/editor"
import { type Camera, clampZoom, fit, initial, type Size, visibleBox, zoomAt } from "../camera/Camera.ts"
import type { Box } from "../scene/Box.ts"
import { boxFrom } from "../presence/presenceFields.ts"

/** Screen pixels around what is zoomed to. */
const padding = 48

/** The time in which a following camera closes two thirds of its distance, in milliseconds. */
const glideMillis = 90

export class Viewing {
  camera: Camera = initial
  size: Size = { width: 0, height: 0 }
  following: string | undefined
  private goal: Camera | undefined
  private followed: Box | undefined

  /** The part of the page that is seen. */
  get box(): Box {
    return visibleBox(this.camera, this.size)
  }

  /**
   * What the others are told. Who follows tells what the followed one sees: two who follow each other would otherwise
   * zoom out for ever, each to see all of the other's view.
   */
  get told(): Box {
    return (this.following === undefined ? undefined : this.followed) ?? this.box
  }

  move(camera: Camera): void {
    this.following = undefined
    this.goal = undefined
    this.camera = { ...camera, zoom: clampZoom(camera.zoom) }
  }

  /** Shows a box as a whole, enlarged at most to `zoomMax`. */
  show(box: Box, zoomMax: number): void {
    this.move(fit(box, this.size, padding, zoomMax))
  }

  zoomTo(zoom: number): void {
    this.move(zoomAt(this.camera, { x: this.size.width / 2, y: this.size.height / 2 }, zoom / this.camera.zoom))
  }

  follow(clientId: string | undefined, others: ReadonlyMap<string, PresenceEntry>): void {
    this.following = clientId
    this.goal = undefined
    this.hear(others)
  }

  /** The others have moved, or left. */
  hear(others: ReadonlyMap<string, PresenceEntry>): void {
    if (this.following === undefined) return
    const followed = others.get(this.following)
    const box = boxFrom(followed?.viewport)
    if (followed === undefined) this.follow(undefined, others)
    else if (box !== undefined && this.size.width > 0) {
      this.followed = box
      this.goal = fit(box, this.size, 0)
    }
  }

  /** Moves on towards the followed camera. Answers whether the camera moved. */
  advance(millis: number): boolean {
    const { camera, goal } = this
    if (goal === undefined) return false
    const share = 1 - Math.exp(-millis / glideMillis)
    const zoom = camera.zoom * (goal.zoom / camera.zoom) ** share
    const next = { x: camera.x + (goal.x - camera.x) * share, y: camera.y + (goal.y - camera.y) * share, zoom }
    const left = Math.max(Math.abs(goal.x - next.x), Math.abs(goal.y - next.y)) * goal.zoom
    const isThere = left < 0.25 && Math.abs(goal.zoom / zoom - 1) < 0.001
    this.camera = isThere ? goal : next
    if (isThere) this.goal = undefined
    return true
  }
}
