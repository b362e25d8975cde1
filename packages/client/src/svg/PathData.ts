/**
 * The syntax check of path data. Nothing is rewritten: as SVG prescribes, a path with a mistake is drawn up to the
 * last segment before it, so the check answers with that much of the text, verbatim.
 */
import { numberEnd, separatorEnd } from "./numbers.ts"

/** Numbers per segment. In an arc, the fourth and fifth are flags. */
const argumentCounts: ReadonlyMap<string, number> = new Map([
  ["m", 2],
  ["l", 2],
  ["h", 1],
  ["v", 1],
  ["c", 6],
  ["s", 4],
  ["q", 4],
  ["t", 2],
  ["a", 7],
  ["z", 0]
])

/** The longest valid start of `d` that ends with a whole segment; `d` itself if it has no mistake. */
export const validPath = (d: string): string => {
  let valid = 0
  let at = blankEnd(d, 0)
  if (d[at] !== "m" && d[at] !== "M") return ""
  while (at < d.length) {
    const command = d.charAt(at).toLowerCase()
    const count = argumentCounts.get(command)
    if (count === undefined) break
    at = blankEnd(d, at + 1)
    if (count === 0) valid = at
    else {
      let end = segmentEnd(d, at, count, command)
      if (end === undefined) break
      while (end !== undefined) {
        at = valid = end
        end = segmentEnd(d, separatorEnd(d, at), count, command)
      }
    }
    at = blankEnd(d, at)
  }
  return at < d.length ? d.slice(0, valid) : d
}

/** Where the `count` arguments that start at `at` end, or `undefined` if they are not there. */
const segmentEnd = (d: string, at: number, count: number, command: string): number | undefined => {
  let end = at
  for (let index = 0; index < count; index++) {
    const start = index === 0 ? end : separatorEnd(d, end)
    const isFlag = command === "a" && (index === 3 || index === 4)
    const next = isFlag ? flagEnd(d, start) : numberEnd(d, start)
    if (next === undefined) return undefined
    end = next
  }
  return end
}

const flagEnd = (d: string, at: number): number | undefined => (d[at] === "0" || d[at] === "1" ? at + 1 : undefined)

const blank = /[ \t\n\f\r]*/y

const blankEnd = (d: string, at: number): number => {
  blank.lastIndex = at
  blank.test(d)
  return blank.lastIndex
}
