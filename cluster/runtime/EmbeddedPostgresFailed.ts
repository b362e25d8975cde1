/**
 * The one way in which the embedded server can fail its caller: with a line
 * that a user can read and act upon. `attempt` turns the exceptions of Node's
 * file system and processes into it, so that no stack trace reaches the user.
 */
import { Effect, Schema } from "effect"

export class EmbeddedPostgresFailed
  extends Schema.TaggedError<EmbeddedPostgresFailed>()("EmbeddedPostgresFailed", { reason: Schema.String })
{
  override get message(): string {
    return this.reason
  }
}

/** Runs `work`; a rejection becomes "<what>: <first line of the message>". */
export const attempt = <A>(
  what: string,
  work: (signal: AbortSignal) => Promise<A>
): Effect.Effect<A, EmbeddedPostgresFailed> =>
  Effect.tryPromise({
    try: work,
    catch: (cause) => new EmbeddedPostgresFailed({ reason: `${what}: ${firstLine(cause)}` })
  })

const firstLine = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).split("\n", 1).join("")
