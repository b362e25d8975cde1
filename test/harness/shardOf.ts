/**
 * The shard of the group `default` that a file lives in, as effect 4.1 computes it (`cluster/internal/hash.ts` and
 * `Sharding.getShardId`, which need a running cluster). `test/integration/ShardLeases.test.ts` compares the two.
 */
export const shardOf = (fileId: string, shardsPerGroup = 300): string =>
  `default:${Math.abs(hash(fileId) % shardsPerGroup) + 1}`

const hash = (text: string): number => {
  let mixed = 5381
  for (let index = text.length - 1; index >= 0; index--) mixed = (mixed * 33) ^ text.charCodeAt(index)
  return (mixed & 0xbfffffff) | ((mixed >>> 1) & 0x40000000)
}
