/** V18: which versions stay, and when they are made. */
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { AutoSaves } from "../../../cluster/file/versions/AutoSaves.ts"
import { type Aged, thinned } from "../../../cluster/file/versions/thinned.ts"

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const now = Date.UTC(2026, 10, 25, 12, 30)

const ages = fc.oneof(fc.nat(2 * hour), fc.nat(3 * day), fc.nat(60 * day))
const versions: fc.Arbitrary<ReadonlyArray<Aged>> = fc.array(ages, { maxLength: 200, size: "max" }).map((all) =>
  all.map((age, index) => ({ id: `v${index}`, createdAt: now - age })))

const keptOf = (all: ReadonlyArray<Aged>, nowMillis = now) => {
  const gone = new Set(thinned(all, nowMillis))
  return all.filter(({ id }) => !gone.has(id))
}

test("V18: the last hour stays whole, nothing older than a month does, and in between there is one an hour or a day", () => {
  fc.assert(fc.property(versions, (all) => {
    const kept = keptOf(all)
    const young = all.filter(({ createdAt }) => now - createdAt < hour)
    expect(kept.filter(({ createdAt }) => now - createdAt < hour)).toEqual(young)
    expect(kept.every(({ createdAt }) => now - createdAt < 30 * day)).toBe(true)
    const periods = kept.filter(({ createdAt }) => now - createdAt >= hour).map(({ createdAt }) =>
      now - createdAt < day ? `h${Math.floor(createdAt / hour)}` : `d${Math.floor(createdAt / day)}`)
    expect(new Set(periods).size).toBe(periods.length)
    expect(periods.length).toBeLessThanOrEqual(24 + 31)
  }))
})

test("V18: every hour of the last day and every day of the last month that had a version has its newest", () => {
  fc.assert(fc.property(versions, (all) => {
    const kept = new Set(keptOf(all).map(({ id }) => id))
    for (const { createdAt } of all) {
      const age = now - createdAt
      if (age < hour || age >= 30 * day) continue
      const period = age < day ? hour : day
      const sameAge = (other: Aged) => now - other.createdAt >= hour && (now - other.createdAt < day) === (age < day) && now - other.createdAt < 30 * day
      const together = all.filter((other) => sameAge(other) && Math.floor(other.createdAt / period) === Math.floor(createdAt / period))
      const newest = Math.max(...together.map((other) => other.createdAt))
      expect(together.some(({ createdAt: at, id }) => at === newest && kept.has(id))).toBe(true)
    }
  }))
})

test("V18: thinning what is left takes nothing more, and thinning often loses no day that thinning once would keep", () => {
  fc.assert(fc.property(versions, fc.array(fc.nat(20 * day), { maxLength: 5 }), (all, looks) => {
    expect(thinned(keptOf(all), now)).toEqual([])
    let often = all
    const times = [...looks.sort((a, b) => a - b), 20 * day]
    for (const later of times) often = keptOf(often, now + later)
    const days = (some: ReadonlyArray<Aged>) => new Set(some.map(({ createdAt }) => Math.floor(createdAt / day)))
    expect(days(often)).toEqual(days(keptOf(all, now + 20 * day)))
  }))
})

const look = (fileId: string, seq: number, versionSeq: number) => ({ fileId, seq, versionSeq })

test("V18: a file is due from one to one and a half intervals after the first change that is in no version", () => {
  const saves = new AutoSaves(30_000)
  expect(saves.due([look("a", 5, 5), look("b", 6, 5)], 0)).toEqual([])
  expect(saves.due([look("a", 5, 5), look("b", 9, 5)], 29_999)).toEqual([])
  expect(saves.due([look("a", 5, 5), look("b", 9, 5)], 45_000)).toEqual(["b"])
  saves.saved("b")
  expect(saves.due([look("a", 5, 5), look("b", 9, 9)], 50_000)).toEqual([])
  expect(saves.due([look("b", 10, 9)], 51_000)).toEqual([])
  expect(saves.due([look("b", 10, 9)], 80_000)).toEqual([])
  expect(saves.due([look("b", 10, 9)], 96_000)).toEqual(["b"])
})

test("V18: ten thousand files that were changed at once are not due at once", () => {
  const saves = new AutoSaves(30_000)
  const looks = Array.from({ length: 10_000 }, () => look(crypto.randomUUID(), 1, 0))
  saves.due(looks, 0)
  let most = 0
  let before = 0
  for (let second = 30; second <= 45; second++) {
    const due = saves.due(looks, second * 1_000).length
    most = Math.max(most, due - before)
    before = due
  }
  expect(before).toBe(10_000)
  expect(most).toBeLessThan(1_000)
})

test("V18: what fails is tried again, later each time, and then like any other", () => {
  const saves = new AutoSaves(1_000)
  saves.due([look("a", 1, 0)], 0)
  const tries: Array<number> = []
  for (let second = 0; second <= 100; second++) {
    if (saves.due([look("a", 1, 0)], second * 1_000).length === 0) continue
    tries.push(second)
    saves.failed("a", second * 1_000)
  }
  expect(tries.slice(1).map((at, index) => at - (tries[index] ?? 0))).toEqual([1, 2, 4, 8, 16, 20, 20, 20])
})
