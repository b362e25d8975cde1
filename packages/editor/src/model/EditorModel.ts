/**
 * One open file as the page edits it: `EditorState` with every command, each of which is one step of undo, does nothing
 * in a file that is read only, and says in a notice what the document refused.
 */
import type { EditorFile, Placement } from "@easel/client"
import { isObjectType, type Json, propertyKind } from "@easel/document"
import { toPage } from "../camera/Camera.ts"
import type { Point } from "../scene/Point.ts"
import { group, reparent, restack, type Stacking, ungroup } from "./arrange.ts"
import { Commenting } from "./Commenting.ts"
import { type Copied, copiesOf, createCopies, fromText, imagesElsewhere, toText } from "./copies.ts"
import { importDrawing, type ImportReport, isDrawing, unsupportedLine } from "./drawingImport.ts"
import { EditorState } from "./EditorState.ts"
import { type FileImages, placeImage } from "./images.ts"
import { pasteCopies, pasteText } from "./paste.ts"
import { holdsObjects, isSelectable, outermost } from "./picking.ts"
import { align, type Edge, moveBy } from "./shift.ts"

export type { ImportReport } from "./drawingImport.ts"
export type { Tool } from "./EditorState.ts"
export type { Edge } from "./shift.ts"

/** Page units between an object and its duplicate. */
const duplicateShift = 10

export class EditorModel extends EditorState {
  readonly commenting = new Commenting(this, () => this.changed())
  /** Where the file's images are kept; none on a page without a server. */
  readonly images: FileImages | undefined
  private pastes = 0

  constructor(file: EditorFile, images?: FileImages) {
    super(file)
    this.images = images
  }

  setText(id: string, text: string): void {
    const spans = this.file.document.get(id)?.get("textSpans") ?? null
    if (this.file.get(id)?.text !== text) this.edit(() => this.file.update(id, { text, ...(spans === null ? {} : { textSpans: null }) }))
  }

  /** What Enter does: edits the selected text, or enters the selected group. */
  openSelection(): void {
    const [id, ...more] = this.selection
    const node = id === undefined || more.length > 0 ? undefined : this.scene.get(id)
    if (node?.object.type === "text") return this.editText(node.id)
    const children = node === undefined ? [] : this.scene.childrenOf(node.id).filter(isSelectable)
    if (node === undefined || children.length === 0) return
    if (node.object.type === "group") this.enter(node.id)
    this.select(children.map((child) => child.id))
  }

  deleteSelection(): void {
    const ids = outermost(this.scene, this.selection)
    this.edit(() => this.file.delete(...ids))
  }

  duplicateSelection(shift: Point = { x: duplicateShift, y: duplicateShift }): void {
    const copied = outermost(this.scene, this.selection).map((id) => ({ id, copies: copiesOf(this.scene, [id]), parentId: this.scene.get(id)?.parentId ?? null }))
    this.edit(() => this.select(copied.flatMap(({ id, copies, parentId }) => createCopies(this, copies, { parentId, place: { after: id }, shift }))))
  }

  groupSelection(): void {
    this.edit(() => {
      const groupId = group(this, this.selection)
      if (groupId !== undefined) this.select([groupId])
    })
  }

  ungroupSelection(): void {
    this.edit(() => {
      const groups = [...this.selection].filter((id) => this.scene.get(id)?.object.type === "group")
      if (groups.length > 0) this.select(groups.flatMap((id) => ungroup(this, id)))
    })
  }

  /** The selection as text for the clipboard; empty when nothing is selected. */
  copy(): string {
    this.pastes = 0
    return this.selection.size === 0 ? "" : toText({ fileId: this.file.fileId, objects: copiesOf(this.scene, this.selection) })
  }

  cut(): string {
    const text = this.copy()
    this.deleteSelection()
    // The first paste brings back what was cut to where it was.
    this.pastes = -1
    return text
  }

  /** Copied objects, an SVG drawing, or plain text; `at` is where its middle goes. */
  paste(text: string, at?: Point): void {
    if (this.readOnly || text.trim() === "") return
    const copied = fromText(text)
    if (copied !== undefined) return this.pasteObjects(copied, at)
    if (isDrawing(text)) return void this.importSvg(text, "Pasted drawing", at)
    this.edit(() => this.select([pasteText(this, text, at ?? this.middle)]))
  }

