/** `easel node` and `easel gateway`: members of a cluster on a database that they share, until SIGTERM or SIGINT. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Node from "../runtime/Node.ts"
import { settings } from "../runtime/Settings.ts"
import { serving, workersFlag, workersOf } from "./serving.ts"

/** Members without a common database would be clusters of their own. */
class DatabaseUnset extends Schema.TaggedError<DatabaseUnset>()("DatabaseUnset", { reason: Schema.String }) {}

const join = Effect.fnUntraced(function*(role: "node" | "gateway", workers: Option.Option<number>) {
  const read = yield* settings
  if (Option.isNone(read.databaseUrl)) {
    return yield* new DatabaseUnset({ reason: "DATABASE_URL is not set: the members of a cluster share a PostgreSQL" })
  }
  return { url: yield* Node.join({ ...read, workers: workersOf(workers, read) }, read.databaseUrl.value, role), died: Effect.never }
})

const whileStdinFlag = Flag.Boolean("while-stdin").pipe(
  Flag.withDescription("Stop when standard input ends, for programs that start nodes"),
  Flag.withDefault(false)
)

/** Ends when standard input does. */
const stdinEnds = Effect.callback<void>((resume) => {
  process.stdin.resume().once("end", () => resume(Effect.void)).once("error", () => resume(Effect.void))
})

export const node = Command.make("node", { workers: workersFlag, whileStdin: whileStdinFlag }, ({ whileStdin, workers }) => {
  const running = serving(join("node", workers))
  return whileStdin ? Effect.raceFirst(running, stdinEnds) : running
}).pipe(
  Command.withDescription("Join the cluster at DATABASE_URL: host files, and serve editors")
)

export const gateway = Command.make("gateway", {}, () => serving(join("gateway", Option.none()))).pipe(
  Command.withDescription("Join the cluster at DATABASE_URL: serve editors of files that other nodes host")
)
