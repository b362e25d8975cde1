/**
 * What a restore still has to do: the changes that bring a state of the file back, as far as nobody has written there
 * since the restore was asked for. It is a function of the file as it is, so it may be asked again at any time: what
 * has been done is not done twice, and what was left undone is done.
 *
 * Its own writes are known by their client id, which is the restore's; what came after it, by its seq.
 */
import { type Change, deletedPath, type DesignObject, difference, type Document, parentPath, type Scope, type Stamp, typePath } from "@easel/document"
import type { Restore } from "@easel/store"

export type Restoration = Pick<Restore, "id" | "fromSeq" | "scope">

/** The client in whose name a restore writes. */
export const clientIdOf = (restoreId: string): string => `restore:${restoreId}`

export const restoration = (now: Document.Document, then: Document.Document, restore: Restoration): ReadonlyArray<Change> => {
  const { fromSeq, id, scope } = restore
  const clientId = clientIdOf(id)
  const isFree = (stamp: Stamp.Stamp | undefined): boolean => stamp === undefined || stamp.counter <= fromSeq || stamp.clientId === clientId
  const changes = scope?._tag === "Undo" ? undoing(now, then, clientIdOf(scope.restoreId)) : difference(now, then, scope ?? undefined)
  return changes.filter((change) => {
    const object = now.get(change.objectId)
    return object === undefined || registersOf(change).every((path) => isFree(object.stampOf(path)))
  })
}

/** What must be as it was for a change to be ours to make: to delete an object is to say that it was not made later. */
const registersOf = (change: Change): ReadonlyArray<string> => {
  switch (change.operationType) {
    case "create":
      return []
    case "update":
      return [change.propertyPath]
    case "move":
      return [parentPath]
    case "delete":
      return [deletedPath, typePath]
    case "restore":
      return [deletedPath]
  }
}

/** The registers that still hold what a client wrote go back; objects that it made, and nobody has deleted, are deleted. */
const undoing = (now: Document.Document, then: Document.Document, clientId: string): ReadonlyArray<Change> => {
  const made = new Set<string>()
  const paths = new Map<string, ReadonlySet<string>>()
  for (const object of now.all()) {
    const isOurs = (path: string): boolean => object.stampOf(path)?.clientId === clientId
    if (isOurs(typePath)) {
      if (!object.deleted && (object.stampOf(deletedPath) === undefined || isOurs(deletedPath))) made.add(object.id)
      continue
    }
    const ours = object.paths.filter(isOurs)
    if (ours.length > 0) paths.set(object.id, new Set(ours))
  }
  const deletions = [...made].filter((id) => !made.has(parentIdOf(now.get(id)) ?? "")).map((objectId): Change => ({ operationType: "delete", objectId }))
  const scope: Scope = { _tag: "Registers", paths }
  return [...deletions, ...difference(now, then, scope)]
}

const parentIdOf = (object: DesignObject | undefined): string | null => object?.parent?.parentId ?? null

/** The latest timestamp of all registers: what is written with a later one wins over everything. */
export const latestTimestampIn = (document: Document.Document): number => {
  let latest = 0
  for (const object of document.held()) {
    for (let index = 0; index < object.paths.length; index++) latest = Math.max(latest, object.stampAt(index).timestamp)
  }
  return latest
}
