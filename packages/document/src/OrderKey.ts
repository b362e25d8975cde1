/**
 * Fractional order keys: the position of an object among its siblings is a text that sorts between its neighbours'.
 *
 * Keys come from `fractional-indexing` (base 62). Any scheme needs a bit per adversarial insert at one spot, so keys
 * are bounded by re-spacing: when a key would grow past the limit, the run of long keys around the spot gets fresh
 * short ones. Siblings with equal keys are ordered by id.
 */
import { generateKeyBetween, generateNKeysBetween } from "fractional-indexing"

/** Longest accepted key in characters. Reached after about 700 inserts that always halve the same gap. */
export const orderKeyCharsMax = 128

/** Keys up to this length are left alone by a re-spacing, in characters. */
const respaceCharsMin = 16

const grammar = /^[A-Za-z][0-9A-Za-z]*$/

/** Whether `key` is an order key: right grammar, right integer part, no trailing zero, within the bound. */
export const isOrderKey = (key: string): boolean => {
  if (key.length > orderKeyCharsMax || !grammar.test(key)) return false
  try {
    generateKeyBetween(key, null)
    return true
  } catch {
    return false
  }
}

/** A key between two neighbours (`null`: the end), or `undefined` when none within the bound exists. */
export const between = (before: string | null, after: string | null): string | undefined => {
  if (before !== null && after !== null && before >= after) return undefined
  try {
    const key = generateKeyBetween(before, after)
    // The library also gives keys that are too long, and one below the smallest that it accepts.
    return isOrderKey(key) ? key : undefined
  } catch {
    return undefined
  }
}

export interface Placement {
  /** The key for the newcomer. */
  readonly key: string
  /** New keys of siblings that had to make room: index in `siblings`, new key. Mostly empty. */
  readonly respaced: ReadonlyArray<{ readonly index: number; readonly key: string }>
}

/** A key for an insert before `siblings[index]`, re-spacing neighbours when the gap is exhausted. */
export const place = (siblings: ReadonlyArray<string>, index: number): Placement => {
  const key = between(siblings[index - 1] ?? null, siblings[index] ?? null)
  if (key !== undefined) return { key, respaced: [] }
  const crowded = (at: number) => {
    const sibling = siblings[at]
    return sibling !== undefined && (sibling.length > respaceCharsMin || sibling === siblings[at - 1] || sibling === siblings[at + 1])
  }
  let first = index
  let end = index
  let fresh: ReadonlyArray<string> = []
  // Fresh keys are as short as the ends of the run allow: it is widened until they are short enough to be left alone.
  for (let isShort = false, width = 0; !isShort; width = end - first + 1) {
    first = Math.max(0, first - width)
    while (crowded(first - 1)) first--
    end = Math.min(siblings.length, end + width)
    while (crowded(end)) end++
    fresh = freshKeys(siblings, first, end)
    isShort = (first === 0 && end === siblings.length) || fresh.every((key) => key.length <= respaceCharsMin)
  }
  const newcomer = fresh[index - first]
  if (newcomer === undefined) throw new Error("OrderKey.place: index outside the siblings")
  const respaced = fresh.flatMap((freshKey, offset) => {
    if (offset === index - first) return []
    return [{ index: first + (offset < index - first ? offset : offset - 1), key: freshKey }]
  })
  return { key: newcomer, respaced }
}

/** Keys for `siblings[first]` to `siblings[end - 1]` and one more; none that one of them has now, so that they can be moved one by one. */
const freshKeys = (siblings: ReadonlyArray<string>, first: number, end: number): ReadonlyArray<string> => {
  const taken = new Set(siblings.slice(first, end))
  const count = end - first + 1
  return generateNKeysBetween(siblings[first - 1] ?? null, siblings[end] ?? null, count + taken.size)
    .filter((key) => !taken.has(key))
    .slice(0, count)
}
