/** `easel start`: one node until SIGTERM or SIGINT. */
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import * as Node from "../runtime/Node.ts"
import { settings } from "../runtime/Settings.ts"

export const start = Command.make("start", {}, () =>
  Effect.scoped(Effect.gen(function*() {
    const node = yield* Node.start(yield* settings)
    console.log(`Easel is ready: ${node.url}`)
    yield* node.died
  })).pipe(
    // Nothing exports traces yet, and spans of every call would cost a twentieth of an edit.
    Effect.withTracerEnabled(false)
  )).pipe(Command.withDescription("Start one node, with an embedded PostgreSQL unless DATABASE_URL is set"))
