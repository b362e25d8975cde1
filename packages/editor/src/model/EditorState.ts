/**
 * What the page knows of one open file, apart from the commands: its geometry, what is selected, the tool, the camera,
 * the open step of undo. No DOM. Listeners hear of any change, as often as it happens; whoever paints coalesces.
 * The document may change under it at any time: what somebody else deletes leaves the selection before it is read.
 */
import type { EditorFile, OpenStep, Status } from "@easel/client"
import type { Document } from "@easel/document"
import { may } from "@easel/protocol/editor"
import type { Camera, Size } from "../camera/Camera.ts"
import { OwnPresence } from "../presence/OwnPresence.ts"
import type { Box } from "../scene/Box.ts"
import type { Point } from "../scene/Point.ts"
import { Scene } from "../scene/Scene.ts"
import type { Preview } from "./Editing.ts"
import { type Notice, Notices } from "./Notices.ts"
import { Selecting, type SelectOptions } from "./Selecting.ts"
import { Viewing } from "./Viewing.ts"

export type Tool = "select" | "hand" | "rectangle" | "ellipse" | "line" | "text" | "frame" | "comment"

export class EditorState {
  readonly file: EditorFile
  tool: Tool = "select"
  editingTextId: string | undefined
  helpOpen = false
  /** Where the pointer is on the page, for the others. */
  cursor: Point | null = null
  private readonly sceneKept = new Scene()
  private readonly selecting = new Selecting()
  private readonly viewing = new Viewing()
  private readonly messages = new Notices()
  private readonly ownPresence: OwnPresence
  private readonly listeners = new Set<() => void>()
  private readonly sceneListeners = new Set<(objectIds: ReadonlySet<string> | undefined) => void>()
  private readonly stops: ReadonlyArray<() => void>
  /** What the scene has not seen yet. */
  private stale: Set<string> | "all" | undefined = "all"
  private step: OpenStep | undefined
  /** The step in which the text that is being edited was created. */
  private newText: OpenStep | undefined
  private wasShown = false
  /** What the user may do, as it was heard last. */
  private role: Status["role"]
  private previews: ReadonlyArray<Preview> = []

  constructor(file: EditorFile) {
    this.file = file
    this.ownPresence = new OwnPresence(file, () => ({ cursor: this.cursor, selection: this.selecting.ids, viewport: this.viewing.told }))
    this.stops = [
      file.on("change", ({ objectIds }) => this.documentChanged(objectIds)),
      file.on("status", () => {
        this.hearRole()
        this.changed()
      }),
      file.on("synced", () => this.changed()),
      file.on("comments", () => this.changed()),
      file.on("renamed", () => this.changed()),
      file.on("failed", () => this.changed()),
      file.on("presence", (others) => {
        this.viewing.hear(others)
        this.changed()
      }),
      file.on("rejected", ({ message }) => this.notify("error", `A change was refused: ${message ?? "the server does not accept it"}`))
    ]
  }

  dispose(): void {
    for (const stop of this.stops) stop()
    this.listeners.clear()
    this.sceneListeners.clear()
  }

  /** Answers the function that stops listening. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  /** Hears which objects changed whenever the scene has taken them in; `undefined` is all of them. */
  onScene(listener: (objectIds: ReadonlySet<string> | undefined) => void): () => void {
    this.sceneListeners.add(listener)
    return () => void this.sceneListeners.delete(listener)
  }

  /** The geometry of the document as it is now. */
  get scene(): Scene {
    this.refresh()
    return this.sceneKept
  }

  get readOnly(): boolean {
    const { connectivity, mode } = this.file.status
    return mode === "readonly" || connectivity === "failed" || connectivity === "closed"
  }

  // ---- selection ------------------------------------------------------------------------------------------------

  get selection(): ReadonlySet<string> {
    this.refresh()
    return this.selecting.ids
  }

  /** The group that was entered by a double click. */
  get enteredId(): string | null {
    return this.selecting.enteredId
  }

