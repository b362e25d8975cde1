/** The program `easel`. Whatever goes wrong is one line on standard error and a non-zero exit. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Command from "effect/cli/Command"
import manifest from "../package.json" with { type: "json" }
import { collectGarbage } from "./collectGarbage.ts"
import { compact } from "./compact.ts"
import { fsck } from "./fsck.ts"
import { gateway, node } from "./member.ts"
import { migrate } from "./migrate.ts"
import { quarantine } from "./quarantine.ts"
import { reasonOf } from "./reasonOf.ts"
import { assets } from "./remote/assets.ts"
import { cluster } from "./remote/cluster.ts"
import { comments } from "./remote/comments.ts"
import { exportFile } from "./remote/exportFile.ts"
import { files } from "./remote/files.ts"
import { importDrawings } from "./remote/importDrawings.ts"
import { projects } from "./remote/projects.ts"
import { tail } from "./remote/tail.ts"
import { teams } from "./remote/teams.ts"
import { versions } from "./remote/versions.ts"
import { start } from "./start.ts"
import { token } from "./token.ts"

const easel = Command.make("easel").pipe(
  Command.withDescription("A self-hosted multiplayer backend for design editors"),
  Command.withSubcommands([start, node, gateway, migrate, files, versions, comments, assets, exportFile, importDrawings, teams, projects, tail, cluster, collectGarbage, compact, fsck, quarantine, token])
)

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
  Command.run(easel, { version: manifest.version }).pipe(Effect.tapCause(sayWhy), Effect.provide(NodeServices.layer)),
  {
    disableErrorReporting: true,
    // A signal that was obeyed is a success: a supervisor must not take it for a crash.
    teardown: (exit, onExit) => onExit(Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause) ? 0 : exitCodeOf(exit.cause))
  }
)
