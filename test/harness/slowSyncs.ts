/**
 * A slow disk: each fdatasync of a PostgreSQL returns so much later, in all sessions that it has and will have. `strace`
 * does it from outside; without it, or where it may not trace, the test fails and says so.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { onTestFinished } from "vitest"
import { descendantsOf } from "./descendants.ts"
import { waitUntil } from "./waitUntil.ts"

const attachMillisMax = 20_000

/** Returns how to make it fast again, which the end of the test does as well. */
export const slowSyncs = async (postmaster: number, delayMillis: number): Promise<() => Promise<void>> => {
  const pids = [postmaster, ...descendantsOf(postmaster)]
  const inject = `inject=fdatasync:delay_exit=${delayMillis * 1_000}`
  const strace = spawn("strace", ["-f", "-e", "trace=fdatasync", "-e", inject, "-o", "/dev/null", "-p", pids.join(",")], { stdio: ["ignore", "ignore", "pipe"] })
  let said = ""
  let hasEnded = false
  strace.stderr.on("data", (chunk: Buffer) => said += chunk.toString())
  strace.once("error", (error) => said += String(error))
  const ended = once(strace, "close").then(() => {
    hasEnded = true
  })
  // A session, or a worker of PostgreSQL, may have ended meanwhile.
  const settled = (pid: number): boolean => said.includes(`Process ${pid} attached`) || (pid !== postmaster && said.includes(` ${pid}): No such process`))
  const attached = (): boolean => pids.every(settled)
  await waitUntil(() => attached() || hasEnded, { deadlineMillis: attachMillisMax, what: "strace has attached", state: () => said })
  if (!attached()) throw new Error(`a disk cannot be made slow here: ${said}`)
  const makeFast = async (): Promise<void> => {
    if (!hasEnded) strace.kill("SIGINT")
    await ended
  }
  onTestFinished(makeFast)
  return makeFast
}
