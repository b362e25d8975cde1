/** Steps through the themes: system, light, dark. */
import { useState } from "preact/hooks"
import { Icon } from "../parts/Icon.tsx"
import type { IconName } from "../parts/iconPaths.ts"
import { chooseTheme, storedTheme, type Theme } from "./theme.ts"

const next: Readonly<Record<Theme, Theme>> = { system: "light", light: "dark", dark: "system" }
const icons: Readonly<Record<Theme, IconName>> = { system: "system", light: "sun", dark: "moon" }
const labels: Readonly<Record<Theme, string>> = { system: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" }

export const ThemeButton = () => {
  const [theme, setTheme] = useState(storedTheme)
  const step = () => {
    chooseTheme(next[theme])
    setTheme(next[theme])
  }
  return (
    <button type="button" class="icon-button" aria-label={labels[theme]} data-tip={labels[theme]} onClick={step}>
      <Icon name={icons[theme]} />
    </button>
  )
}
