/**
 * Objects as they were when a gesture began, and the writing of where the gesture has taken them. Every frame starts
 * from the originals, so errors do not add up; a property that an earlier frame wrote and this one does not goes back.
 * Objects that somebody else deletes are left out. Of many objects not every frame is sent: the file's other editors
 * and its journal need no sixty versions a second of a thousand objects.
 */
import { canonicalText, type DesignObject } from "@easel/document"
import { matrixOf } from "../model/arrange.ts"
import type { PreviewEditing } from "../model/Editing.ts"
import { type Properties, transformObject } from "../model/transformObject.ts"
import * as Matrix from "../scene/Matrix.ts"
import type { SceneNode } from "../scene/Scene.ts"

export interface Original {
  readonly object: DesignObject
  readonly parentId: string | null
  /** From the parent's coordinates to the page's. */
  readonly outer: Matrix.Matrix
}

/** Up to this many objects every frame is sent. */
const sentAlwaysMax = 20

/** Of more objects a frame is sent when the server has had this long for each; the frames between are shown only here. */
const objectMillis = 1

export class LiveObjects {
  readonly originals: ReadonlyArray<Original>
  private readonly editing: PreviewEditing
  private readonly written = new Map<string, Set<string>>()
  private unsent: (() => void) | undefined
  private sentMillis = -Infinity

  constructor(editing: PreviewEditing, nodes: ReadonlyArray<SceneNode>) {
    this.editing = editing
    this.originals = nodes.map(({ object, parentId }) => ({ object, parentId, outer: matrixOf(editing.scene, parentId) }))
  }

  /** Whether there is anything left to work on. */
  get isAlive(): boolean {
    return this.originals.some(({ object }) => this.editing.scene.get(object.id) !== undefined)
  }

  /** Applies a map on the page to the originals, under the parents that they have now. */
  apply(map: Matrix.Matrix): void {
    const changes = this.originals.flatMap(({ object, outer }) => {
      const node = this.editing.scene.get(object.id)
      const back = node === undefined ? undefined : Matrix.invert(matrixOf(this.editing.scene, node.parentId))
      if (back === undefined) return []
      return [{ object, properties: transformObject(object, Matrix.multiply(back, Matrix.multiply(map, outer))) }]
    })
    const send = (): void => {
      for (const { object, properties } of changes) this.write(object, properties)
    }
    const now = Date.now()
    if (changes.length <= sentAlwaysMax || now - this.sentMillis >= changes.length * objectMillis) {
      this.unsent = undefined
      this.sentMillis = now
      this.editing.setPreview([])
      return send()
    }
    this.unsent = send
    this.editing.setPreview(changes.map(({ object, properties }) => ({ id: object.id, properties: this.settled(object, properties) })))
  }

  /** Sends what was only shown. To be called at the end, inside the step. */
  finish(): void {
    this.editing.setPreview([])
    this.editing.edit(() => this.unsent?.())
    this.unsent = undefined
  }

  /** Forgets what was only shown. */
  drop(): void {
    this.unsent = undefined
    this.editing.setPreview([])
  }

  /** Makes an object as `properties` say, and as its original where they say nothing. */
  write(original: DesignObject, properties: Properties): void {
    const { file } = this.editing
    const object = file.document.get(original.id)
    if (object === undefined || object.deleted) return
    const news = Object.entries(this.settled(original, properties)).filter(([path, value]) => canonicalText(object.get(path) ?? null) !== canonicalText(value))
    const paths = this.written.get(original.id) ?? new Set()
    this.written.set(original.id, paths)
    for (const path of Object.keys(properties)) paths.add(path)
    if (news.length > 0) file.update(original.id, Object.fromEntries(news))
  }

  /** The properties with the original values of what an earlier frame wrote besides. */
  private settled(original: DesignObject, properties: Properties): Properties {
    const restored = [...(this.written.get(original.id) ?? [])].map((path) => [path, original.get(path) ?? null])
    return { ...Object.fromEntries(restored), ...properties }
  }
}
