/** A dependency did not answer, after retries, or was not asked because it keeps failing. Nothing is known to have changed. */
import * as Schema from "effect/Schema"

export class StoreUnavailable extends Schema.TaggedError<StoreUnavailable>()("StoreUnavailable", {
  service: Schema.Literals(["postgres", "jwks", "objects", "redis"]),
  operation: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `${this.operation}: ${this.reason}`
  }
}
