/** Keys as the person's keyboard has them: `Mod+Shift+Z` is ⇧⌘Z on a Mac and Ctrl+Shift+Z elsewhere. */

const isMac = /Mac|iP(hone|ad|od)/.test(navigator.userAgent)

const macKeys: Readonly<Record<string, string>> = { Mod: "⌘", Shift: "⇧", Alt: "⌥", Ctrl: "⌃" }
const otherKeys: Readonly<Record<string, string>> = { Mod: "Ctrl" }
const names: Readonly<Record<string, string>> = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc" }

/** The keys one by one, for `<kbd>` each. */
export const keysOf = (keys: string): ReadonlyArray<string> =>
  // A plus sign as the last key is a key, not a separator.
  keys.replace(/\+\+$/, "+Plus").split("+").map((key) => (isMac ? macKeys : otherKeys)[key] ?? names[key] ?? (key === "Plus" ? "+" : key))

export const keysText = (keys: string): string => keysOf(keys).join(isMac ? "" : "+")
