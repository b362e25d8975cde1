/** Pulling one end of a line while the other stays; shift turns it by steps of fifteen degrees. */
import { matrixOf } from "../model/arrange.ts"
import type { EditorModel } from "../model/EditorModel.ts"
import { rounded, transformOf } from "../model/transformObject.ts"
import * as Matrix from "../scene/Matrix.ts"
import type { Gesture } from "./Gesture.ts"
import { lineEnds } from "./handles.ts"
import { LiveGesture } from "./LiveGesture.ts"
import { LiveObjects } from "./LiveObjects.ts"
import type { PointerAt } from "./PointerAt.ts"
import { alongAngle, whole } from "./snapping.ts"

export class EndPointGesture extends LiveGesture implements Gesture {
  readonly name = "end point"
  private readonly model: EditorModel
  private readonly lineId: string
  private readonly index: 0 | 1
  private readonly ends
  protected readonly step
  protected readonly live: LiveObjects

  constructor(model: EditorModel, lineId: string, index: 0 | 1) {
    super()
    this.model = model
    this.lineId = lineId
    this.index = index
    this.ends = lineEnds(model.scene, lineId)
    this.step = model.startStep()
    const node = model.scene.get(lineId)
    this.live = new LiveObjects(model, node === undefined ? [] : [node])
  }

  follow(at: PointerAt): void {
    const { ends, index, model } = this
    const [original] = this.live.originals
    const node = model.scene.get(this.lineId)
    if (ends === undefined || original === undefined || node === undefined) return
    const fixed = ends[index === 0 ? 1 : 0]
    const wanted = whole(at.page, model.camera.zoom)
    const arm = { x: wanted.x - fixed.x, y: wanted.y - fixed.y }
    const snapped = at.shift ? alongAngle(arm, 15) : arm
    const moved = { x: fixed.x + snapped.x, y: fixed.y + snapped.y }
    // Without its own turn a line says the same by its ends alone.
    const own = Matrix.multiply(matrixOf(model.scene, node.parentId), transformOf(node.object))
    const back = Matrix.invert(own)
    if (back === undefined) return
    const from = Matrix.apply(back, index === 0 ? moved : fixed)
    const to = Matrix.apply(back, index === 0 ? fixed : moved)
    const position = { x: rounded(from.x), y: rounded(from.y) }
    const line = { ...position, x1: 0, y1: 0, x2: rounded(to.x - position.x), y2: rounded(to.y - position.y) }
    model.edit(() => this.live.write(original.object, { ...line, ...(original.object.get("rotation") === undefined ? {} : { rotation: 0 }) }))
  }
}
