/**
 * Dragging the selection: shift keeps to an axis, alt drags a duplicate, and what is dragged over a frame goes into it
 * (Ctrl or Cmd keeps it where it hangs). Members of a group stay in their group.
 */
import { reparent } from "../model/arrange.ts"
import type { EditorModel } from "../model/EditorModel.ts"
import { containerAt, holdsObjects, outermost } from "../model/picking.ts"
import * as Matrix from "../scene/Matrix.ts"
import type { Gesture } from "./Gesture.ts"
import { LiveObjects, type Original } from "./LiveObjects.ts"
import type { PointerAt } from "./PointerAt.ts"
import { alongAxis, whole } from "./snapping.ts"

export class MoveGesture implements Gesture {
  readonly name = "move"
  containerId: string | null | undefined
  private readonly model: EditorModel
  private readonly start: PointerAt
  private readonly step
  private readonly live: LiveObjects
  private readonly ids: ReadonlySet<string>
  private readonly before: ReadonlySet<string>
  /** The sibling above each object at the start: one that comes back to its parent goes below it again. */
  private readonly above: ReadonlyMap<string, string | undefined>

  constructor(model: EditorModel, start: PointerAt, { duplicates }: { readonly duplicates: boolean }) {
    this.model = model
    this.start = start
    this.before = model.selection
    this.step = model.startStep()
    if (duplicates) model.duplicateSelection({ x: 0, y: 0 })
    const nodes = outermost(model.scene, model.selection).flatMap((id) => model.scene.get(id) ?? []).filter(({ locked }) => !locked)
    this.live = new LiveObjects(model, nodes)
    this.ids = new Set(nodes.map(({ id }) => id))
    this.above = new Map(nodes.map(({ id, parentId }) => {
      const siblings = model.scene.childrenOf(parentId)
      return [id, siblings[siblings.findIndex((sibling) => sibling.id === id) + 1]?.id]
    }))
  }

  follow(at: PointerAt): void {
    const { model, start } = this
    if (!this.live.isAlive) return
    const shift = { x: at.page.x - start.page.x, y: at.page.y - start.page.y }
    const { x, y } = whole(at.shift ? alongAxis(shift) : shift, model.camera.zoom)
    model.edit(() => {
      this.hang(at)
      this.live.apply(Matrix.translation(x, y))
    })
  }

  end(): void {
    this.containerId = undefined
    this.live.finish()
    this.step.end()
  }

  cancel(): void {
    this.containerId = undefined
    this.live.drop()
    this.step.cancel()
    this.model.select(this.before)
  }

  private hang(at: PointerAt): void {
    const { model } = this
    const movable = this.live.originals.filter((original) => this.canLeave(original))
    if (movable.length === 0) return
    const containerId = at.mod ? undefined : containerAt(model.scene, at.page, this.ids)?.id ?? null
    this.containerId = containerId
    for (const { object, parentId } of movable) {
      const target = containerId === undefined ? parentId : containerId
      const node = model.scene.get(object.id)
      if (node === undefined || node.parentId === target) continue
      const above = target === parentId ? this.above.get(object.id) : undefined
      const isThere = above !== undefined && model.scene.get(above)?.parentId === target
      reparent(model, [object.id], target, isThere ? { before: above } : "last")
    }
  }

  private canLeave({ parentId }: Original): boolean {
    const parent = parentId === null ? undefined : this.model.scene.get(parentId)
    return parentId === null || (parent !== undefined && holdsObjects(parent))
  }
}
