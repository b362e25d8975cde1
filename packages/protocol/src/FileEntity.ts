/** The sharded entity `File`: one actor per design file, addressed by file id. Gateways reach actors only through it. */
import * as Entity from "effect/cluster/Entity"
import { EditingRpcs } from "./EditingRpcs.ts"
import { PresenceRpcs } from "./PresenceRpcs.ts"

export const FileEntity = Entity.fromRpcGroup("File", EditingRpcs.merge(PresenceRpcs))
