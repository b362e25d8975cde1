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
    return key.length <= orderKeyCharsMax ? key : undefined
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
  while (crowded(first - 1)) first--
  let end = index
  while (crowded(end)) end++
  const fresh = generateNKeysBetween(siblings[first - 1] ?? null, siblings[end] ?? null, end - first + 1)
  const newcomer = fresh[index - first]
  if (newcomer === undefined) throw new Error("OrderKey.place: index outside the siblings")
  const respaced = fresh.flatMap((freshKey, offset) => {
    if (offset === index - first) return []
    return [{ index: first + (offset < index - first ? offset : offset - 1), key: freshKey }]
  })
  return { key: newcomer, respaced }
}
