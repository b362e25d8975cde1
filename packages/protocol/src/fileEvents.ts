/** What happens in files, for lists of files that are alive. Lossy: a list that must be right is read again. */
import * as Schema from "effect/Schema"

export const FileEvent = Schema.Union([
  Schema.Struct({
    type: Schema.Literal("join"),
    fileId: Schema.String,
    clientId: Schema.String,
    userId: Schema.String,
    userName: Schema.String,
    color: Schema.String
  }),
  Schema.Struct({ type: Schema.Literal("leave"), fileId: Schema.String, clientId: Schema.String }),
  /** The file was edited; at most every two seconds and file. */
  Schema.Struct({ type: Schema.Literal("updated"), fileId: Schema.String, seq: Schema.Int, name: Schema.String })
])
export type FileEvent = typeof FileEvent.Type
