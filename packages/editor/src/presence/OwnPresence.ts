/** Tells the others where this editor points, what it has selected and what it looks at. The SDK sees to the rate. */
import { canonicalText, type Json } from "@easel/document"
import type { EditorFile } from "@easel/client"
import type { Box } from "../scene/Box.ts"
import type { Point } from "../scene/Point.ts"
import { selectionIdsMax } from "./presenceFields.ts"

interface Presence {
  readonly cursor: Point | null
  readonly selection: ReadonlySet<string>
  readonly viewport: Box
}

export class OwnPresence {
  private readonly file: EditorFile
  private readonly read: () => Presence
  private sent = ""

  constructor(file: EditorFile, read: () => Presence) {
    this.file = file
    this.read = read
  }

  /** Something of it may have changed. */
  update(): void {
    const { cursor, selection, viewport } = this.read()
    const fields: { cursor: Json; selection: Json; viewport: Json } = {
      cursor: cursor === null ? null : { x: coordinate(cursor.x), y: coordinate(cursor.y) },
      selection: [...selection].slice(0, selectionIdsMax),
      viewport: { x: coordinate(viewport.x), y: coordinate(viewport.y), width: coordinate(viewport.width), height: coordinate(viewport.height) }
    }
    const text = canonicalText(fields)
    if (text === this.sent) return
    this.sent = text
    this.file.setPresence(fields)
  }
}

/** Two decimals: the wire need not carry what nobody can see. */
const coordinate = (value: number): number => Math.round(value * 100) / 100
