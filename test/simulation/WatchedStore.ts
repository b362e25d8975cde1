/** The store, with a count of what a run must have seen in it to mean anything. */
import { type CommitRecord, type FileRecord, StoreModel } from "../harness/store/StoreModel.ts"

export class WatchedStore extends StoreModel {
  readonly counts = { fenced: 0, moves: 0 }
  /** Who was granted each epoch of a file. */
  private readonly owners = new Map<string, Map<number, string>>()

  override activate(id: string, shardId: string, address: string): FileRecord | undefined {
    const granted = super.activate(id, shardId, address)
    if (granted === undefined) return undefined
    const owners = this.owners.get(id) ?? new Map<number, string>()
    const before = owners.get(granted.epoch - 1)
    if (before !== undefined && before !== address) this.counts.moves++
    this.owners.set(id, owners.set(granted.epoch, address))
    return granted
  }

  /** The address of who was granted the file last. */
  ownerOf(id: string): string | undefined {
    return this.owners.get(id)?.get(this.files.get(id)?.epoch ?? 0)
  }

  override reclaim(id: string, epoch: number): FileRecord | undefined {
    const granted = super.reclaim(id, epoch)
    const owners = this.owners.get(id)
    const owner = owners?.get(epoch)
    if (granted !== undefined && owner !== undefined) owners?.set(granted.epoch, owner)
    return granted
  }

  override commit(batches: ReadonlyArray<CommitRecord>): ReadonlyArray<string> {
    for (const { epoch, fileId } of batches) {
      const owners = this.owners.get(fileId)
      const newest = this.files.get(fileId)?.epoch ?? 0
      if (newest > epoch && owners?.get(newest) !== owners?.get(epoch)) this.counts.fenced++
    }
    return super.commit(batches)
  }
}
