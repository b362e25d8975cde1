/** Colours of editors: far apart for neighbours in the list, readable on light and dark. */

/** The colour of a slot. Hues advance by the golden angle, so any first n of them are spread around the circle. */
export const colorOfSlot = (slot: number): string => {
  const hue = (slot * 137.508) % 360
  const lightness = 45 + (Math.floor(slot / 12) % 3) * 8
  return hex(hue, 0.7, lightness / 100)
}

const hex = (hue: number, saturation: number, lightness: number): string => {
  const chroma = saturation * Math.min(lightness, 1 - lightness)
  const channel = (offset: number) => {
    const k = (offset + hue / 30) % 12
    const value = lightness - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1))
    return Math.round(255 * value).toString(16).padStart(2, "0")
  }
  return `#${channel(0)}${channel(8)}${channel(4)}`
}
