/**
 * The figures of a bench's runs, from which goals are judged.
 *
 * Where there are several rounds, the best of each figure counts, for either contender: other work on the machine only
 * ever makes a round worse. What was lost or disconnected counts from all of them. A failed round makes its figures
 * `NaN`, since the rest would flatter.
 */
import type { Contender, LoadName } from "./BenchLoads.ts"
import type { Run } from "./BenchPlan.ts"
import type { ActorResult, Call, CommentsResult, EditResult, FailoverResult, HistoryResult, Joining, JoinResult, LargeDocumentResult, MemoryPoint, MemoryResult, PresenceResult, StormResult, VersionsResult } from "./LoadSpec.ts"

export class Figures {
  private readonly runs: ReadonlyArray<Run>

  constructor(runs: ReadonlyArray<Run>) {
    this.runs = runs
  }

  /** A latency or cost in the round where it was lowest. */
  lowest(name: LoadName, contender: Contender, figure: (result: EditResult) => number): number {
    const rounds = this.edits(name, contender)
    return rounds === undefined ? Number.NaN : Math.min(...rounds.map(figure))
  }

  /** Acked operations per second of the round with the most. */
  operationsPerSecond(name: LoadName, contender: Contender): number {
    return -this.lowest(name, contender, (result) => -result.operationsPerSecond)
  }

  /**
   * One contender's figure to another's, round by round, and the median of these ratios: both of a round had the same
   * minutes of the machine, which the best of each have not.
   */
  ratios(name: LoadName, contender: Contender, other: Contender, figure: (result: EditResult) => number): { readonly each: ReadonlyArray<number>; readonly median: number } {
    const others = this.edits(name, other) ?? []
    const each = (this.edits(name, contender) ?? []).flatMap((result, round) => others[round] === undefined ? [] : [figure(result) / figure(others[round])])
    return { each, median: median(each) }
  }

  /** The sum over all rounds. */
  total(name: LoadName, contender: Contender, figure: (result: EditResult) => number): number {
    return this.edits(name, contender)?.reduce((sum, result) => sum + figure(result), 0) ?? Number.NaN
  }

  join(name: LoadName, figure: (joining: Joining) => number): number {
    const joins = this.results(name, "easel").flatMap((result): JoinResult["joins"] => result._tag === "Join" ? result.joins : [])
    return median(joins.map(figure))
  }

  /** Bytes per unit by least squares through the points. */
  slope(name: LoadName, figure: (point: MemoryPoint) => number): number {
    const result = this.results(name, "easel").find((found): found is MemoryResult => found._tag === "Memory")
    return result === undefined || result.disconnected > 0 ? Number.NaN : slope(result.points, figure)
  }

  /** A figure of a typed call in the round where it was lowest. */
  call(contender: Contender, name: Call["name"], concurrency: number, figure: (call: Call) => number): number {
    const calls = this.results("remote-calls", contender)
      .flatMap((result) => result._tag === "Calls" ? result.calls : [])
      .filter((call) => call.name === name && call.concurrency === concurrency)
    return calls.length === 0 ? Number.NaN : Math.min(...calls.map(figure))
  }

  presence(): PresenceResult | undefined {
    return this.results("presence-200", "easel").find((result): result is PresenceResult => result._tag === "Presence")
  }

  comments(): CommentsResult | undefined {
    return this.results("comments-50", "easel").find((result): result is CommentsResult => result._tag === "Comments")
  }

  versions(): VersionsResult | undefined {
    return this.results("versions-25000", "easel").find((result): result is VersionsResult => result._tag === "Versions")
  }

  history(): HistoryResult | undefined {
    return this.results("versions-history", "easel").find((result): result is HistoryResult => result._tag === "History")
  }

  largeDocument(): LargeDocumentResult | undefined {
    return this.results("document-120000", "easel").find((result): result is LargeDocumentResult => result._tag === "LargeDocument")
  }

  storm(): StormResult | undefined {
    return this.results("reconnect-storm", "easel").find((result): result is StormResult => result._tag === "Storm")
  }

  actors(name: LoadName): ActorResult | undefined {
    return this.results(name, "easel").find((result): result is ActorResult => result._tag === "Actors")
  }

  failover(contender: Contender): FailoverResult | undefined {
    return this.results("failover", contender).find((result): result is FailoverResult => result._tag === "Failover")
  }

  /** All rounds, or `undefined` when one has failed or there is none. */
  private edits(name: LoadName, contender: Contender): ReadonlyArray<EditResult> | undefined {
    const results = this.results(name, contender)
    const edits = results.filter((result): result is EditResult => result._tag === "Edit")
    return edits.length > 0 && edits.length === results.length ? edits : undefined
  }

  private results(name: LoadName, contender: Contender) {
    return this.runs.filter((run) => run.name === name && run.contender === contender).map(({ result }) => result)
  }
}

const mean = (values: ReadonlyArray<number>): number => values.reduce((sum, value) => sum + value, 0) / values.length

const median = (values: ReadonlyArray<number>): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN

const slope = (points: ReadonlyArray<MemoryPoint>, figure: (point: MemoryPoint) => number): number => {
  const [x, y] = [mean(points.map(({ count }) => count)), mean(points.map(figure))]
  const covariance = mean(points.map((point) => (point.count - x) * (figure(point) - y)))
  return covariance / mean(points.map(({ count }) => (count - x) ** 2))
}
