/**
 * What a restore still has to do: the changes that bring a state of the file back, as far as nobody has written there
 * since the restore was asked for. It is a function of the file as it is, so it may be asked again at any time: what
 * has been done is not done twice, and what was left undone is done.
 *
 * Its own writes are known by their client id, which is the restore's; what came after it, by its seq.
 */
import { type Change, deletedPath, type DesignObject, differenceSteps, type Document, eachInSteps, finish, parentPath, type Scope, type Stamp, type Steps, typePath } from "@easel/document"
import type { Restore } from "@easel/store"

export type Restoration = Pick<Restore, "id" | "fromSeq" | "scope">

const perStep = 500

/** The client in whose name a restore writes. */
export const clientIdOf = (restoreId: string): string => `restore:${restoreId}`

export const restoration = (now: Document.Document, then: Document.Document, restore: Restoration): ReadonlyArray<Change> =>
  finish(restorationSteps(now, then, restore))

export function* restorationSteps(now: Document.Document, then: Document.Document, { fromSeq, id, scope }: Restoration): Steps<ReadonlyArray<Change>> {
  const clientId = clientIdOf(id)
  const isFree = (stamp: Stamp.Stamp | undefined): boolean => stamp === undefined || stamp.counter <= fromSeq || stamp.clientId === clientId
  const changes = yield* scope?._tag === "Undo" ? undoing(now, then, clientIdOf(scope.restoreId)) : differenceSteps(now, then, scope ?? undefined)
  const free: Array<Change> = []
  yield* eachInSteps(changes, perStep, (change) => {
    const object = now.get(change.objectId)
    if (object === undefined || registersOf(change).every((path) => isFree(object.stampOf(path)))) free.push(change)
  })
  return free
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
function* undoing(now: Document.Document, then: Document.Document, clientId: string): Steps<ReadonlyArray<Change>> {
  const made = new Set<string>()
  const paths = new Map<string, ReadonlySet<string>>()
  yield* eachInSteps(now.all(), perStep, (object) => {
    const isOurs = (path: string): boolean => object.stampOf(path)?.clientId === clientId
    if (isOurs(typePath)) {
      if (!object.deleted && (object.stampOf(deletedPath) === undefined || isOurs(deletedPath))) made.add(object.id)
      return
    }
    const ours = object.paths.filter(isOurs)
    if (ours.length > 0) paths.set(object.id, new Set(ours))
  })
  const deletions = [...made].filter((id) => !made.has(parentIdOf(now.get(id)) ?? "")).map((objectId): Change => ({ operationType: "delete", objectId }))
  const scope: Scope = { _tag: "Registers", paths }
  return [...deletions, ...yield* differenceSteps(now, then, scope)]
}

const parentIdOf = (object: DesignObject | undefined): string | null => object?.parent?.parentId ?? null

/** The latest timestamp of all registers: what is written with a later one wins over everything. */
export function* latestTimestampIn(document: Document.Document): Steps<number> {
  let latest = 0
  yield* eachInSteps(document.held(), perStep, (object) => {
    for (let index = 0; index < object.paths.length; index++) latest = Math.max(latest, object.stampAt(index).timestamp)
  })
  return latest
}
