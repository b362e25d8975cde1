/** Seeds that found something, by what it was: in Easel, or in the simulation itself. */
import { expect, it } from "vitest"
import { simulate } from "./simulate.ts"

it.each([
  [438, "K7: a circuit that was still open made a former owner read its memory when the database could have been asked"],
  [57, "A8: what a partition had held overtook what a frozen node had not read, when both ended in the same instant; TCP does not"],
  [192, "K7: who asked for a file while its actor was frozen in the middle of loading it was answered from a grant of before the call"]
])("seed %i: %s", async (seed) => {
  expect((await simulate(seed)).violations).toEqual([])
})
