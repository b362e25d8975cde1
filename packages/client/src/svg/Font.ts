/**
 * Font properties: the `font` shorthand, sizes and weights by name or relative to the parent's.
 */
import { keywordCharsMax } from "./limits.ts"
import { parseNumber } from "./numbers.ts"
import { type LengthContext, parseLength } from "./Units.ts"

/** The longhands of a `font` shorthand, or `undefined` for text that is none. */
export const expandFont = (text: string): ReadonlyArray<readonly [string, string]> | undefined => {
  if (text.length > keywordCharsMax) return undefined
  const words = text.trim().split(/\s+/)
  const sizeAt = words.findIndex((word) => isSize(word) && !isWeight(word))
  const [size = ""] = (words[sizeAt] ?? "").split("/")
  const family = words.slice(sizeAt + 1).join(" ")
  if (sizeAt < 0 || family === "") return undefined
  const before = words.slice(0, sizeAt)
  return [
    ["font-style", before.find((word) => word === "italic" || word === "oblique") ?? "normal"],
    ["font-weight", before.find(isWeight) ?? "normal"],
    ["font-size", size],
    ["font-family", family]
  ]
}

const isSize = (word: string): boolean => /^(?:[\d.]|(?:xx?-)?(?:small|large)(?!-caps)|medium|smaller|larger)/.test(word)

const isWeight = (word: string): boolean => /^(?:[1-9]00|bold|bolder|lighter)$/.test(word)

const namedSizes: ReadonlyMap<string, number> = new Map([
  ["xx-small", 9],
  ["x-small", 10],
  ["small", 13],
  ["medium", 16],
  ["large", 18],
  ["x-large", 24],
  ["xx-large", 32]
])

/** In pixels. `parent.fontSize` is what `em`, per cent and `larger` are relative to. */
export const parseFontSize = (text: string, parent: LengthContext): number | undefined => {
  const word = text.trim().toLowerCase()
  if (word === "larger") return parent.fontSize * 1.2
  if (word === "smaller") return parent.fontSize / 1.2
  const share = word.endsWith("%") ? parseNumber(word.slice(0, -1)) : undefined
  const named = namedSizes.get(word) ?? parseLength(word, "y", parent)
  const size = share === undefined ? named : (parent.fontSize * share) / 100
  return size === undefined || size < 0 || !Number.isFinite(size) ? undefined : size
}

export const parseFontWeight = (text: string, parentWeight: number): number | undefined => {
  switch (text.trim().toLowerCase()) {
    case "normal":
      return 400
    case "bold":
      return 700
    case "bolder":
      return parentWeight < 350 ? 400 : parentWeight < 550 ? 700 : 900
    case "lighter":
      return parentWeight < 550 ? 100 : parentWeight < 750 ? 400 : 700
  }
  const weight = parseNumber(text)
  return weight !== undefined && weight >= 1 && weight <= 1000 ? weight : undefined
}
