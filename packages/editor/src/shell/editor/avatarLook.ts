/** How a person's name and colour become an avatar. */

export const initialsOf = (name: string): string => {
  const words = name.trim().split(/\s+/)
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]]
  return letters.map((word) => [...(word ?? "")][0] ?? "").join("").toUpperCase() || "?"
}

/** Black or white, whichever reads better on a colour such as `#ff8800` (WCAG's relative luminance). */
export const inkOn = (color: string): string => {
  const digits = /^#([0-9a-f]{6})/i.exec(color)?.[1]
  if (digits === undefined) return "#fff"
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => (Number.parseInt(digits.slice(at, at + 2), 16) / 255) ** 2.2)
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.36 ? "#14141a" : "#fff"
}
