/**
 * The program that the tests of the embedded server start, kill and interrupt:
 * it owns a server until SIGTERM and prints one JSON line for each thing that
 * happens to it. Arguments: the data folder, and the settings as JSON.
 */
import { Effect, Schema } from "effect"
import * as EmbeddedPostgres from "../../../cluster/runtime/EmbeddedPostgres.ts"
import { OwnerEvent } from "./OwnerEvent.ts"

const Settings = Schema.fromJsonString(Schema.Record(Schema.String, Schema.String))

const encode = Schema.encodeSync(Schema.fromJsonString(OwnerEvent))

const report = (event: OwnerEvent) => Effect.sync(() => process.stdout.write(`${encode(event)}\n`))

const onSignal = (signal: NodeJS.Signals) =>
  Effect.callback<void>((resume) => {
    process.once(signal, () => resume(Effect.void))
  })

const program = Effect.gen(function*() {
  const [dataFolder = "", settings = "{}"] = process.argv.slice(2)
  const server = yield* EmbeddedPostgres.make({ dataFolder, settings: yield* Schema.decodeEffect(Settings)(settings) })
  yield* onSignal("SIGINT").pipe(
    Effect.andThen(report({ _tag: "Interrupted" })),
    Effect.forkScoped({ startImmediately: true })
  )
  yield* report({ _tag: "Started", url: server.url, pid: server.pid })
  yield* Effect.raceFirst(onSignal("SIGTERM"), server.died)
}).pipe(
  Effect.scoped,
  Effect.catchTag("EmbeddedPostgresFailed", ({ reason }) => report({ _tag: "Failed", reason }))
)

await Effect.runPromise(program)
