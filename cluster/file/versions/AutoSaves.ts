/**
 * When files are due for a version that nobody asked for: a while after the first change that is in none. Pure: it is
 * told what there is, and the time. Files wait a little longer or shorter each, by their ids, so that those that were
 * changed at once are not saved at once; what failed waits longer each time.
 */
export interface Look {
  readonly fileId: string
  readonly seq: number
  /** The seq of the newest version. */
  readonly versionSeq: number
}

interface Waiting {
  readonly dueMillis: number
  readonly failures: number
}

/** A file that failed again and again is tried this often, in multiples of the interval. */
const pauseMax = 20

export class AutoSaves {
  private readonly intervalMillis: number
  private waiting = new Map<string, Waiting>()

  constructor(intervalMillis: number) {
    this.intervalMillis = intervalMillis
  }

  /** The files to save now, longest due first. Files that are not named are forgotten. */
  due(looks: ReadonlyArray<Look>, nowMillis: number): ReadonlyArray<string> {
    const waiting = new Map<string, Waiting>()
    for (const { fileId, seq, versionSeq } of looks) {
      if (seq > versionSeq) waiting.set(fileId, this.waiting.get(fileId) ?? { dueMillis: nowMillis + this.intervalMillis * patienceOf(fileId), failures: 0 })
    }
    this.waiting = waiting
    return [...waiting]
      .filter(([, { dueMillis }]) => dueMillis <= nowMillis)
      .sort(([, a], [, b]) => a.dueMillis - b.dueMillis)
      .map(([fileId]) => fileId)
  }

  /** What was changed during the save waits its time anew. */
  saved(fileId: string): void {
    this.waiting.delete(fileId)
  }

  failed(fileId: string, nowMillis: number): void {
    const failures = (this.waiting.get(fileId)?.failures ?? 0) + 1
    this.waiting.set(fileId, { dueMillis: nowMillis + this.intervalMillis * Math.min(pauseMax, 2 ** (failures - 1)), failures })
  }
}

/** From one to one and a half. */
const patienceOf = (fileId: string): number => {
  let hash = 0
  for (let index = 0; index < fileId.length; index++) hash = (Math.imul(hash, 31) + fileId.charCodeAt(index)) >>> 0
  return 1 + hash / 2 ** 33
}
