/** The sharded entity `File`: one actor per design file. Gateways reach actors only through it. */
import * as ClusterSchema from "effect/cluster/ClusterSchema"
import * as Entity from "effect/cluster/Entity"
import { CommentRpcs } from "./CommentRpcs.ts"
import { EditingRpcs } from "./EditingRpcs.ts"
import { PresenceRpcs } from "./PresenceRpcs.ts"
import { placeOf } from "./shardGroups.ts"
import { VersionRpcs } from "./VersionRpcs.ts"

export const FileEntity = Entity.fromRpcGroup("File", EditingRpcs.merge(PresenceRpcs, VersionRpcs, CommentRpcs)).annotate(
  ClusterSchema.ShardGroup,
  (entityId) => placeOf(entityId).group
)
