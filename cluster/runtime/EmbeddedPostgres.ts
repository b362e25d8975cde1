/**
 * A real PostgreSQL for `npm start` and the tests, with nothing to install: it
 * keeps its files in the data folder, listens on a free port of the loopback
 * interface, and lives exactly as long as its scope or, at the latest, its
 * owner's process. Its defaults are durable: what is acknowledged survives
 * kill -9 and a power cut. A data folder has one owner at a time; a second one
 * is refused with a line that names the first, which does not notice.
 */
import { Effect, Schedule, Schema, type Scope, Semaphore } from "effect"
import { readFile } from "node:fs/promises"
import { attempt, EmbeddedPostgresFailed } from "./EmbeddedPostgresFailed.ts"
import { freePort } from "./freePort.ts"
import * as PostgresBinaries from "./PostgresBinaries.ts"
import * as PostgresHome from "./PostgresHome.ts"
import * as PostgresInitdb from "./PostgresInitdb.ts"
import {
  isAlive,
  ownerSetting,
  pollUntil,
  type Postmaster,
  postmasterOf,
  removeStaleLock,
  signalProcess
} from "./PostgresProcess.ts"
import { lineOfFailure } from "./PostgresUser.ts"
import { logOf, start as startServer, startMark } from "./PostgresWatchdog.ts"

export { EmbeddedPostgresFailed }

export interface EmbeddedPostgres {
  /** Superuser `easel`, database `easel`, with the password: not for logs. */
  readonly url: string
  readonly pid: number
  /** Fails when the server ends before its scope does: to be raced by whoever depends on it. */
  readonly died: Effect.Effect<never, EmbeddedPostgresFailed>
}

export interface EmbeddedPostgresOptions {
  /** Created if absent. One Easel at a time. */
  readonly dataFolder: string
  /** PostgreSQL settings that win over the defaults; `port` fixes the port. */
  readonly settings?: Readonly<Record<string, string>>
}

/** Cold start about 0.7 s, warm start tens of milliseconds plus the crash recovery due. */
export const make: (
  options: EmbeddedPostgresOptions
) => Effect.Effect<EmbeddedPostgres, EmbeddedPostgresFailed, Scope.Scope> = Effect.fn("EmbeddedPostgres.make")(
  function*({ dataFolder, settings = {} }: EmbeddedPostgresOptions) {
    const home = yield* PostgresHome.resolve(dataFolder)
    const binaries = yield* PostgresBinaries.locate(home.user)
    const start = Effect.gen(function*() {
      yield* claim(home.folder, dataFolder)
      const password = yield* PostgresInitdb.ensure(home, binaries, settings["fsync"] === "off" ? "fast" : "durable")
      return yield* launch(home, binaries.postgres, password, settings)
    })
    return yield* start.pipe(
      Effect.retry({ while: isTransient, schedule: startRetries }),
      Effect.catchTag("ServerEnded", (ended) =>
        new EmbeddedPostgresFailed({ reason: `PostgreSQL does not start in ${home.folder}: ${ended.line}` })),
      oneStart.withPermit
    )
  }
)

/** One start at a time in a process: files of our own number are then always left-overs. */
const oneStart = Semaphore.makeUnsafe(1)

class ServerEnded extends Schema.TaggedError<ServerEnded>()("ServerEnded", { line: Schema.String }) {}

/**
 * Ends worth another try: the port was taken between our choice and its use,
 * another Easel was faster (the next `claim` says so), or orphans of a killed
 * server still hold its memory.
 */
const isTransient = (error: ServerEnded | EmbeddedPostgresFailed): boolean =>
  error._tag === "ServerEnded" &&
  /TCP\/IP sockets|lock file .* (already exists|is empty)|shared memory block/.test(error.line)

const startRetries = Schedule.spaced("50 millis").pipe(Schedule.upTo({ duration: "6 seconds" }))

/**
 * Makes sure that no server runs on the folder. A living owner keeps it (after
 * a moment: a killed process takes its time to vanish). The server of a dead
 * owner is on its way out already; it is told once more, and waited for.
 */
const claim = Effect.fn("EmbeddedPostgres.claim")(function*(folder: string, dataFolder: string) {
  yield* pollUntil(() => !isOwned(postmasterOf(folder)), "1 second")
  const server = postmasterOf(folder)
  if (isOwned(server)) {
    const user = server.ownerPid === undefined
      ? `a PostgreSQL that Easel did not start (process ${server.pid})`
      : `another Easel (process ${server.ownerPid})`
    return yield* new EmbeddedPostgresFailed({ reason: `the data folder ${dataFolder} is in use by ${user}` })
  }
  for (const signal of ["SIGQUIT", "SIGKILL"] satisfies Array<NodeJS.Signals>) {
    const orphan = postmasterOf(folder)
    if (orphan === undefined) break
    signalProcess(orphan.pid, signal)
    yield* pollUntil(() => postmasterOf(folder) === undefined, "6 seconds")
  }
  removeStaleLock(folder)
})

/** A server that is not ours to stop. */
const isOwned = (server: Postmaster | undefined): server is Postmaster =>
  server !== undefined && (server.ownerPid === undefined || isAlive(server.ownerPid))

const launch = Effect.fn("EmbeddedPostgres.launch")(function*(
  home: PostgresHome.PostgresHome,
  postgres: string,
  password: string,
  settings: Readonly<Record<string, string>>
) {
  const port = settings["port"] ?? String(yield* attempt("there is no free port", freePort))
  const all = { ...defaults, ...settings, port, [ownerSetting]: String(process.pid) }
  const args = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`])
  const server = yield* startServer({ postgres, folder: home.folder, args, user: home.user })

  let hasEnded = false
  void server.exited.then(() => hasEnded = true)
  const isReady = () => {
    const found = postmasterOf(home.folder)
    return found?.pid === server.pid && found.isReady
  }
  const isSettled = yield* pollUntil(() => hasEnded || isReady(), startMax)
  if (hasEnded) {
    const line = yield* attempt("cannot read the server's log", () => lastLogLine(home.folder))
    return yield* new ServerEnded({ line })
  }
  if (!isSettled) return yield* new ServerEnded({ line: `not ready after ${startMax}` })

  const died = Effect.promise(() => server.exited).pipe(
    Effect.flatMap((how) =>
      new EmbeddedPostgresFailed({ reason: `PostgreSQL has stopped (${how}); its log is ${logOf(home.folder)}` }))
  )
  return { url: `postgres://easel:${password}@127.0.0.1:${port}/easel`, pid: server.pid, died }
})

/** Crash recovery replays at most about a gigabyte of log. */
const startMax = "2 minutes"

/** Sessions of an embedded server: several nodes of one machine share it. */
export const embeddedConnectionsMax = 300

const defaults = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: String(embeddedConnectionsMax),
  fsync: "on",
  full_page_writes: "on",
  synchronous_commit: "on",
  // Failed statements reach Easel, which reports them; the log is for the server's own life.
  log_min_messages: "log",
  log_checkpoints: "off"
}

const lastLogLine = async (folder: string): Promise<string> => {
  const text = await readFile(logOf(folder), "utf8")
  return lineOfFailure(text.split(startMark).at(-1) ?? "") ?? "it left no message"
}
