/**
 * Starts a server so that it cannot outlive us. A small shell is its parent
 * and holds the reading end of a pipe whose only writing end is ours; when we
 * die, SIGKILL included, the pipe ends and the shell stops the server at once
 * (an immediate shutdown: what was committed is in its log). Both run in a
 * session of their own, so that Ctrl-C in a terminal reaches us first and we
 * can drain before the server goes.
 */
import { type Duration, Effect } from "effect"
import { spawn } from "node:child_process"
import { join } from "node:path"
import { attempt } from "./EmbeddedPostgresFailed.ts"
import { isServerOf, pollUntil, signalProcess } from "./PostgresProcess.ts"
import { type PostgresUser, spawnOptions } from "./PostgresUser.ts"

export interface GuardedServer {
  readonly pid: number
  /** Resolves when the server has ended, for whatever reason, with the way it ended. */
  readonly exited: Promise<string>
}

/**
 * Runs `postgres <args>` on `folder` for as long as the scope; then shuts it
 * down fast (open transactions roll back), and harder if that does not help.
 * Its output goes to `logOf(folder)`, under the line `startMark`.
 */
export const start = (options: {
  readonly postgres: string
  readonly folder: string
  readonly args: ReadonlyArray<string>
  readonly user: PostgresUser
}) =>
  Effect.acquireRelease(
    attempt("cannot start PostgreSQL", () => launch(options)),
    (server) => stop(options.folder, server)
  )

export const logOf = (folder: string): string => join(folder, "easel.log")

/** Names us: Easels that start together on one folder write to one log. */
export const startMark = `--- started by Easel, process ${process.pid} ---`

const logBytesMax = 1_048_576

/*
 * An old log that has grown too big is dropped. The shell ignores the signals
 * that a supervisor sends to a whole group. The watcher is a process of its
 * own beside the waiting shell: even when the shell is killed, the watcher
 * still sees the end of the pipe. SIGCONT is for a server that somebody had
 * stopped.
 */
const script = `
log=$1; shift
trap '' HUP INT TERM
exec 3<&0 </dev/null
[ -f "$log" ] && [ "$(wc -c <"$log")" -gt ${logBytesMax} ] && : >"$log"
echo '${startMark}' >>"$log"
"$@" 3<&- >>"$log" 2>&1 &
server=$!
echo "$server"
( read -r _ <&3; kill -QUIT "$server"; kill -CONT "$server" ) >/dev/null 2>&1 &
watcher=$!
wait "$server"; status=$?
kill -KILL "$watcher"
exit "$status"
`

const launch = (options: Parameters<typeof start>[0]): Promise<GuardedServer> => {
  const command = [options.postgres, "-D", options.folder, ...options.args]
  const shell = spawn("/bin/sh", ["-c", script, "easel-watchdog", logOf(options.folder), ...command], {
    ...spawnOptions(options.user),
    detached: true,
    stdio: ["pipe", "pipe", "ignore"]
  })
  return new Promise((resolve, reject) => {
    const exited = new Promise<string>((done) => shell.once("exit", (code, signal) => done(wayOut(code, signal))))
    shell.once("error", reject)
    shell.stdout.once("data", (line: Buffer) => resolve({ pid: Number(line.toString()), exited }))
    void exited.then(() => {
      shell.stdin.destroy()
      reject(new Error("the watchdog ended early"))
    })
  })
}

/** A shell reports the signal that ended its child as 128 and more. */
const wayOut = (code: number | null, signal: NodeJS.Signals | null): string => {
  if (code === null) return `its watchdog was killed, ${signal}`
  return code > 128 ? `signal ${code - 128}` : `exit code ${code}`
}

const stop = Effect.fn("PostgresWatchdog.stop")(function*(folder: string, server: GuardedServer) {
  for (const { signal, patience } of insistence) {
    if (!isServerOf(folder, server.pid)) break
    signalProcess(server.pid, signal)
    yield* pollUntil(() => !isServerOf(folder, server.pid), patience)
  }
  yield* Effect.promise(() => server.exited).pipe(Effect.timeoutOption("1 second"))
})

/** A fast shutdown writes a checkpoint, which may take a slow disk a while. */
const insistence: ReadonlyArray<{ readonly signal: NodeJS.Signals; readonly patience: Duration.Input }> = [
  { signal: "SIGINT", patience: "30 seconds" },
  { signal: "SIGQUIT", patience: "6 seconds" },
  { signal: "SIGKILL", patience: "6 seconds" }
]
