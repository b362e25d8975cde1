/** Where a difference puts objects: under which parents, and in which order they can be hung there one by one. */
import { deletedPath, type DesignObject, type Parent, parentPath } from "./DesignObject.ts"
import { type Document, effectiveParentId, isVisible } from "./Document.ts"
import type { Extent } from "./Scope.ts"
import { eachInSteps, type Steps } from "./Steps.ts"

type Places = Map<string, Parent>

/** A millisecond's work or so. */
export const objectsPerStep = 200

export const placeOf = (object: DesignObject): Parent => object.parent ?? { parentId: null, orderKey: "a0" }

export const isSamePlace = (a: Parent, b: Parent): boolean => a === b || (a.parentId === b.parentId && a.orderKey === b.orderKey)

/** The places of all objects that are created or moved, each after whatever is above it in the tree as it will be. */
export function* placesFromTheTop(from: Document, to: Document, extent: Extent): Steps<Places> {
  const places = yield* placesWanted(from, to, extent)
  const ordered: Places = new Map()
  const settled = new Set<string>()
  yield* eachInSteps(places.keys(), objectsPerStep, (id) => {
    for (const at of wayUp(id, from, places, settled).reverse()) {
      settled.add(at)
      const place = places.get(at)
      const now = from.get(at)
      if (place !== undefined && (now === undefined || !isSamePlace(placeOf(now), place))) ordered.set(at, place)
    }
  })
  return ordered
}

function* placesWanted(from: Document, to: Document, extent: Extent): Steps<Places> {
  const isThere = remembering((id) => {
    const then = to.get(id)
    if (extent.hasObject(id)) return then !== undefined
    return from.get(id) !== undefined && (isShownAfterwards(id, from, to, extent) || (then !== undefined && !isVisible(to, then)))
  })
  const places: Places = new Map()
  yield* eachInSteps(extent.ids, objectsPerStep, (id) => {
    const now = from.get(id)
    const then = to.get(id)
    if (then === undefined || !(now === undefined ? extent.hasObject(id) : extent.hasRegister(id, parentPath))) return
    let { orderKey, parentId } = placeOf(then)
    while (parentId !== null && !isThere(parentId)) parentId = parentIdIn(to, parentId)
    const place = { parentId, orderKey }
    if (now === undefined || !isSamePlace(placeOf(now), place)) places.set(id, place)
  })
  return places
}

/** Whether an object outside of the extent will be shown: it is below what may come and go, and its place may change. */
const isShownAfterwards = (id: string, from: Document, to: Document, extent: Extent): boolean => {
  const seen = new Set<string>()
  for (let at: string | null = id; at !== null && !seen.has(at);) {
    seen.add(at)
    const now = from.get(at)
    const then = to.get(at)
    if (extent.hasObject(at)) return then !== undefined && isVisible(to, then)
    if ((extent.hasRegister(at, deletedPath) ? then : now)?.deleted === true) return false
    at = parentIdIn(then !== undefined && extent.hasRegister(at, parentPath) ? to : from, at)
  }
  return true
}

const parentIdIn = (document: Document, id: string): string | null => {
  const object = document.get(id)
  return object === undefined ? null : effectiveParentId(document, object)
}

/** The object and what is above it, up to the root or to what is settled. Hangs a member of a cycle at the root. */
const wayUp = (id: string, from: Document, places: Places, settled: ReadonlySet<string>): Array<string> => {
  const way = new Set<string>()
  for (let at: string | null = id; at !== null && !settled.has(at); at = parentIdToBe(at, from, places)) {
    if (way.has(at)) {
      if (breakCycle(at, from, places)) return wayUp(id, from, places, settled)
      break
    }
    way.add(at)
  }
  return [...way]
}

/** Whether there was a member whose place is up to us. */
const breakCycle = (member: string, from: Document, places: Places): boolean => {
  let id = member
  do {
    const place = places.get(id)
    if (place !== undefined) {
      places.set(id, { ...place, parentId: null })
      return true
    }
    id = parentIdToBe(id, from, places) ?? member
  } while (id !== member)
  return false
}

const parentIdToBe = (id: string, from: Document, places: Places): string | null =>
  (places.get(id) ?? from.get(id)?.parent)?.parentId ?? null

/** Siblings ask about the same parent. */
const remembering = (ask: (id: string) => boolean): (id: string) => boolean => {
  const answers = new Map<string, boolean>()
  return (id) => {
    const answer = answers.get(id) ?? ask(id)
    answers.set(id, answer)
    return answer
  }
}
