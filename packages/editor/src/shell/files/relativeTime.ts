/** How long ago something was, in words: "5 minutes ago", "yesterday", and a date when it is long ago. */

const steps: ReadonlyArray<readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number, below: number]> = [
  ["minute", 60, 3_600],
  ["hour", 3_600, 86_400],
  ["day", 86_400, 7 * 86_400]
]

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" })
const sameYear = new Intl.DateTimeFormat("en", { day: "numeric", month: "short" })
const otherYear = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", year: "numeric" })

export const relativeTime = (time: Date, now: Date): string => {
  const seconds = (now.getTime() - time.getTime()) / 1_000
  if (seconds < 60) return "just now"
  for (const [unit, length, below] of steps) if (seconds < below) return relative.format(-Math.floor(seconds / length), unit)
  return (time.getFullYear() === now.getFullYear() ? sameYear : otherYear).format(time)
}
