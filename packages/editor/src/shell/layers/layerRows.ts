/** The layers as lines of a list: what lies on top comes first, and what a container holds stands below it. Pure. */
import type { DesignObject, Document } from "@easel/document"

export interface LayerRow {
  readonly id: string
  /** As it stands in the list; an object without a parent is at 0. */
  readonly depth: number
  readonly parentId: string | null
  readonly isContainer: boolean
  readonly isExpanded: boolean
  /** Position among its siblings, from 1, and how many they are. */
  readonly position: number
  readonly siblings: number
}

const containers: ReadonlySet<string | undefined> = new Set(["group", "frame", "page", "component"])

/** Groups in groups in groups: deeper ones are not listed. */
const depthMax = 64

const isContainer = (object: DesignObject): boolean => containers.has(object.type)

/** Costs a walk over the children of the file and of the expanded containers, not over the whole document. */
export const layerRows = (document: Document.Document, expanded: ReadonlySet<string>): ReadonlyArray<LayerRow> => {
  const rows: Array<LayerRow> = []
  const list = (parentId: string | null, depth: number): void => {
    const children = Array.from(document.children(parentId)).filter((child) => !child.deleted).reverse()
    for (const [index, child] of children.entries()) {
      const container = isContainer(child)
      const isExpanded = container && expanded.has(child.id) && depth < depthMax
      rows.push({
        id: child.id,
        depth,
        parentId,
        isContainer: container,
        isExpanded,
        position: index + 1,
        siblings: children.length
      })
      if (isExpanded) list(child.id, depth + 1)
    }
  }
  list(null, 0)
  return rows
}

/** What a layer is called: its name, or else what it is. A text is called by what it says. */
export const layerName = (object: DesignObject): string => {
  const name = object.get("name")
  if (typeof name === "string" && name !== "") return name
  const text = object.get("text")
  if (typeof text === "string" && text.trim() !== "") return text.trim().replace(/\s+/g, " ").slice(0, textCharsMax)
  const type = object.type ?? "object"
  return type.slice(0, 1).toUpperCase() + type.slice(1)
}

const textCharsMax = 60
