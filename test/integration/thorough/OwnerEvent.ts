/** What EmbeddedPostgresOwner tells the test that started it. */
import { Schema } from "effect"

export const OwnerEvent = Schema.Union([
  Schema.TaggedStruct("Started", { url: Schema.String, pid: Schema.Int }),
  Schema.TaggedStruct("Interrupted", {}),
  Schema.TaggedStruct("Failed", { reason: Schema.String })
])

export type OwnerEvent = typeof OwnerEvent.Type