  get hoveredId(): string | undefined {
    return this.selecting.hoveredId
  }

  select(ids: Iterable<string>, options?: SelectOptions): void {
    this.selecting.select(this.scene, ids, options)
    this.changed()
  }

  selectAll(): void {
    this.selecting.selectAll(this.scene)
    this.changed()
  }

  selectSibling(direction: "next" | "previous"): void {
    this.selecting.selectSibling(this.scene, direction)
    this.changed()
  }

  clearSelection(): void {
    this.select([])
  }

  /** What Escape does: leaves the entered group, or selects nothing. */
  leave(): void {
    this.selecting.leave(this.scene)
    this.changed()
  }

  enter(groupId: string | null): void {
    this.selecting.enter(groupId)
    this.changed()
  }

  setHovered(id: string | undefined): void {
    if (id === this.selecting.hoveredId) return
    this.selecting.hoveredId = id
    this.changed()
  }

  // ---- tools, camera, messages ----------------------------------------------------------------------------------

  setTool(tool: Tool): void {
    this.editText(undefined)
    this.tool = this.mayUse(tool) ? tool : "select"
    this.changed()
  }

  private mayUse(tool: Tool): boolean {
    if (tool === "comment") return may(this.file.status.role, "comment")
    return !this.readOnly || tool === "hand"
  }

  setCursor(cursor: Point | null): void {
    this.cursor = cursor
    this.ownPresence.update()
  }

  get camera(): Camera {
    return this.viewing.camera
  }

  get viewportSize(): Size {
    return this.viewing.size
  }

  /** An own movement: it ends following. */
  setCamera(camera: Camera): void {
    this.viewing.move(camera)
    this.changed()
  }

  setViewportSize(size: Size): void {
    this.viewing.size = size
    this.changed()
    this.showAllOnce()
  }

  zoomToFit(): void {
    const { bounds } = this.scene
    if (bounds === undefined) this.viewing.move({ x: -this.viewportSize.width / 2, y: -this.viewportSize.height / 2, zoom: 1 })
    else this.viewing.show(bounds, 2)
    this.changed()
  }

  zoomToSelection(): void {
    const bounds = this.scene.boundsOf(this.selection)
    if (bounds !== undefined) this.viewing.show(bounds, 8)
    this.changed()
  }

  /** 1 is 100 %. */
  zoomTo(zoom: number): void {
    this.viewing.zoomTo(zoom)
    this.changed()
  }

  get following(): string | undefined {
    return this.viewing.following
  }

  follow(clientId: string | undefined): void {
    this.viewing.follow(clientId, this.file.presence)
    this.changed()
  }

  /** Lets time pass for the camera that follows another. Answers whether it moved. */
  advance(millis: number): boolean {
    const moved = this.viewing.advance(millis)
    if (moved) this.changed()
    return moved
  }

  get notices(): ReadonlyArray<Notice> {
    return this.messages.list
  }

  notify(kind: Notice["kind"], text: string): void {
    this.messages.add(kind, text)
    this.changed()
  }

  dismissNotice(id: number): void {
    this.messages.dismiss(id)
    this.changed()
  }

  setHelpOpen(open: boolean): void {
    this.helpOpen = open
    this.changed()
  }

  /** What is seen of the page. */
  get viewBox(): Box {
    return this.viewing.box
  }

  // ---- steps of undo --------------------------------------------------------------------------------------------

  /** One step of undo that lasts until its end: a drag, a slider, a text being typed. Another one ends it. */
  startStep(): OpenStep {
    this.step?.end()
    const step = this.file.startStep()
    this.step = step
    return step
  }

  /** Shows objects otherwise than the document has them, until the next call. */
  setPreview(previews: ReadonlyArray<Preview>): void {
    if (previews.length === 0 && this.previews.length === 0) return
    const objectIds = new Set([...this.previews, ...previews].map(({ id }) => id))
    this.previews = previews
    this.documentChanged(objectIds)
  }

