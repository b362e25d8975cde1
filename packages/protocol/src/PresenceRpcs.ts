/** The typed calls of presence: lossy, coalesced latest-wins, never journaled and never behind a commit. */
import * as Rpc from "effect/rpc/Rpc"
import * as RpcGroup from "effect/rpc/RpcGroup"
import * as Schema from "effect/Schema"
import type { PresenceFields } from "./editorFrame.ts"
import { absences } from "./fileErrors.ts"
import { opaque } from "./opaque.ts"

export interface PresencePatch extends PresenceFields {
  readonly clientId: string
}

/** The newest presence of some editors of one gateway, and the editors that left it. Clients of others are ignored. */
export const MovePresence = Rpc.make("MovePresence", {
  payload: {
    gatewayId: Schema.String,
    patches: opaque<ReadonlyArray<PresencePatch>>("PresencePatches"),
    left: Schema.Array(Schema.String)
  },
  error: Schema.Union(absences)
})

/** Everybody in the file: comma-joined JSON of presence entries, in UTF-8. */
export const ReadPresence = Rpc.make("ReadPresence", {
  success: Schema.Struct({ presence: Schema.Uint8Array }),
  error: Schema.Union(absences)
})

export const PresenceRpcs = RpcGroup.make(MovePresence, ReadPresence)
