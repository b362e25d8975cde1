/**
 * JSON values as the document stores them, and the checks that keep memory and PostgreSQL in agreement.
 *
 * A value that `jsonb` would refuse or change (NUL, lone surrogates, `1e400`, very deep nesting) must never reach the
 * document: what memory holds and what the database holds would differ. Values are immutable once accepted.
 */

export type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }

/** Deepest nesting of arrays and objects in one value. */
export const valueDepthMax = 32

/** Longest JSON text of one value, in UTF-8 bytes. Holds a 6,000-point path several times over. */
export const valueBytesMax = 256 * 1024

export type JsonFault =
  | "not_json"
  | "not_finite"
  | "nul_character"
  | "lone_surrogate"
  | "too_deep"
  | "too_large"
  | "reserved_name"

const reservedNames = new Set(["__proto__", "constructor", "prototype"])

/** Why a string cannot be stored, or `undefined`. */
const stringFault = (text: string): JsonFault | undefined => {
  if (text.length > valueBytesMax) return "too_large"
  if (text.includes("\u0000")) return "nul_character"
  return text.isWellFormed() ? undefined : "lone_surrogate"
}

/** Why a value cannot be stored, or `undefined`. Costs one walk over the value. */
export const jsonFault = (value: unknown): JsonFault | undefined => {
  if (typeof value === "number") return Number.isFinite(value) ? undefined : "not_finite"
  if (typeof value === "boolean" || value === null) return undefined
  if (typeof value === "string") return stringFault(value) ?? (utf8BytesAtMost(value, valueBytesMax) ? undefined : "too_large")
  const budget = { bytes: valueBytesMax }
  return structureFault(value, 1, budget)
}

export const isJson = (value: unknown): value is Json => jsonFault(value) === undefined

/** JSON text with sorted keys, so that equal values have equal text (RFC 8785 for the values we accept). */
export const canonicalText = (value: Json): string => {
  // -0 is 0 in JSON; every other finite number has the same text in JSON and in JavaScript.
  if (typeof value === "number" && value !== 0) return String(value)
  if (value === null || typeof value !== "object") return JSON.stringify(value)
  if (isArray(value)) return `[${value.map(canonicalText).join(",")}]`
  const members = Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonicalText(value[key] ?? null)}`)
  return `{${members.join(",")}}`
}

/** `Array.isArray` that also narrows read-only arrays. */
const isArray = (value: Json): value is ReadonlyArray<Json> => Array.isArray(value)

const structureFault = (value: unknown, depth: number, budget: { bytes: number }): JsonFault | undefined => {
  switch (typeof value) {
    case "number":
      budget.bytes -= 8
      if (!Number.isFinite(value)) return "not_finite"
      break
    case "boolean":
      budget.bytes -= 5
      break
    case "string": {
      const fault = stringFault(value)
      if (fault !== undefined) return fault
      budget.bytes -= utf8Bytes(value) + 3
      break
    }
    case "object": {
      budget.bytes -= 2
      if (value === null) break
      if (depth > valueDepthMax) return "too_deep"
      if (Array.isArray(value)) {
        for (const item of value) {
          const fault = structureFault(item, depth + 1, budget)
          if (fault !== undefined) return fault
          if (budget.bytes < 0) return "too_large"
        }
        break
      }
      const prototype: unknown = Object.getPrototypeOf(value)
      if (prototype !== Object.prototype && prototype !== null) return "not_json"
      for (const [key, item] of Object.entries(value)) {
        if (reservedNames.has(key)) return "reserved_name"
        const fault = stringFault(key) ?? structureFault(item, depth + 1, budget)
        if (fault !== undefined) return fault
        budget.bytes -= utf8Bytes(key) + 4
        if (budget.bytes < 0) return "too_large"
      }
      break
    }
    default:
      return "not_json"
  }
  return budget.bytes < 0 ? "too_large" : undefined
}

const utf8BytesAtMost = (text: string, bytesMax: number): boolean =>
  text.length * 3 <= bytesMax || utf8Bytes(text) <= bytesMax

/** Exact for well-formed text: one unit below U+0080, two below U+0800, three else, and a surrogate pair is four. */
const utf8Bytes = (text: string): number => {
  let bytes = text.length
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit >= 0x800) bytes += unit >= 0xd800 && unit <= 0xdfff ? 1 : 2
    else if (unit >= 0x80) bytes += 1
  }
  return bytes
}
