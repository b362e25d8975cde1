/** The group of ordinary files, and the one of files that moved to runners of their own while they are busy. */
export const shardGroups = ["default", "hot"] as const
export type ShardGroup = typeof shardGroups[number]
