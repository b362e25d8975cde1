/**
 * Drawing a new object: dragged to its size, or with a click of the default size. It goes into the frame under the
 * first point. A text begins to be edited at once, in the same step of undo.
 */
import { matrixOf } from "../model/arrange.ts"
import type { EditorModel } from "../model/EditorModel.ts"
import { containerAt } from "../model/picking.ts"
import type { Properties } from "../model/transformObject.ts"
import * as Matrix from "../scene/Matrix.ts"
import type { Point } from "../scene/Point.ts"
import type { Gesture } from "./Gesture.ts"
import { type DrawingTool, newObject, sizeDefault } from "./newObject.ts"
import type { PointerAt } from "./PointerAt.ts"
import { whole } from "./snapping.ts"

/** Screen pixels that a hand may tremble in a click. */
export const dragDistanceMin = 3

/** What a click of a drawing tool in the middle of the view makes, for those who use no pointer. */
export const drawInTheMiddle = (model: EditorModel, tool: DrawingTool): void => {
  const { height, width, x, y } = model.viewBox
  const page = { x: x + (width - sizeDefault) / 2, y: y + (height - sizeDefault) / 2 }
  new DrawGesture(model, tool, { page, screen: { x: 0, y: 0 }, shift: false, alt: false, mod: false }).end()
}

export class DrawGesture implements Gesture {
  readonly name = "draw"
  private readonly model: EditorModel
  private readonly tool: DrawingTool
  private readonly start: PointerAt
  private readonly parentId: string | null
  private readonly before: ReadonlySet<string>
  private readonly step
  private objectId: string | undefined

  constructor(model: EditorModel, tool: DrawingTool, start: PointerAt) {
    this.model = model
    this.tool = tool
    this.start = start
    this.before = model.selection
    this.parentId = containerAt(model.scene, start.page, new Set())?.id ?? null
    this.step = model.startStep()
  }

  get containerId(): string | null {
    return this.parentId
  }

  follow(at: PointerAt): void {
    const drawn = Math.hypot(at.screen.x - this.start.screen.x, at.screen.y - this.start.screen.y)
    if (this.tool === "text" || (this.objectId === undefined && drawn < dragDistanceMin)) return
    this.draw(newObject(this.tool, this.inParent(this.start.page), this.inParent(at.page), at.shift))
  }

  end(): void {
    const { model, tool } = this
    const from = this.inParent(this.start.page)
    const to = { x: from.x + sizeDefault, y: from.y + (tool === "line" ? 0 : sizeDefault) }
    if (this.objectId === undefined) this.draw(newObject(tool, from, to, false))
    model.setTool("select")
    if (tool === "text" && this.objectId !== undefined) return model.editText(this.objectId, this.step)
    this.step.end()
    // A name of its own would only repeat what it is, so it has none.
    if (this.objectId !== undefined) model.select([this.objectId])
  }

  cancel(): void {
    this.step.cancel()
    this.model.select(this.before)
  }

  private draw(properties: Properties): void {
    const { model } = this
    model.edit(() => {
      if (this.objectId === undefined) {
        const parentId = this.parentId !== null && model.scene.get(this.parentId) === undefined ? null : this.parentId
        this.objectId = model.file.create(this.tool, properties, { parentId })
        model.select([this.objectId])
      } else if (model.scene.get(this.objectId) !== undefined) {
        const object = model.file.document.get(this.objectId)
        const news = Object.entries(properties).filter(([path, value]) => object?.get(path) !== value)
        model.file.update(this.objectId, Object.fromEntries(news))
      }
    })
  }

  private inParent(page: Point): Point {
    const { camera, scene } = this.model
    const snapped = whole(page, camera.zoom)
    return Matrix.apply(Matrix.invert(matrixOf(scene, this.parentId)) ?? Matrix.identity, snapped)
  }
}
