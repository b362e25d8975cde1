/**
 * When a file is hot: pure, from samples of who edits it and how fast.
 *
 * A file is warm when it has many editors or many operations, and cool when it has less than half of both. It changes
 * its group when it has been the one or the other for a while, so that a burst moves nothing and a file on the
 * threshold does not go to and fro.
 */
import type { ShardGroup } from "@easel/protocol"

export interface HeatLimits {
  readonly editorsMin: number
  readonly operationsPerSecondMin: number
  readonly warmMillis: number
  readonly coolMillis: number
}

export interface Sample {
  readonly nowMillis: number
  readonly editors: number
  readonly seq: number
}

export interface Heat {
  readonly sample: Sample
  readonly operationsPerSecond: number
  /** Since when the file has been such that it belongs elsewhere. */
  readonly misplacedMillis: number | undefined
}

export const initial = (sample: Sample): Heat => ({ sample, operationsPerSecond: 0, misplacedMillis: undefined })

export const step = (heat: Heat, sample: Sample, group: ShardGroup, limits: HeatLimits): Heat => {
  const seconds = (sample.nowMillis - heat.sample.nowMillis) / 1000
  if (seconds <= 0) return heat
  const operationsPerSecond = Math.max(0, sample.seq - heat.sample.seq) / seconds
  const isMisplaced = group === "hot"
    ? sample.editors < limits.editorsMin / 2 && operationsPerSecond < limits.operationsPerSecondMin / 2
    : sample.editors >= limits.editorsMin || operationsPerSecond >= limits.operationsPerSecondMin
  const misplacedMillis = isMisplaced ? heat.misplacedMillis ?? heat.sample.nowMillis : undefined
  return { sample, operationsPerSecond, misplacedMillis }
}

/** The group that the file should move to, or `undefined` while it is where it belongs, or may yet be. */
export const wanted = ({ misplacedMillis, sample }: Heat, group: ShardGroup, limits: HeatLimits): ShardGroup | undefined => {
  if (misplacedMillis === undefined) return undefined
  const waited = sample.nowMillis - misplacedMillis
  if (group === "hot") return waited >= limits.coolMillis ? "default" : undefined
  return waited >= limits.warmMillis ? "hot" : undefined
}
