/** When a file is hot. */
import type { ShardGroup } from "@easel/protocol"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import * as Heat from "../../../cluster/file/Heat.ts"

const limits: Heat.HeatLimits = { editorsMin: 10, operationsPerSecondMin: 100, warmMillis: 5_000, coolMillis: 60_000 }

/** What is wanted after each second of so many editors and operations. */
const run = (group: ShardGroup, seconds: ReadonlyArray<{ readonly editors: number; readonly operations: number }>) => {
  let sample: Heat.Sample = { nowMillis: 1_000, editors: 0, seq: 0 }
  let heat = Heat.initial(sample)
  return seconds.map(({ editors, operations }) => {
    sample = { nowMillis: sample.nowMillis + 1_000, editors, seq: sample.seq + operations }
    heat = Heat.step(heat, sample, group, limits)
    return Heat.wanted(heat, group, limits)
  })
}

const times = <A>(count: number, item: A): ReadonlyArray<A> => Array.from({ length: count }, () => item)
const idle = { editors: 0, operations: 0 }

test("K8: many editors or many operations make a file hot when they last, and a burst does not", () => {
  expect(run("default", times(6, { editors: 10, operations: 0 })).lastIndexOf(undefined)).toBe(3)
  expect(run("default", times(6, { editors: 0, operations: 100 })).at(-1)).toBe("hot")
  expect(run("default", times(60, { editors: 9, operations: 99 })).every((group) => group === undefined)).toBe(true)
  const bursts = [...times(4, { editors: 50, operations: 5_000 }), idle]
  expect(run("default", [...bursts, ...bursts, ...bursts]).every((group) => group === undefined)).toBe(true)
})

test("K8: a hot file cools down below half of both limits, and for long enough", () => {
  expect(run("hot", times(59, idle)).every((group) => group === undefined)).toBe(true)
  expect(run("hot", times(60, idle)).at(-1)).toBe("default")
  expect(run("hot", times(200, { editors: 5, operations: 0 })).every((group) => group === undefined)).toBe(true)
  expect(run("hot", times(200, { editors: 0, operations: 50 })).every((group) => group === undefined)).toBe(true)
  expect(run("hot", [...times(59, idle), { editors: 20, operations: 0 }, ...times(59, idle)]).every((group) => group === undefined)).toBe(true)
})

test("K8: what made a file move never asks to move it back at once", () => {
  const load = fc.record({ editors: fc.nat(30), operations: fc.nat(300) })
  fc.assert(fc.property(load, (each) => {
    const there = run("default", times(70, each)).at(-1) === "hot"
    const back = run("hot", times(70, each)).at(-1) === "default"
    expect(there && back).toBe(false)
  }))
})

test("K8: a clock that stands still or runs backwards changes nothing", () => {
  const heat = Heat.initial({ nowMillis: 5_000, editors: 1, seq: 1 })
  expect(Heat.step(heat, { nowMillis: 5_000, editors: 99, seq: 9_999 }, "default", limits)).toBe(heat)
  expect(Heat.step(heat, { nowMillis: 4_000, editors: 99, seq: 9_999 }, "default", limits)).toBe(heat)
})
