/**
 * Where dragged layers land: into a container, or between two lines. Between lines the pointer's distance from the
 * left chooses among the containers that end there. Pure; lines are counted from the top, which is the front.
 */
import type { Placement } from "@easel/client"
import type { Document } from "@easel/document"
import type { LayerRow } from "./layerRows.ts"

export interface LayerDrop {
  readonly parentId: string | null
  readonly place: Placement
  /** What the list shows: a container that takes them in, or a line above row `line` from `depth` on. */
  readonly mark: { readonly into: string } | { readonly line: number; readonly depth: number }
}

export interface DropPoint {
  /** In lines from the top of the list, with fractions. */
  readonly lines: number
  /** In steps of indentation, with fractions. */
  readonly indent: number
}

/** Of a container's line: how much at its upper and lower edge still means beside it. */
const edge = 0.25

export const layerDrop = (
  document: Document.Document,
  rows: ReadonlyArray<LayerRow>,
  dragged: ReadonlySet<string>,
  { indent, lines }: DropPoint
): LayerDrop | undefined => {
  const drop = into(rows, lines) ?? between(document, rows, dragged, lines, indent)
  return isInside(document, drop.parentId, dragged) ? undefined : drop
}

const into = (rows: ReadonlyArray<LayerRow>, lines: number): LayerDrop | undefined => {
  const row = rows[Math.floor(lines)]
  const within = lines - Math.floor(lines)
  if (row?.isContainer !== true || within < edge || within > 1 - edge) return undefined
  return { parentId: row.id, place: "last", mark: { into: row.id } }
}

const between = (
  document: Document.Document,
  rows: ReadonlyArray<LayerRow>,
  dragged: ReadonlySet<string>,
  lines: number,
  indent: number
): LayerDrop => {
  const line = Math.min(Math.max(Math.round(lines), 0), rows.length)
  const [above, below] = [rows[line - 1], rows[line]]
  if (above === undefined) return { parentId: null, place: "last", mark: { line: 0, depth: 0 } }
  const deepest = above.isExpanded ? above.depth + 1 : above.depth
  const depth = Math.min(Math.max(Math.floor(indent), below?.depth ?? 0), deepest)
  if (depth > above.depth) return { parentId: above.id, place: "last", mark: { line, depth } }
  // The nearest line above at this depth is the sibling in front of the gap.
  let at = line - 1
  while (at > 0 && (rows[at]?.depth ?? 0) > depth) at--
  const sibling = rows[at] ?? above
  return { parentId: sibling.parentId, place: behind(document, sibling, dragged), mark: { line, depth } }
}

/** Just behind a sibling; when that is dragged away itself, behind the next one in front of it that stays. */
const behind = (document: Document.Document, { id, parentId }: LayerRow, dragged: ReadonlySet<string>): Placement => {
  if (!dragged.has(id)) return { before: id }
  let isFound = false
  for (const sibling of document.children(parentId)) {
    if (sibling.id === id) isFound = true
    else if (isFound && !sibling.deleted && !dragged.has(sibling.id)) return { before: sibling.id }
  }
  return "last"
}

/** Nothing can be hung into itself. */
const isInside = (document: Document.Document, parentId: string | null, dragged: ReadonlySet<string>): boolean => {
  const seen = new Set<string>()
  for (let id = parentId; id !== null && !seen.has(id); id = document.get(id)?.parent?.parentId ?? null) {
    if (dragged.has(id)) return true
    seen.add(id)
  }
  return false
}
