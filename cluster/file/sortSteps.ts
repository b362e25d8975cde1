/** A stable sort in steps: of many thousands at once the thread would be held up for tens of milliseconds. */
import type { Steps } from "@easel/document"

/** Sorted in one step. So is what was sorted merged, which takes a fraction of it. */
const itemsPerStep = 1_000

export function* sortSteps<A>(items: ReadonlyArray<A>, compare: (a: A, b: A) => number): Steps<ReadonlyArray<A>> {
  if (items.length <= itemsPerStep) return items.toSorted(compare)
  const middle = items.length >> 1
  const left = yield* sortSteps(items.slice(0, middle), compare)
  const right = yield* sortSteps(items.slice(middle), compare)
  yield
  const merged: Array<A> = []
  let taken = 0
  for (const item of left) {
    for (let other = right[taken]; other !== undefined && compare(other, item) < 0; other = right[++taken]) merged.push(other)
    merged.push(item)
  }
  return merged.concat(right.slice(taken))
}
