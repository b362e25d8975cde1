/** The goals of versions: what saving, restoring and reading them cost. */
import { below, type Definition, kilobytes, megabytes, millis, none, ratio, whole } from "./Goal.ts"

const load = "versions-25000"

export const versionGoals: ReadonlyArray<Definition> = [
  {
    load,
    name: "restore of 25,000 objects beside 50 editors",
    goal: "their sync p99 < 200 ms, nothing lost or wrong",
    measure: (figures) => {
      const { aloneMillis, lost = Number.NaN, restoreMillis = Number.NaN, restoringMillis, wrong = Number.NaN } = figures.versions() ?? {}
      const [alone, beside] = [aloneMillis?.p99 ?? Number.NaN, restoringMillis?.p99 ?? Number.NaN]
      return {
        text: `${millis(beside)}, ${ratio(beside / alone)}x that without (${millis(alone)}), restored in ${millis(restoreMillis)}, ${whole(lost)} lost, ${whole(wrong)} wrong`,
        values: [below(beside, 200), none(lost), none(wrong)]
      }
    }
  },
  {
    load,
    name: "a version saved every second",
    goal: "sync p99 <= 1.5x that without",
    measure: (figures) => {
      const { aloneMillis, savingMillis } = figures.versions() ?? {}
      const [alone, beside] = [aloneMillis?.p99 ?? Number.NaN, savingMillis?.p99 ?? Number.NaN]
      return { text: `${ratio(beside / alone)}x (${millis(beside)} to ${millis(alone)})`, values: [{ value: beside / alone, isMet: (actual) => actual <= 1.5 }] }
    }
  },
  {
    load,
    name: "read of a version of 25,000 objects",
    goal: "< 300 ms (median)",
    measure: (figures) => {
      const reads = figures.versions()?.readMillis.toSorted((one, other) => one - other) ?? []
      const median = reads[Math.floor(reads.length / 2)] ?? Number.NaN
      return { text: millis(median), values: [below(median, 300)] }
    }
  },
  {
    load: "document-120000",
    name: "document of 120,000 objects",
    goal: "",
    measure: (figures) => {
      const { coldMillis = Number.NaN, editMillis, liveBytes = Number.NaN, savingMillis, warmMillis = Number.NaN } = figures.largeDocument() ?? {}
      return {
        text: `${megabytes(liveBytes)} live; opens in ${millis(warmMillis)}, from disk in ${millis(coldMillis)}; ack p99 ${millis(editMillis?.p99 ?? Number.NaN)}, beside saves ${millis(savingMillis?.p99 ?? Number.NaN)}`,
        values: []
      }
    }
  },
  {
    load: "versions-history",
    name: "1,000 versions of imported drawings",
    goal: "<= 5 % of their JSON each",
    measure: (figures) => {
      const { bytesEach = Number.NaN, fullBytes = Number.NaN, wrong = Number.NaN } = figures.history() ?? {}
      const part = bytesEach / fullBytes
      return {
        text: `${(part * 100).toFixed(2)} % (${kilobytes(bytesEach)} of ${kilobytes(fullBytes)}), ${whole(wrong)} wrong`,
        values: [{ value: part, isMet: (actual) => actual <= 0.05 }, none(wrong)]
      }
    }
  }
]
