/**
 * What is selected, which group is entered, and what the pointer is over. Only objects that exist are in here: `prune`
 * takes out what the document has lost, whoever deleted it.
 */
import type { Scene, SceneNode } from "../scene/Scene.ts"
import { isSelectable, pathTo } from "./picking.ts"

export interface SelectOptions {
  readonly add?: boolean
  readonly toggle?: boolean
}

export class Selecting {
  ids: ReadonlySet<string> = new Set()
  enteredId: string | null = null
  hoveredId: string | undefined

  select(scene: Scene, ids: Iterable<string>, { add = false, toggle = false }: SelectOptions = {}): void {
    const next = new Set(add || toggle ? this.ids : [])
    for (const id of ids) {
      if (scene.get(id) === undefined) continue
      if (toggle && this.ids.has(id)) next.delete(id)
      else next.add(id)
    }
    this.ids = next
    const [first] = next
    if (first !== undefined && !this.isInside(scene, first)) this.enteredId = null
  }

  enter(groupId: string | null): void {
    this.enteredId = groupId
  }

  /** First out of the entered group, which is then selected; then nothing is. */
  leave(scene: Scene): void {
    const { enteredId } = this
    const entered = enteredId === null ? undefined : scene.get(enteredId)
    this.ids = new Set(entered === undefined ? [] : [entered.id])
    this.enteredId = entered === undefined ? null : groupAround(scene, entered)
  }

  /** The objects beside the selection, or all at the top. */
  siblings(scene: Scene): ReadonlyArray<SceneNode> {
    const [first] = this.ids
    const parentId = first === undefined ? this.enteredId : scene.get(first)?.parentId ?? null
    return scene.childrenOf(parentId).filter(isSelectable)
  }

  selectAll(scene: Scene): void {
    this.ids = new Set(this.siblings(scene).map(({ id }) => id))
  }

  selectSibling(scene: Scene, direction: "next" | "previous"): void {
    const siblings = this.siblings(scene)
    const step = direction === "next" ? 1 : -1
    const edge = direction === "next" ? [...this.ids].at(-1) : [...this.ids][0]
    const at = siblings.findIndex(({ id }) => id === edge)
    const next = at === -1 ? siblings.at(direction === "next" ? 0 : -1) : siblings.at((at + step) % siblings.length)
    this.ids = new Set(next === undefined ? [] : [next.id])
  }

  prune(scene: Scene): void {
    if ([...this.ids].some((id) => scene.get(id) === undefined)) this.ids = new Set([...this.ids].filter((id) => scene.get(id) !== undefined))
    if (this.enteredId !== null && scene.get(this.enteredId) === undefined) this.enteredId = null
    if (this.hoveredId !== undefined && scene.get(this.hoveredId) === undefined) this.hoveredId = undefined
  }

  private isInside(scene: Scene, id: string): boolean {
    const node = scene.get(id)
    return node !== undefined && id !== this.enteredId && pathTo(scene, node).some((step) => step.id === this.enteredId)
  }
}

const groupAround = (scene: Scene, node: SceneNode): string | null =>
  pathTo(scene, node).findLast(({ id, object }) => id !== node.id && object.type === "group")?.id ?? null
