/**
 * Starts the processes of the bench: servers, which live as long as their scope, and load generators, which answer once.
 *
 * Only processes started here are ended, by their own id: first asked, then killed. All run as children of the bench
 * with its environment, and everything waited for has a deadline.
 */
import { Effect, Schema, type Scope } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { freePort } from "../../cluster/runtime/freePort.ts"
import { inspectFlag, inspectorUrlIn } from "./Inspector.ts"
import { LoadResult, type LoadSpec } from "./LoadSpec.ts"

export class BenchFailed extends Schema.TaggedError<BenchFailed>()("BenchFailed", { reason: Schema.String }) {
  override get message(): string {
    return this.reason
  }
}

export interface Server {
  readonly url: string
  readonly pid: number
  /** When its command holds `inspectFlag`. */
  readonly inspectorUrl?: string
}

const startMillisMax = 30_000
const stopMillisMax = 5_000
/** Enough of what a process said to see why it ended. */
const outputCharsKept = 4_000

/** Starts a server and waits for its line `Easel is ready: URL`. */
export const startServer = (
  command: ReadonlyArray<string>,
  environment: Readonly<Record<string, string>>
): Effect.Effect<Server, BenchFailed, Scope.Scope> =>
  Effect.acquireRelease(
    attempt(async () => {
      const [program = "", ...args] = command
      const env = { ...process.env, ...environment, HOST: "127.0.0.1", PORT: String(await freePort()) }
      // The open pipe on stdin tells the limit relay that its parent lives.
      return spawn(program, args, { env, stdio: ["pipe", "pipe", "pipe"] })
    }),
    stop
  ).pipe(Effect.flatMap((child) => attempt(() => ready(child, command))))

/** Runs one load in a process of its own. */
export const runLoad = (script: string, spec: LoadSpec, millisMax: number): Effect.Effect<LoadResult, BenchFailed> =>
  Effect.acquireUseRelease(
    Effect.sync(() =>
      // Structured clone, since JSON has no NaN.
      spawn(process.execPath, [script, "load", JSON.stringify(spec)], {
        serialization: "advanced",
        stdio: ["ignore", "inherit", "inherit", "ipc"]
      })
    ),
    (child) => attempt(async () => Schema.decodeUnknownSync(LoadResult)(await answer(child, millisMax))),
    stop
  )

const attempt = <A>(run: () => Promise<A>): Effect.Effect<A, BenchFailed> =>
  Effect.tryPromise({
    try: run,
    catch: (cause) => new BenchFailed({ reason: cause instanceof Error ? cause.message : String(cause) })
  })

const ready = (child: ChildProcess, command: ReadonlyArray<string>): Promise<Server> =>
  new Promise((resolve, reject) => {
    let output = ""
    let inspectorUrl: string | undefined
    const fail = (reason: string): void => reject(new Error(`${command.join(" ")} ${reason}\n${output}`))
    const deadline = setTimeout(() => fail(`was not ready within ${startMillisMax} ms`), startMillisMax)
    const read = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-outputCharsKept)
      const url = /Easel is ready: (http:\S+)/.exec(output)?.[1]
      inspectorUrl ??= inspectorUrlIn(output)
      if (url === undefined || child.pid === undefined) return
      // The two come through different pipes.
      if (inspectorUrl === undefined && command.includes(inspectFlag)) return
      clearTimeout(deadline)
      resolve({ url: url.replace(/\/$/, ""), pid: child.pid, ...(inspectorUrl === undefined ? {} : { inspectorUrl }) })
    }
    child.stdout?.on("data", read)
    child.stderr?.on("data", read)
    child.once("error", (error) => fail(error.message))
    child.once("exit", (code, signal) => fail(`ended with ${signal ?? code}`))
  })

const answer = (child: ChildProcess, millisMax: number): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const deadline = setTimeout(() => reject(new Error(`the load took more than ${millisMax} ms`)), millisMax)
    child.once("message", (message) => {
      clearTimeout(deadline)
      resolve(message)
    })
    child.once("exit", (code, signal) => {
      clearTimeout(deadline)
      reject(new Error(`the load generator ended with ${signal ?? code}`))
    })
  })

const stop = (child: ChildProcess): Effect.Effect<void> =>
  Effect.promise(() =>
    new Promise((resolve) => {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return resolve()
      const deadline = setTimeout(() => child.kill("SIGKILL"), stopMillisMax)
      child.once("exit", () => {
        clearTimeout(deadline)
        resolve()
      })
      child.kill("SIGTERM")
    })
  )
