/**
 * Light or dark: as the system says, unless the person chose. The choice is kept in this browser and stands as
 * `data-theme` on the root element, which the style sheet reads.
 */
export type Theme = "system" | "light" | "dark"

const storageKey = "easel.theme"

export const storedTheme = (): Theme => {
  try {
    const theme = localStorage.getItem(storageKey)
    return theme === "light" || theme === "dark" ? theme : "system"
  } catch {
    // A browser that forbids storage has the system's theme.
    return "system"
  }
}

export const showTheme = (theme: Theme): void => {
  if (theme === "system") delete document.documentElement.dataset["theme"]
  else document.documentElement.dataset["theme"] = theme
}

export const chooseTheme = (theme: Theme): void => {
  showTheme(theme)
  try {
    if (theme === "system") localStorage.removeItem(storageKey)
    else localStorage.setItem(storageKey, theme)
  } catch {
    // It holds for this page, then.
  }
}
