/** The program `easel`. */
import * as Cause from "effect/Cause"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import { start } from "./start.ts"

const reasonOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "reason" in error && typeof error.reason === "string"
    ? error.reason
    : error instanceof Error ? error.message : String(error)

const program = start.pipe(
  Effect.tapCause((cause) =>
    Cause.hasInterruptsOnly(cause) ? Effect.void : Effect.sync(() => {
      const error = Cause.findErrorOption(cause)
      console.error(error._tag === "Some" ? `easel: ${reasonOf(error.value)}` : Cause.pretty(cause))
    }))
)

NodeRuntime.runMain(program, { disableErrorReporting: true })
