/**
 * The list of layers of an open file, kept up to date with it. Most edits move or paint objects and leave the list as
 * it is; those that change it are many at once when a drawing is imported or fifty people are at work. So the list is
 * made anew at most as often as costs it a small part of the time, and an own edit of a small file shows at once.
 */
import type { EditorFile } from "@easel/client"
import type { DesignObject } from "@easel/document"
import type { Subscribable } from "../parts/useExternal.ts"
import { type LayerRow, layerRows } from "./layerRows.ts"

/** Making the list anew takes up to an eighth of the time. */
const restPerCost = 8
const restMillisMax = 1_000
/** A list that is made this fast needs no rest. */
const freeMillis = 3

/** The registers that a line shows. */
const shownPaths = ["name", "text", "visible", "locked"]

export class LayerTree implements Subscribable {
  private readonly file: EditorFile
  private readonly listeners = new Set<() => void>()
  private readonly expanded = new Set<string>()
  private readonly stopListening: () => void
  private document: EditorFile["document"]
  private current: ReadonlyArray<LayerRow> = []
  private isStale = true
  private costMillis = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  /** Counts whatever a line may show: a look at it tells whether to render again. */
  version = 0

  constructor(file: EditorFile) {
    this.file = file
    this.document = file.document
    this.stopListening = file.on("change", ({ objectIds }) => this.onChange(objectIds))
  }

  get rows(): ReadonlyArray<LayerRow> {
    if (this.isStale) {
      const startedMillis = performance.now()
      this.current = layerRows(this.file.document, this.expanded)
      this.costMillis = performance.now() - startedMillis
      this.isStale = false
    }
    return this.current
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  setExpanded(id: string, isExpanded: boolean): void {
    if (this.expanded.has(id) === isExpanded) return
    if (isExpanded) this.expanded.add(id)
    else this.expanded.delete(id)
    this.renew()
  }

  /** Expands whatever an object is in. */
  reveal(id: string): void {
    let isHidden = false
    const seen = new Set<string>()
    for (let parentId = this.document.get(id)?.parent?.parentId ?? null; parentId !== null && !seen.has(parentId);) {
      seen.add(parentId)
      if (!this.expanded.has(parentId)) isHidden = true
      this.expanded.add(parentId)
      parentId = this.document.get(parentId)?.parent?.parentId ?? null
    }
    if (isHidden) this.renew()
  }

  dispose(): void {
    clearTimeout(this.timer)
    this.stopListening()
  }

  private onChange(objectIds: ReadonlySet<string> | undefined): void {
    const before = this.document
    this.document = this.file.document
    if (objectIds === undefined) return this.renewSoon()
    let isChanged = false
    for (const id of objectIds) {
      const [old, now] = [before.get(id), this.document.get(id)]
      if (isPlacedAnew(old, now)) return this.renewSoon()
      isChanged ||= shownPaths.some((path) => old?.get(path) !== now?.get(path))
    }
    if (isChanged) this.tell()
  }

  private renewSoon(): void {
    if (this.costMillis < freeMillis) return this.renew()
    this.timer ??= setTimeout(() => this.renew(), Math.min(this.costMillis * restPerCost, restMillisMax))
  }

  private renew(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.isStale = true
    this.tell()
  }

  private tell(): void {
    this.version++
    for (const listener of this.listeners) listener()
  }
}

const isPlacedAnew = (old: DesignObject | undefined, now: DesignObject | undefined): boolean =>
  old?.deleted !== now?.deleted || old?.parent?.parentId !== now?.parent?.parentId || old?.parent?.orderKey !== now?.parent?.orderKey
