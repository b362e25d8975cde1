/**
 * Which versions that nobody named may go: of the last hour all stay, of the last day the newest of each hour, of the
 * last month the newest of each day. Hours and days are those of the clock, so what stays today does not depend on when
 * it was looked at.
 */
export interface Aged {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

const hourMillis = 3_600_000
const dayMillis = 24 * hourMillis
const monthMillis = 30 * dayMillis

/** The ids of those that go. */
export const thinned = (versions: ReadonlyArray<Aged>, nowMillis: number): ReadonlyArray<string> => {
  const kept = new Set<string>()
  return versions.toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1)).flatMap(({ createdAt, id }) => {
    const age = nowMillis - createdAt
    if (age < hourMillis) return []
    const period = age < dayMillis ? `hour ${Math.floor(createdAt / hourMillis)}` : `day ${Math.floor(createdAt / dayMillis)}`
    if (age >= monthMillis || kept.has(period)) return [id]
    kept.add(period)
    return []
  })
}
