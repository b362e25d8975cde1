/**
 * Looks at the files that are awake once a second and moves those that are busy to the hot runners, and back when they have
 * cooled down. Where there are no hot runners nothing changes: a move that is refused is tried again after a while.
 */
import type { ShardGroup } from "@easel/protocol"
import { supervisedLoop } from "@easel/store"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import type { CommittedFile } from "./CommittedFile.ts"
import * as metrics from "./fileMetrics.ts"
import * as Heat from "./Heat.ts"
import { type ResidentFile, ResidentFiles } from "./ResidentFiles.ts"

const interval = "1 second"
const refusedPauseMillis = 10_000

export interface BusyFile {
  readonly fileId: string
  readonly editors: number
  readonly operationsPerSecond: number
}

export class HotFiles extends Context.Service<HotFiles, {
  /** The files of the hot group in memory, busiest first, at most so many. */
  readonly busiest: (count: number) => ReadonlyArray<BusyFile>
}>()("@easel/cluster/HotFiles") {
  static readonly layer = (limits: Heat.HeatLimits) => Layer.effect(HotFiles, make(limits))
}

const make = Effect.fnUntraced(function*(limits: Heat.HeatLimits) {
  const { awake, keepAwake } = yield* ResidentFiles
  const heats = new WeakMap<CommittedFile, Heat.Heat>()
  const refusedUntilMillis = new WeakMap<ResidentFile, number>()

  const look = Effect.gen(function*() {
    const nowMillis = yield* Clock.currentTimeMillis
    const moves: Array<readonly [ResidentFile, ShardGroup]> = []
    let hot = 0
    for (const actor of awake) {
      const file = actor.inMemory()
      if (file === undefined) continue
      if (file.board.size === 0 && actor.group === "default") {
        // Nobody edits without a seat.
        heats.delete(file)
        continue
      }
      const before = heats.get(file)
      if (actor.group === "hot") hot++
      const sample = { nowMillis, editors: file.board.size, seq: file.state.seq }
      const heat = before === undefined ? Heat.initial(sample) : Heat.step(before, sample, actor.group, limits)
      heats.set(file, heat)
      const group = Heat.wanted(heat, actor.group, limits)
      if (group !== undefined && nowMillis >= (refusedUntilMillis.get(actor) ?? 0)) moves.push([actor, group])
    }
    yield* Metric.update(metrics.hotFiles, hot)
    for (const [actor, group] of moves) yield* move(actor, group, nowMillis)
  })

  const move = Effect.fnUntraced(function*(actor: ResidentFile, group: ShardGroup, nowMillis: number) {
    if (yield* actor.move(group)) {
      yield* Metric.update(Metric.withAttributes(metrics.moves, { to: group }), 1)
      yield* Effect.logInfo("A file moves to another group", { fileId: actor.fileId, group })
    } else refusedUntilMillis.set(actor, nowMillis + refusedPauseMillis)
  })

  keepAwake((file, { group }) => file.board.size > 0 || group === "hot")
  yield* supervisedLoop("HotFiles", Effect.delay(look, interval))

  return HotFiles.of({
    busiest: (count) =>
      [...awake]
        .flatMap(({ fileId, group, inMemory }): ReadonlyArray<BusyFile> => {
          if (group !== "hot") return []
          const file = inMemory()
          const heat = file === undefined ? undefined : heats.get(file)
          if (heat === undefined) return []
          return [{ fileId, editors: heat.sample.editors, operationsPerSecond: Math.round(heat.operationsPerSecond) }]
        })
        .toSorted((a, b) => b.operationsPerSecond - a.operationsPerSecond || b.editors - a.editors)
        .slice(0, count)
  })
})
