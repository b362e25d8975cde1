/** The database or the object storage did not answer, after retries. Nothing is known to have changed. */
import * as Schema from "effect/Schema"

export class StoreUnavailable extends Schema.TaggedError<StoreUnavailable>()("StoreUnavailable", {
  service: Schema.Literals(["postgres", "jwks", "objects", "redis"]),
  operation: Schema.String,
  reason: Schema.String
}) {}
