/**
 * Groups of shards: `default` for ordinary files, `hot` for files that are busy, on runners that take no others. Where
 * a file lives stands in the database; in the cluster its group is a part of its entity id.
 */
export const shardGroups = ["default", "hot"] as const
export type ShardGroup = typeof shardGroups[number]

export const entityIdOf = (fileId: string, group: ShardGroup): string => group === "default" ? fileId : `${group}:${fileId}`

export const placeOf = (entityId: string): { readonly fileId: string; readonly group: ShardGroup } => {
  const group = shardGroups.find((name) => entityId.startsWith(`${name}:`))
  return group === undefined ? { fileId: entityId, group: "default" } : { fileId: entityId.slice(group.length + 1), group }
}
