/** A seed is a run: otherwise a failure could not be looked at again. */
import { expect, test } from "vitest"
import { simulate } from "./simulate.ts"

test("simulation: a seed gives the same history each time, and another seed another one", { timeout: 60_000 }, async () => {
  const seeds = [3, 4, 5]
  const hashes = async (): Promise<ReadonlyArray<string>> => {
    const all: Array<string> = []
    for (const seed of seeds) all.push((await simulate(seed)).hash)
    return all
  }
  const first = await hashes()
  expect(await hashes()).toEqual(first)
  expect(new Set(first).size).toBe(seeds.length)
})
