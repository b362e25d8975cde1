/**
 * Undo and redo of an editor's own changes. What an undo will restore is written down when the change is made; what
 * the redo will restore is written down at undo time, from the values as they are then. So n undos followed by n redos
 * change nothing, whoever edited in between.
 */
import type { Change, Document } from "@easel/document"

/** Steps kept. */
const stepsMax = 1_000

export class Undo {
  private readonly done: Array<ReadonlyArray<Change>> = []
  private readonly undone: Array<ReadonlyArray<Change>> = []

  get canUndo(): boolean {
    return this.done.length > 0
  }

  get canRedo(): boolean {
    return this.undone.length > 0
  }

  /** Remembers the inverse of a step that was just made. A new step ends all redo. */
  record(inverse: ReadonlyArray<Change>): void {
    this.done.push(inverse)
    if (this.done.length > stepsMax) this.done.shift()
    this.undone.length = 0
  }

  /** Takes the changes of an object out of all steps: it never came to be. */
  forget(objectId: string): void {
    for (const steps of [this.done, this.undone]) {
      const kept = steps.map((step) => step.filter((change) => change.objectId !== objectId)).filter(({ length }) => length > 0)
      steps.splice(0, steps.length, ...kept)
    }
  }

  /** The changes that undo the last step; `invert` writes down how to come back. */
  undo(invert: (changes: ReadonlyArray<Change>) => ReadonlyArray<Change>): ReadonlyArray<Change> {
    return swap(this.done, this.undone, invert)
  }

  redo(invert: (changes: ReadonlyArray<Change>) => ReadonlyArray<Change>): ReadonlyArray<Change> {
    return swap(this.undone, this.done, invert)
  }
}

const swap = (
  from: Array<ReadonlyArray<Change>>,
  to: Array<ReadonlyArray<Change>>,
  invert: (changes: ReadonlyArray<Change>) => ReadonlyArray<Change>
): ReadonlyArray<Change> => {
  const changes = from.pop()
  if (changes === undefined) return []
  to.push(invert(changes))
  return changes
}

/** How to get back from the document after `changes` to the document as it is, last change first. */
export const inverseOf = (document: Document.Document, changes: ReadonlyArray<Change>): ReadonlyArray<Change> => {
  const created = new Set<string>()
  const inverse = changes.flatMap((change): ReadonlyArray<Change> => {
    const { objectId } = change
    const object = document.get(objectId)
    switch (change.operationType) {
      case "create":
        created.add(objectId)
        return [{ operationType: "delete", objectId }]
      case "delete":
        return object?.deleted === false ? [{ operationType: "restore", objectId }] : []
      case "restore":
        return object?.deleted === true ? [{ operationType: "delete", objectId }] : []
      case "update": {
        if (object === undefined) return []
        return [{ ...change, newValue: object.get(change.propertyPath) ?? null }]
      }
      case "move":
        return object?.parent === undefined ? [] : [{ operationType: "move", objectId, ...object.parent, exact: true }]
    }
  })
  // Changes to an object made in the same step vanish with it.
  return inverse.filter((change) => !created.has(change.objectId) || change.operationType === "delete").reverse()
}

/** Of changes of the same register only the last, which stands in the end; in the order of those. */
export const onePerRegister = (changes: ReadonlyArray<Change>): ReadonlyArray<Change> => {
  const last = new Map<string, Change>()
  for (const change of changes) {
    const register = registerOf(change)
    last.delete(register)
    last.set(register, change)
  }
  return [...last.values()]
}

const registerOf = (change: Change): string => {
  switch (change.operationType) {
    case "create":
      return `${change.objectId} create`
    case "update":
      return `${change.objectId} update ${change.propertyPath}`
    case "move":
      return `${change.objectId} move`
    case "delete":
    case "restore":
      return `${change.objectId} delete`
  }
}
