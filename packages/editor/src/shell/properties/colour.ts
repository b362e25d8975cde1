/** Colours between what people type, what documents hold and what a colour input takes, which is `#rrggbb` alone. */

const probe = document.createElement("canvas").getContext("2d")

/** `#rrggbb` of any CSS colour, its transparency left out; `undefined` when it is none. */
export const hexOf = (colour: string): string | undefined => {
  if (probe === null || !CSS.supports("color", colour)) return undefined
  probe.fillStyle = colour
  const text = probe.fillStyle
  if (text.startsWith("#")) return text.slice(0, 7)
  const [red, green, blue] = text.match(/[\d.]+/g) ?? []
  if (red === undefined || green === undefined || blue === undefined) return undefined
  return `#${[red, green, blue].map((part) => Math.round(Number(part)).toString(16).padStart(2, "0")).join("")}`
}

/** What was typed, as a document holds it: with or without `#`, short or long, or a name. */
export const typedColour = (text: string): string | undefined => {
  const trimmed = text.trim()
  if (/^none$/i.test(trimmed)) return "none"
  if (/^[0-9a-f]{3}$|^[0-9a-f]{6}$|^[0-9a-f]{8}$/i.test(trimmed)) return hexOf(`#${trimmed}`)
  return trimmed === "" ? undefined : hexOf(trimmed)
}
