/** Runs before anything is painted, as a script of its own, so that a chosen theme never flashes in the other one. */
import { showTheme, storedTheme } from "./theme.ts"

showTheme(storedTheme())
