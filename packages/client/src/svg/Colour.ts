/**
 * Colours in every CSS notation of SVG: names, `#rgb[a]`, `#rrggbb[aa]`, `rgb[a]()`, `hsl[a]()`, `transparent`.
 *
 * A colour is always stored as `#rrggbb`; its alpha goes into the opacity of the paint, so that a reader of the
 * document needs to know one notation only.
 */
import { keywordCharsMax } from "./limits.ts"
import { namedColours } from "./namedColours.ts"
import { parseNumber } from "./numbers.ts"

export interface Colour {
  /** `#rrggbb`, lower case. */
  readonly hex: string
  /** 0 to 1. */
  readonly alpha: number
}

export const black: Colour = { hex: "#000000", alpha: 1 }

/** `undefined` for text that is no colour. */
export const parseColour = (text: string): Colour | undefined => {
  if (text.length > keywordCharsMax) return undefined
  const word = text.trim().toLowerCase()
  if (word === "transparent") return { hex: "#000000", alpha: 0 }
  if (word.startsWith("#")) return parseHex(word.slice(1))
  const [, notation, list] = /^(rgb|hsl)a?\(([^()]*)\)$/.exec(word) ?? []
  if (list !== undefined) return parseFunction(notation === "hsl" ? fromHsl : fromRgb, list)
  const hex = namedColours.get(word)
  return hex === undefined ? undefined : { hex, alpha: 1 }
}

/** A number from 0 to 1 or a percentage, clamped; `undefined` for other text. */
export const parseUnitInterval = (text: string): number | undefined => {
  const value = share(text.trim(), 1)
  return value === undefined ? undefined : clamp(value, 1)
}

const parseHex = (digits: string): Colour | undefined => {
  if (!/^(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/.test(digits)) return undefined
  const long = digits.length < 6 ? digits.replace(/./g, "$&$&") : digits
  const alpha = long.length === 8 ? Number.parseInt(long.slice(6), 16) / 255 : 1
  return { hex: `#${long.slice(0, 6)}`, alpha }
}

type Channels = readonly [number, number, number]

const parseFunction = (
  convert: (first: string, second: string, third: string) => Channels | undefined,
  list: string
): Colour | undefined => {
  const [first, second, third, alphaText = "1", ...rest] = list.split(/[\s,/]+/).filter((part) => part !== "")
  if (first === undefined || second === undefined || third === undefined || rest.length > 0) return undefined
  const channels = convert(first, second, third)
  const alpha = parseUnitInterval(alphaText)
  if (channels === undefined || alpha === undefined) return undefined
  const hex = channels.map((channel) => Math.round(clamp(channel, 255)).toString(16).padStart(2, "0")).join("")
  return { hex: `#${hex}`, alpha }
}

const fromRgb = (red: string, green: string, blue: string): Channels | undefined =>
  allChannels(share(red, 255), share(green, 255), share(blue, 255))

/** The conversion of CSS Color 4, section 7.1. */
const fromHsl = (hueText: string, saturationText: string, lightnessText: string): Channels | undefined => {
  const hue = degrees(hueText)
  const saturation = percent(saturationText)
  const lightness = percent(lightnessText)
  if (hue === undefined || saturation === undefined || lightness === undefined) return undefined
  const chroma = saturation * Math.min(lightness, 1 - lightness)
  const channel = (offset: number): number => {
    const turn = (offset + (((hue % 360) + 360) % 360) / 30) % 12
    return 255 * (lightness - chroma * Math.max(-1, Math.min(turn - 3, 9 - turn, 1)))
  }
  return [channel(0), channel(8), channel(4)]
}

const allChannels = (first?: number, second?: number, third?: number): Channels | undefined =>
  first === undefined || second === undefined || third === undefined ? undefined : [first, second, third]

/** A number, or a percentage of `whole`. */
const share = (text: string, whole: number): number | undefined => {
  if (!text.endsWith("%")) return parseNumber(text)
  const value = parseNumber(text.slice(0, -1))
  return value === undefined ? undefined : (value / 100) * whole
}

const percent = (text: string): number | undefined => {
  const value = text.endsWith("%") ? parseNumber(text.slice(0, -1)) : undefined
  return value === undefined ? undefined : clamp(value, 100) / 100
}

const degreesPer: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["deg", 1],
  ["grad", 0.9],
  ["rad", 180 / Math.PI],
  ["turn", 360]
])

const degrees = (text: string): number | undefined => {
  const unit = /[a-z]*$/.exec(text)?.[0] ?? ""
  const factor = degreesPer.get(unit)
  const value = parseNumber(text.slice(0, text.length - unit.length))
  return factor === undefined || value === undefined ? undefined : value * factor
}

const clamp = (value: number, max: number): number => Math.min(Math.max(value, 0), max)