  nudge(dx: number, dy: number): void {
    this.edit(() => moveBy(this, this.selection, dx, dy))
  }

  bringToFront(): void {
    this.restack("front")
  }

  sendToBack(): void {
    this.restack("back")
  }

  bringForward(): void {
    this.restack("forward")
  }

  sendBackward(): void {
    this.restack("backward")
  }

  alignSelection(edge: Edge): void {
    this.edit(() => align(this, this.selection, edge))
  }

  /** Sets properties of those of the objects whose type has them. */
  setProperties(ids: Iterable<string>, properties: Readonly<Record<string, Json>>): void {
    this.edit(() => {
      for (const id of ids) {
        const type = this.file.document.get(id)?.type
        if (type === undefined || !isObjectType(type)) continue
        this.file.update(id, Object.fromEntries(Object.entries(properties).filter(([path]) => propertyKind(type, path) !== undefined)))
      }
    })
  }

  rename(id: string, name: string): void {
    this.setProperties([id], { name: name.trim() === "" ? null : name.trim() })
  }

  /** Hangs objects under a parent (`null`: the file), keeping their places on the page. */
  reparent(ids: Iterable<string>, parentId: string | null, place?: Placement): void {
    this.edit(() => reparent(this, ids, parentId, place))
  }

  toggleVisible(id: string): void {
    this.setProperties([id], { visible: this.file.get(id)?.visible === false ? null : false })
  }

  toggleLocked(id: string): void {
    this.setProperties([id], { locked: this.file.get(id)?.locked === true ? null : true })
  }

  /** Answers `undefined`, and says why in a notice, for what is not a drawing. */
  async importSvg(source: string, name: string, at: Point = this.middle): Promise<ImportReport | undefined> {
    if (this.readOnly) return undefined
    try {
      const report = await importDrawing(this, source, name, at)
      if (report.frameId !== undefined) this.select([report.frameId])
      const line = unsupportedLine(name, report)
      if (line !== undefined) this.notify("warning", line)
      return report
    } catch (error) {
      this.notify("error", `${name} was not imported: ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    }
  }

  /** Puts an image into the file and shows it. Answers the object's id; says in a notice why it cannot be done. */
  async addImage(image: Blob, name: string, at?: Point): Promise<string | undefined> {
    if (this.readOnly || this.images === undefined) return undefined
    try {
      const asset = await this.images.upload(image)
      let id: string | undefined
      this.edit(() => {
        id = placeImage(this, asset, name, at, this.viewBox)
        this.select([id])
      })
      return id
    } catch (error) {
      this.notify("error", `${name} was not put into the file: ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    }
  }

  /** Images that another file has come first: where one is not there yet, nobody would see it. */
  private pasteObjects(copied: Copied, at: Point | undefined): void {
    const { fileId = "", objects } = copied
    const paste = () =>
      this.edit(() => this.select(pasteCopies(this, objects, { view: this.viewBox, at, shift: duplicateShift * ++this.pastes, parentId: this.parentForPaste })))
    const images = imagesElsewhere(copied, this.file.fileId)
    if (images.length === 0) return paste()
    void this.bringImages(images, fileId).then(paste)
  }

  /** One after the other; says in a notice which could not be brought, and why. */
  private async bringImages(assetIds: ReadonlyArray<string>, fileId: string): Promise<void> {
    const reasons: Array<string> = []
    for (const assetId of assetIds) {
      await this.images?.bring(assetId, fileId).catch((error: unknown) => reasons.push(error instanceof Error ? error.message : String(error)))
    }
    const [reason] = reasons
    if (reason !== undefined) this.notify("warning", `Of ${assetIds.length} images ${reasons.length} could not be copied: ${reason}`)
  }

  /** The middle of what is seen. */
  private get middle(): Point {
    const { height, width } = this.viewportSize
    return toPage(this.camera, { x: width / 2, y: height / 2 })
  }

  /** A selected container takes what is pasted; beside anything else it goes to the same parent. */
  private get parentForPaste(): string | null {
    const [first, ...more] = this.selection
    const node = first === undefined ? undefined : this.scene.get(first)
    if (node === undefined) return null
    return more.length === 0 && holdsObjects(node) ? node.id : node.parentId
  }

  private restack(to: Stacking): void {
    this.edit(() => restack(this, this.selection, to))
  }
}
