/**
 * The program `easel`. What a command finds out goes to standard output, with `--json` as one JSON document; logs and progress
 * go to standard error, but of members, whose output is their log. Whatever goes wrong is one line there and a non-zero exit.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import manifest from "../package.json" with { type: "json" }
import { reasonOf } from "./reasonOf.ts"
import { remoteCommands } from "./remoteCommands.ts"

/** Those that ask a running Easel start in half the time, because what a node is made of is not loaded for them. */
const commands = remoteCommands.some(({ name }) => name === process.argv[2])
  ? remoteCommands
  : [...(await import("./hostCommands.ts")).hostCommands, ...remoteCommands]

const easel = Command.make("easel").pipe(
  Command.withDescription("A self-hosted multiplayer backend for design editors"),
  Command.withSubcommands(commands)
)

const sayWhy = (cause: Cause.Cause<unknown>) =>
  Effect.sync(() => {
    const error = Cause.findErrorOption(cause)
    // Who is shown the help has been told why with it.
    if (Option.exists(error, isHelp)) return
    if (error._tag === "Some") console.error(`easel: ${reasonOf(error.value)}`)
    else if (!Cause.hasInterruptsOnly(cause)) console.error(Cause.pretty(cause))
  })

const isHelp = (error: unknown): error is CliError.ShowHelp => CliError.isCliError(error) && error._tag === "ShowHelp"

/** An error may bring its own. */
const exitCodeOf = (cause: Cause.Cause<unknown>): number => {
  const error = Option.getOrUndefined(Cause.findErrorOption(cause))
  if (isHelp(error)) return error.errors.length > 0 ? 1 : 0
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
