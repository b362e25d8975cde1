/**
 * The number grammar of SVG attributes, shared by lengths, lists, transforms and path data.
 *
 * A number too large for a double is no number. Separators are white space and at most one comma; they may be absent
 * where the next number starts with a sign or a point.
 */

const number = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y
const separator = /[ \t\n\f\r]*,?[ \t\n\f\r]*/y

/** Where the number that starts at `at` ends, or `undefined` if none starts there. */
export const numberEnd = (text: string, at: number): number | undefined => {
  number.lastIndex = at
  return number.test(text) && Number.isFinite(Number(text.slice(at, number.lastIndex))) ? number.lastIndex : undefined
}

/** Where the separator that starts at `at` ends, which may be at once. */
export const separatorEnd = (text: string, at: number): number => {
  separator.lastIndex = at
  separator.test(text)
  return separator.lastIndex
}

/** A text that is one number and nothing else. */
export const parseNumber = (text: string): number | undefined => {
  const trimmed = text.trim()
  return numberEnd(trimmed, 0) === trimmed.length ? positiveZero(Number(trimmed)) : undefined
}

/** The numbers at the start of a list, and whether they are the whole list. */
export const parseNumbers = (text: string): { readonly numbers: ReadonlyArray<number>; readonly complete: boolean } => {
  const list = text.trim()
  const numbers: Array<number> = []
  let at = 0
  while (at < list.length) {
    const start = numbers.length === 0 ? at : separatorEnd(list, at)
    const end = numberEnd(list, start)
    if (end === undefined) return { numbers, complete: false }
    numbers.push(positiveZero(Number(list.slice(start, end))))
    at = end
  }
  return { numbers, complete: true }
}

/** JSON has no negative zero: what memory holds must be what the database returns. */
export const positiveZero = (value: number): number => value + 0
