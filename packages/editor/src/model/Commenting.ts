/** What the page does with comments: which thread is open, where a new one is to begin, and where pins stand. */
import { CommentRefused, type Comments, type EditorFile, type Thread } from "@easel/client"
import { type Anchor, anchorToObject, type Place, placeOfAnchor } from "@easel/document"
import { Limits, may } from "@easel/protocol/editor"
import * as Box from "../scene/Box.ts"
import * as Matrix from "../scene/Matrix.ts"
import type { Point } from "../scene/Point.ts"
import type { Scene } from "../scene/Scene.ts"

/** What it needs of the page's model. */
export interface Commented {
  readonly file: EditorFile
  readonly scene: Scene
  notify(kind: "error", text: string): void
}

/** How near an object a comment must be put to be fastened to it, in page units. */
const tolerance = 2

/** A smaller region is a point. */
const regionSizeMin = 8

export class Commenting {
  /** Whether the panel is there. */
  isOpen = false
  openId: string | undefined
  /** Where the comment that is being written is to be. */
  draft: Anchor | undefined
  private readonly model: Commented
  private readonly changed: () => void

  constructor(model: Commented, changed: () => void) {
    this.model = model
    this.changed = changed
  }

  get comments(): Comments {
    return this.model.file.comments
  }

  get threads(): ReadonlyArray<Thread> {
    return this.comments.threads
  }

  get mayComment(): boolean {
    const { connectivity, role } = this.model.file.status
    return may(role, "comment") && connectivity !== "failed" && connectivity !== "closed"
  }

  show(isOpen: boolean): void {
    this.isOpen = isOpen
    if (!isOpen) {
      this.openId = undefined
      this.draft = undefined
    }
    this.changed()
  }

  /** Opens a thread in the panel: what is said there counts as read. */
  open(threadId: string | undefined): void {
    this.openId = threadId
    this.draft = undefined
    this.isOpen ||= threadId !== undefined
    if (threadId !== undefined) this.comments.markRead(threadId)
    this.changed()
  }

  /** Begins a comment between two corners, on the topmost object where they are the same point. */
  begin(from: Point, to: Point): void {
    const box = Box.ofCorners(from, to)
    this.isOpen = true
    this.openId = undefined
    this.draft = Math.max(box.width, box.height) >= regionSizeMin ? { kind: "region", ...box } : this.anchorAt(to)
    this.changed()
  }

  /** Says something about the draft's place. Answers whether the server has it. */
  async create(body: string): Promise<boolean> {
    const { draft } = this
    if (draft === undefined) return false
    const made = await this.tell(this.comments.create(draft, body, this.mentionsIn(body)))
    if (made === undefined) return false
    if (this.draft === draft) this.open(made.id)
    return true
  }

  async reply(threadId: string, body: string): Promise<boolean> {
    return (await this.tell(this.comments.reply(threadId, body, this.mentionsIn(body)))) !== undefined
  }

  async edit(commentId: string, body: string): Promise<boolean> {
    return (await this.tell(this.comments.edit(commentId, body, this.mentionsIn(body)))) !== undefined
  }

  /** Waits for the answer to something else that was asked for, and says when it was refused. */
  async tell<Value>(answer: Promise<Value>): Promise<Value | undefined> {
    try {
      return await answer
    } catch (error) {
      const reason = error instanceof CommentRefused ? error.reason : "unavailable"
      if (reason !== "closed") this.model.notify("error", refusals[reason] ?? "The comment could not be saved.")
      return undefined
    }
  }

  /** Where the pin of an anchor stands on the page. */
  placeOf(anchor: Anchor): Place {
    const { file, scene } = this.model
    const node = anchor.kind === "object" ? scene.get(anchor.objectId) : undefined
    if (anchor.kind !== "object" || node === undefined) return placeOfAnchor(file.document, anchor, (object) => scene.boxOf(object))
    const { height, width, x, y } = node.localBox
    return { ...Matrix.apply(node.matrix, { x: x + anchor.x * width, y: y + anchor.y * height }), at: "object" }
  }

  /** The part of the page that the open thread, or the comment that is being written, is about. */
  get region(): Box.Box | undefined {
    const anchor = this.draft ?? this.threads.find(({ id }) => id === this.openId)?.anchor
    return anchor?.kind === "region" ? anchor : undefined
  }

  /** Whom a text names by `@` and a name, among those who are here or have said something. */
  private mentionsIn(body: string): ReadonlyArray<string> {
    const people = new Map(this.threads.flatMap(({ comments }) => comments.map(({ createdBy, userName }) => [createdBy, userName])))
    for (const { userId, userName } of this.model.file.presence.values()) people.set(userId, userName)
    return [...people].flatMap(([userId, userName]) => body.includes(`@${userName}`) ? [userId] : []).slice(0, Limits.commentMentionsMax)
  }

  private anchorAt(point: Point): Anchor {
    const { file, scene } = this.model
    const [node] = scene.at(point, tolerance)
    return node === undefined
      ? { kind: "page", x: point.x, y: point.y }
      : anchorToObject(file.document, node.object, point, (object) => scene.boxOf(object))
  }
}

const refusals: Readonly<Record<string, string>> = {
  forbidden: "Your role does not allow this comment.",
  comment_missing: "The comment is not there any more.",
  comments_full: "There are as many comments here as there may be.",
  invalid: `A comment has 1 to ${Limits.commentCharsMax.toLocaleString("en")} characters.`
}
