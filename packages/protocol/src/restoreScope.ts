/** How much of a file a restore is about: objects alone, or with all that lies in them. Without it, the whole file. */
import * as Schema from "effect/Schema"

const objectIds = Schema.Array(Schema.String)

export const RestoreScope = Schema.Union([
  Schema.TaggedStruct("Subtrees", { objectIds }),
  Schema.TaggedStruct("Objects", { objectIds })
])
export type RestoreScope = typeof RestoreScope.Type
