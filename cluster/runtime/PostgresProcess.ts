/**
 * What can be known about a server from outside: which process runs on a data
 * folder, whether it lives, and which Easel owns it. The owner is written on
 * the server's own command line, so the two can never disagree. A zombie is
 * dead (in a container nobody may ever reap it), and a process that merely
 * has the number of a former server is not a server.
 */
import { type Duration, Effect, Schedule } from "effect"
import { execFileSync } from "node:child_process"
import { readFileSync, rmSync } from "node:fs"
import { join } from "node:path"

export interface Postmaster {
  readonly pid: number
  /** The Easel that started it; `undefined` for a server started by other hands. */
  readonly ownerPid: number | undefined
  readonly isReady: boolean
}

/** The setting that names the owner on the command line. */
export const ownerSetting = "easel.owner"

/** The living server of the data folder, by its `postmaster.pid`. */
export const postmasterOf = (folder: string): Postmaster | undefined => {
  const [pid, , , , , , , status] = (readIfPresent(join(folder, "postmaster.pid")) ?? "").split("\n")
  const command = commandOf(Number(pid))
  if (command === undefined || !command.includes(` -D ${folder} `)) return undefined
  const owner = new RegExp(` ${ownerSetting}=(\\d+)`).exec(command)?.[1]
  return {
    pid: Number(pid),
    ownerPid: owner === undefined ? undefined : Number(owner),
    isReady: status?.trim() === "ready"
  }
}

/**
 * Removes the lock of a server that is gone: PostgreSQL itself would take a
 * zombie, or a stranger with the old number, for a living server. Without
 * pauses between look and act, for another Easel may be starting. An empty
 * lock is one that a server is just writing.
 */
export const removeStaleLock = (folder: string): void => {
  const lock = join(folder, "postmaster.pid")
  if ((readIfPresent(lock) ?? "") !== "" && postmasterOf(folder) === undefined) rmSync(lock, { force: true })
}

export const isServerOf = (folder: string, pid: number): boolean =>
  commandOf(pid)?.includes(` -D ${folder} `) ?? false

export const isAlive = (pid: number): boolean => commandOf(pid) !== undefined

/** Sends a signal; a process that is gone, or not ours, is left alone. */
export const signalProcess = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal)
  } catch {
    // gone in the meantime, which is what every caller wants
  }
}

/** Polls until `done` holds; the result says whether it did within `limit`. */
export const pollUntil = (done: () => boolean, limit: Duration.Input): Effect.Effect<boolean> =>
  Effect.sync(done).pipe(Effect.repeat({
    until: (isDone) => isDone,
    schedule: Schedule.spaced("5 millis").pipe(Schedule.upTo({ duration: limit }))
  }))

/** The command line of a living process, its words joined by blanks. */
const commandOf = (pid: number): string | undefined => {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined
  return process.platform === "linux" ? commandByProc(pid) : commandByPs(pid)
}

const commandByProc = (pid: number): string | undefined => {
  const stat = readIfPresent(`/proc/${pid}/stat`)
  const state = stat?.slice(stat.lastIndexOf(")") + 2).charAt(0)
  if (state === undefined || state === "Z" || state === "X") return undefined
  return readIfPresent(`/proc/${pid}/cmdline`)?.replaceAll("\0", " ")
}

const commandByPs = (pid: number): string | undefined => {
  try {
    const output = execFileSync("ps", ["-ww", "-o", "stat=,command=", "-p", String(pid)], { encoding: "utf8" })
    return output.startsWith("Z") ? undefined : output
  } catch {
    return undefined
  }
}

const readIfPresent = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return undefined
  }
}
