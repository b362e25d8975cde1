/** The time, anew each minute: relative times must not grow stale on a page that stays open. */
import { useEffect, useState } from "preact/hooks"

const stepMillis = 30_000

export const useClock = (): Date => {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), stepMillis)
    return () => clearInterval(timer)
  }, [])
  return now
}
