/**
 * Runs of many seeds, judged together. `EASEL_SEEDS` says how many there are in all, 40 without it; `EASEL_SEED` runs
 * that one alone, and tells what befell it. Of a seed that fails the history is kept, and its path is printed.
 */
import { writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "vitest"
import { measure } from "../faults/report/record.ts"
import { faultNames } from "./Faults.ts"
import { type Outcome, simulate } from "./simulate.ts"

const replayed = process.env["EASEL_SEED"]
const seedsCount = Number(process.env["EASEL_SEEDS"] ?? 40)

/** After so many failures the rest is not run. */
const failuresMax = 3

/** One part of them. */
export const runSeeds = async (part: number, parts: number): Promise<void> => {
  const all = replayed === undefined ? Array.from({ length: seedsCount }, (_, index) => index) : [Number(replayed)]
  const seeds = all.filter((_, index) => index % parts === part)
  const total = { acked: 0, duplicates: 0, fenced: 0, moves: 0, indeterminate: 0, reads: 0 }
  const faults = new Set<string>()
  const failed: Array<number> = []
  const startedMillis = performance.now()
  let run = 0
  for (const seed of seeds) {
    const outcome = await simulate(seed)
    run++
    for (const name of keysOf(total)) total[name] += outcome.counts[name]
    for (const name of outcome.faults) faults.add(name)
    if (outcome.violations.length > 0) failed.push(seed)
    if (outcome.violations.length > 0 || replayed !== undefined) show(seed, outcome)
    if (failed.length === failuresMax) break
    // Whoever else waits for this thread has a turn.
    await new Promise((resume) => setImmediate(resume))
  }
  const perSecond = run / (performance.now() - startedMillis) * 1_000
  console.log(`${run} seeds, ${perSecond.toFixed(1)} a second:`, total)
  if (replayed === undefined) {
    measure(`simulated clusters, part ${part + 1} of ${parts}: seeds with a violation`, "0", `${failed.length} of ${run} seeds, ${total.fenced} writes fenced`, failed.length === 0)
  }
  expect(failed, "EASEL_SEED=… npx vitest run test/simulation/seedsA.test.ts replays one").toEqual([])
  if (replayed !== undefined) return
  // A run in which nothing went wrong has shown nothing (C7 of the checkers).
  for (const name of keysOf(total)) expect(total[name], name).toBeGreaterThan(0)
  expect(faults).toEqual(faultNames)
}

const keysOf = <Key extends string>(record: Readonly<Record<Key, number>>): ReadonlyArray<Key> =>
  // SAFETY: made here, with these keys and no others.
  Object.keys(record) as Array<Key>

const show = (seed: number, { counts, hash, history, story, violations }: Outcome): void => {
  const path = join(tmpdir(), `easel-simulation-${seed}.jsonl`)
  writeFileSync(path, history.map((event) => `${JSON.stringify(event)}\n`).join(""))
  console.log(`seed ${seed}, ${hash.slice(0, 16)}, history in ${path}:`, counts, [...story, ...violations])
}
