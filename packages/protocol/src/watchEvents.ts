/**
 * What an actor tells gateways about its file. Operations and presence travel as the JSON text that editors will
 * receive, encoded once, with the byte ranges of each editor, so that a gateway can leave an editor's own out.
 */
import * as Schema from "effect/Schema"
import { Comment } from "./comments.ts"

/** Comma-joined JSON values in UTF-8, and which part of them came from whom. */
const Parts = {
  body: Schema.Uint8Array,
  /**
   * Ranges `[start, end)` of `body` in order, separated by one comma each. The author of operations is a connection,
   * because only that one gets an `ack` for them; the author of presence is a client.
   */
  parts: Schema.Array(Schema.Struct({ author: Schema.String, start: Schema.Int, end: Schema.Int }))
}

/** Whether the actor commits; `degraded` while it cannot, and `readonly` when it will not show more of what waits. */
const Saving = Schema.Literals(["normal", "degraded", "readonly"])
export type Saving = typeof Saving.Type

/** The stream is live: everything after `seq` will follow, and the clients named are in the file. */
export const Live = Schema.TaggedStruct("Live", {
  epoch: Schema.Int,
  seq: Schema.Int,
  name: Schema.String,
  /** Of comments: who knows less has missed some. */
  commentSeq: Schema.Int,
  present: Schema.Array(Schema.String),
  saving: Saving
})
export type Live = typeof Live.Type

/** Operations after `fromSeq` up to and including `seq`, committed. Superseded ones are counted, not shown. */
export const Committed = Schema.TaggedStruct("Committed", {
  epoch: Schema.Int,
  fromSeq: Schema.Int,
  seq: Schema.Int,
  ...Parts
})
export type Committed = typeof Committed.Type

/**
 * Operations that wait to be committed while the database is away, with seqs that only order them. They may never be
 * committed; those that are follow as `Committed`. After `SavingChanged` to `normal` none of them counts any more.
 */
export const Tentative = Schema.TaggedStruct("Tentative", Parts)
export type Tentative = typeof Tentative.Type

export const SavingChanged = Schema.TaggedStruct("SavingChanged", { saving: Saving })

/** The watcher missed more than can be replayed: its editors need snapshots. */
export const Lost = Schema.TaggedStruct("Lost", { epoch: Schema.Int, seq: Schema.Int })

/** The newest presence of some editors, and the editors that left. */
export const PresenceChanged = Schema.TaggedStruct("PresenceChanged", { ...Parts, left: Schema.Array(Schema.String) })
export type PresenceChanged = typeof PresenceChanged.Type

/** The file has a new name. */
export const Renamed = Schema.TaggedStruct("Renamed", { name: Schema.String })

/** A comment was made or changed. Its seq follows the one before it by one. */
export const CommentChanged = Schema.TaggedStruct("CommentChanged", { comment: Comment })

export const WatchEvent = Schema.Union([Live, Committed, Tentative, SavingChanged, Lost, PresenceChanged, Renamed, CommentChanged])
export type WatchEvent = typeof WatchEvent.Type
