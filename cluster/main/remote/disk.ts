/** Files of whoever runs a command. */
import { writeFile } from "node:fs/promises"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Flag from "effect/cli/Flag"
import { CallFailed } from "./server.ts"

export const outFlag = Flag.String("out").pipe(Flag.withDescription("Where to write it; without it, to the output"), Flag.optional)

/** Where bytes go: into a file, or to the output, where with `--json` there would be two things. */
export const destination = (out: Option.Option<string>, json: boolean): Effect.Effect<Option.Option<string>, CallFailed> =>
  json && Option.isNone(out) ? Effect.fail(new CallFailed({ reason: "with --json say where to write it: --out" })) : Effect.succeed(out)

/** Writes what was asked for into a file, or to the output. */
export const writtenTo = (out: Option.Option<string>, bytes: Uint8Array): Effect.Effect<void, CallFailed> =>
  onDisk(() =>
    Option.isSome(out)
      ? writeFile(out.value, bytes)
      : new Promise<void>((resolve, reject) => process.stdout.write(bytes, (error) => error ? reject(error) : resolve())))

export const onDisk = <A>(use: () => Promise<A>): Effect.Effect<A, CallFailed> =>
  Effect.tryPromise({ try: use, catch: (cause) => new CallFailed({ reason: cause instanceof Error ? cause.message : String(cause) }) })
