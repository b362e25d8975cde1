/**
 * Several nodes on one machine, to try a cluster out: processes of their own on one database, on ports that count up.
 * They end together: when one ends by itself the others are stopped, because somebody has to look.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Migrate from "./Migrate.ts"
import { databaseOf, type Node, type StartFailed } from "./Node.ts"
import type { Settings } from "./Settings.ts"

/** One of the nodes ended by itself, or did not start. */
export class NodeEnded extends Schema.TaggedError<NodeEnded>()("NodeEnded", { reason: Schema.String }) {}

const readyLine = /^Easel is ready: (\S+)$/

/** Longer than a node takes to hand over its files. */
const stopMillisMax = 20_000

/** The url is that of the first; the others' are printed as they are ready. */
export const start = Effect.fn("NodeProcesses.start")(function*(
  settings: Settings,
  count: number
): Effect.fn.Return<Node, NodeEnded | StartFailed, Scope.Scope> {
  const database = yield* databaseOf(settings, count)
  yield* Migrate.runAt(database.url).pipe(
    Effect.catchTag("SqlError", (error) => Effect.fail(new Migrate.MigrationFailed({ reason: error.message }))))
  const nodes: Array<RunningNode> = []
  for (let index = 0; index < count; index++) {
    const node = yield* startNode(settings, index, Redacted.value(database.url))
    const url = yield* node.ready
    if (index > 0) console.log(`Node ${index + 1} is ready: ${url}`)
    nodes.push(node)
  }
  const first = yield* nodes[0]?.ready ?? Effect.die(new Error("NodeProcesses: no nodes"))
  return { url: first, died: Effect.raceAllFirst([database.died, ...nodes.map(({ ended }) => ended)]) }
})

interface RunningNode {
  readonly ready: Effect.Effect<string, NodeEnded>
  readonly ended: Effect.Effect<never, NodeEnded>
}

const startNode = Effect.fnUntraced(function*(settings: Settings, index: number, databaseUrl: string): Effect.fn.Return<RunningNode, never, Scope.Scope> {
  const name = `${settings.nodeName}-${index + 1}`
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, [...process.execArgv, process.argv[1] ?? "", "node", "--workers", String(settings.workers), "--while-stdin"], {
        // Its input ends with us, however we end, and it does with its input.
        stdio: ["pipe", "pipe", "inherit"],
        // A group of its own: Ctrl-C is ours to pass on, after the database was told nothing.
        detached: true,
        env: {
          ...process.env,
          DATABASE_URL: databaseUrl,
          PORT: String(settings.port === 0 ? 0 : settings.port + index),
          EASEL_NODE: name,
          EASEL_RUNNER_PORT: "0"
        }
      })
    ),
    stop
  )
  const exited = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => resolve(`${name} has ended (${signal ?? `exit code ${code}`})`))
    child.once("error", (error) => resolve(`${name} cannot be started: ${error.message}`))
  })
  const readyUrl = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const url = readyLine.exec(line)?.[1]
      if (url === undefined) console.log(line)
      else resolve(url)
    })
  })
  const ended = Effect.flatMap(Effect.promise(() => exited), (reason) => Effect.fail(new NodeEnded({ reason })))
  return { ended, ready: Effect.raceFirst(Effect.promise(() => readyUrl), ended) }
})

const stop = (child: ChildProcess): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return resume(Effect.void)
    const deadline = setTimeout(() => signal(child, "SIGKILL"), stopMillisMax)
    child.once("exit", () => {
      clearTimeout(deadline)
      resume(Effect.void)
    })
    signal(child, "SIGTERM")
  })

/** Not `child.kill`: Deno then reports the signal as the end of a child that ended by itself. */
const signal = ({ pid }: ChildProcess, name: NodeJS.Signals): void => {
  if (pid !== undefined) process.kill(pid, name)
}
