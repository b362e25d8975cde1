/** Seeds that found something, by what it was. */
import { expect, it } from "vitest"
import { simulate } from "./simulate.ts"

it.each([
  [438, "K7: a circuit that was still open made a former owner read its memory when the database could have been asked"]
])("seed %i: %s", async (seed) => {
  expect((await simulate(seed)).violations).toEqual([])
})
