/**
 * What a drawing contains and an import could not represent, with counts, in order of first appearance.
 *
 * Names are of four kinds: a property (`filter`), an element (`<foreignObject>`), a paint (`linearGradient paint`), or
 * a plain phrase (`invalid stroke-width`). Their number and length are bounded, for they may come from the source.
 */
import { unsupportedNameCharsMax, unsupportedNamesMax } from "./limits.ts"

export class Unsupported {
  readonly #counts = new Map<string, number>()

  note(what: string): void {
    const name = withoutLoneSurrogates(what.slice(0, unsupportedNameCharsMax))
    const known = this.#counts.has(name) || this.#counts.size < unsupportedNamesMax
    const key = known ? name : "other"
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }

  list(): ReadonlyArray<{ readonly what: string; readonly count: number }> {
    return [...this.#counts].map(([what, count]) => ({ what, count }))
  }
}

/** A cut text may end in half a character. */
export const withoutLoneSurrogates = (text: string): string => text.replace(/\p{Surrogate}/gu, "")