  /** Makes all changes of `change` one step, unless a step is open: then they belong to that. */
  edit(change: () => void): void {
    if (this.readOnly) return
    try {
      this.file.transact(change)
    } catch (error) {
      this.notify("error", error instanceof Error ? error.message : String(error))
    }
  }

  undo(): void {
    this.travel(() => this.file.undo())
  }

  redo(): void {
    this.travel(() => this.file.redo())
  }

  /**
   * Begins or (with `undefined`) ends the editing of a text in place. A text left without a character goes, and if it
   * was created in `step`, so does the step.
   */
  editText(id: string | undefined, step?: OpenStep): void {
    this.stopEditingText()
    if (id !== undefined && !this.readOnly && this.scene.get(id)?.object.type === "text") {
      this.newText = step
      this.step = step ?? this.startStep()
      this.select([id])
      this.editingTextId = id
    }
    this.changed()
  }

  private stopEditingText(): void {
    const { editingTextId, newText } = this
    if (editingTextId === undefined) return
    this.editingTextId = undefined
    this.newText = undefined
    const object = this.file.document.get(editingTextId)
    const isEmpty = object?.deleted === false && (object.get("text") ?? "") === ""
    if (isEmpty && newText !== undefined) newText.cancel()
    else if (isEmpty) this.edit(() => this.file.delete(editingTextId))
    this.step?.end()
  }

  private travel(move: () => void): void {
    this.editText(undefined)
    this.step?.end()
    if (!this.readOnly) move()
    this.changed()
  }

  // ---- inside ---------------------------------------------------------------------------------------------------

  /** Says what one may do now, when that is something else: what the person was in the middle of ends with that. */
  private hearRole(): void {
    const [before, { role }] = [this.role, this.file.status]
    this.role = role
    const allowed = allowedTo(role)
    if (before === undefined || allowedTo(before) === allowed) return
    if (!may(role, "edit")) this.setTool(this.tool)
    this.notify("info", allowed)
  }

  private documentChanged(objectIds: ReadonlySet<string> | undefined): void {
    const stale = this.stale ?? new Set()
    if (objectIds === undefined || stale === "all") this.stale = "all"
    else {
      for (const id of objectIds) stale.add(id)
      this.stale = stale
    }
    this.changed()
    if (objectIds === undefined) this.showAllOnce()
  }

  private refresh(): void {
    const { stale } = this
    if (stale === undefined) return
    this.stale = undefined
    const objectIds = stale === "all" ? undefined : stale
    this.sceneKept.update(previewed(this.file.document, this.previews), objectIds)
    this.selecting.prune(this.sceneKept)
    if (this.editingTextId !== undefined && this.sceneKept.get(this.editingTextId) === undefined) this.editText(undefined)
    for (const listener of this.sceneListeners) listener(objectIds)
  }

  /** A file that is opened shows all of itself. */
  private showAllOnce(): void {
    if (this.wasShown || this.file.seq === undefined || this.viewportSize.width === 0) return
    this.wasShown = true
    const { bounds } = this.scene
    if (bounds === undefined) return this.zoomToFit()
    this.viewing.show(bounds, 1)
    this.changed()
  }

  protected changed(): void {
    this.ownPresence.update()
    for (const listener of this.listeners) listener()
  }
}

const allowedTo = (role: EditorFile["status"]["role"]): string =>
  may(role, "edit") ? "You can edit now." : may(role, "comment") ? "You can now comment, and change nothing." : "You can now view only."

/** Newer than any operation, own ones that wait for their answer included. */
const previewStamp = { timestamp: Number.MAX_SAFE_INTEGER, clientId: "~", counter: 0 }

const previewed = (document: Document.Document, previews: ReadonlyArray<Preview>): Document.Document =>
  previews.length === 0 ? document : document.edit((draft) => {
    for (const { id, properties } of previews) {
      if (document.get(id) !== undefined) draft.write(id, Object.entries(properties).map(([path, value]) => ({ path, value })), previewStamp)
    }
  })
