/** The program `easel`. Whatever goes wrong is one line on standard error and a non-zero exit. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Command from "effect/cli/Command"
import manifest from "../package.json" with { type: "json" }
import { easel } from "./commands.ts"
import { reasonOf } from "./reasonOf.ts"

const sayWhy = (cause: Cause.Cause<unknown>) =>
  Effect.sync(() => {
    const error = Cause.findErrorOption(cause)
    if (error._tag === "Some") console.error(`easel: ${reasonOf(error.value)}`)
    else if (!Cause.hasInterruptsOnly(cause)) console.error(Cause.pretty(cause))
  })

/** An error may bring its own. */
const exitCodeOf = (cause: Cause.Cause<unknown>): number => {
  const error = Option.getOrUndefined(Cause.findErrorOption(cause))
  return typeof error === "object" && error !== null && "exitCode" in error && typeof error.exitCode === "number" ? error.exitCode : 1
}

NodeRuntime.runMain(
  Command.run(easel, { version: manifest.version }).pipe(Effect.tapCause(sayWhy), Effect.provide(NodeServices.layer), Effect.provideService(Logger.LogToStderr, true)),
  {
    disableErrorReporting: true,
    // A signal that was obeyed is a success: a supervisor must not take it for a crash.
    teardown: (exit, onExit) => onExit(Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause) ? 0 : exitCodeOf(exit.cause))
  }
)
