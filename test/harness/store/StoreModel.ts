/**
 * What the rows of PostgreSQL come to that file actors and the cluster use, in memory: each method is one statement, and
 * happens at once or, when it throws `Refused`, not at all. Written apart from the SQL; `storeContract` holds both to the
 * same rules, and to the same answers.
 */
import type { ShardGroup } from "@easel/protocol"
import type { MemberStatus } from "@easel/store"

/** PostgreSQL refuses the statement. */
export class Refused extends Error {
  readonly sqlState: string

  constructor(sqlState: string) {
    super(`SQLSTATE ${sqlState}`)
    this.sqlState = sqlState
  }
}

export interface FileRecord {
  readonly id: string
  name: string
  epoch: number
  headSeq: number
  access: number
  group: ShardGroup
  isDeleted: boolean
}

/** A row of `operations`, as the columns of the commit statement have it. */
export interface OperationRecord {
  readonly seq: number
  readonly epoch: number
  readonly operationId: string
  readonly key: string
  readonly contentHash: string
  readonly status: string
  readonly operationType: string
  readonly objectId: string
  readonly propertyPath: string | null
  readonly oldValue: string | null
  readonly newValue: string | null
  readonly timestamp: number
  readonly userId: string
  readonly clientId: string
}

export interface CommitRecord {
  readonly fileId: string
  readonly epoch: number
  readonly access: number
  readonly expectedSeq: number
  readonly headSeq: number
  readonly rows: ReadonlyArray<OperationRecord>
}

export interface MemberRecord {
  readonly address: string
  runner: string | null
  state: "alive" | "leaving" | "dead"
  status: MemberStatus
  heartbeatAt: number
  readonly joinedAt: number
  readonly machineId: number
}

export interface CheckpointRecord {
  readonly seq: number
  readonly text: string
}

/** Members that were silent for so long are forgotten when another one joins. */
const forgetMillis = 3_600_000

export class StoreModel {
  readonly files = new Map<string, FileRecord>()
  readonly operations = new Map<string, Array<OperationRecord>>()
  private readonly keys = new Map<string, Set<string>>()
  private readonly checkpoints = new Map<string, Array<CheckpointRecord>>()
  private readonly members = new Map<string, MemberRecord>()
  private readonly leases = new Map<string, { address: string; acquiredAt: number }>()
  private readonly now: () => number
  private machines = 0

  /** `now` is the database's clock, in milliseconds since 1970. */
  constructor(now: () => number) {
    this.now = now
  }

  // ---- files --------------------------------------------------------------------------------------------------

  createFile(id: string, name: string): void {
    this.files.set(id, { id, name, epoch: 0, headSeq: 0, access: 0, group: "default", isDeleted: false })
    this.operations.set(id, [])
    this.keys.set(id, new Set())
  }

  file(id: string): FileRecord | undefined {
    const file = this.files.get(id)
    return file?.isDeleted === true ? undefined : file
  }

  /** The file, if it was granted. */
  activate(id: string, shardId: string, address: string): FileRecord | undefined {
    const file = this.file(id)
    const group = groupOf(shardId)
    if (file === undefined || this.leases.get(shardId)?.address !== address) return undefined
    if (file.group !== group && this.hosts(file.group)) return undefined
    file.epoch++
    file.group = group
    return { ...file }
  }

  reclaim(id: string, epoch: number): FileRecord | undefined {
    const file = this.file(id)
    if (file?.epoch !== epoch) return undefined
    file.epoch++
    return { ...file }
  }

  place(id: string, epoch: number, group: ShardGroup): boolean {
    const file = this.files.get(id)
    if (file?.epoch !== epoch || !this.hosts(group)) return false
    file.group = group
    return true
  }

  // ---- the log ------------------------------------------------------------------------------------------------

  /** The ids of the files whose head advanced. */
  commit(batches: ReadonlyArray<CommitRecord>): ReadonlyArray<string> {
    const advanced = batches.filter(({ access, epoch, expectedSeq, fileId }) => {
      const file = this.file(fileId)
      return file?.epoch === epoch && file.access === access && file.headSeq === expectedSeq
    })
    for (const { fileId, rows } of advanced) this.refuseOrAccept(fileId, rows)
    for (const { fileId, headSeq, rows } of advanced) {
      const file = this.files.get(fileId)
      if (file !== undefined) file.headSeq = headSeq
      for (const row of rows) {
        this.operations.get(fileId)?.push(row)
        this.keys.get(fileId)?.add(row.key)
      }
    }
    return advanced.map(({ fileId }) => fileId)
  }

  /** Throws when the rows cannot be inserted. */
  refuseOrAccept(fileId: string, rows: ReadonlyArray<OperationRecord>): void {
    const log = this.operations.get(fileId) ?? []
    const keys = new Set<string>()
    for (const { key, newValue, oldValue, seq } of rows) {
      if (isPoison(newValue) || isPoison(oldValue)) throw new Refused("22P05")
      if (keys.has(key) || this.keys.get(fileId)?.has(key) === true || log[seq - 1] !== undefined) throw new Refused("23505")
      keys.add(key)
    }
  }

  read(fileId: string, afterSeq: number, upToSeq: number, limit: number): ReadonlyArray<OperationRecord> {
    return (this.operations.get(fileId) ?? []).slice(afterSeq, Math.min(upToSeq, afterSeq + limit))
  }

  findKeys(fileId: string, keys: ReadonlyArray<string>): ReadonlyArray<OperationRecord> {
    const known = this.keys.get(fileId)
    if (!keys.some((key) => known?.has(key))) return []
    return (this.operations.get(fileId) ?? []).filter(({ key }) => keys.includes(key))
  }

  // ---- checkpoints --------------------------------------------------------------------------------------------

  saveCheckpoint(fileId: string, checkpoint: CheckpointRecord): void {
    const others = (this.checkpoints.get(fileId) ?? []).filter(({ seq }) => seq !== checkpoint.seq)
    this.checkpoints.set(fileId, [...others, checkpoint])
  }

  loadCheckpoint(fileId: string, upToSeq: number): CheckpointRecord | undefined {
    return (this.checkpoints.get(fileId) ?? []).filter(({ seq }) => seq <= upToSeq).toSorted((a, b) => b.seq - a.seq)[0]
  }

  // ---- members ------------------------------------------------------------------------------------------------

  join(address: string, runner: string | null): number {
    const now = this.now()
    for (const member of this.members.values()) {
      if (member.address !== address && member.heartbeatAt < now - forgetMillis) this.members.delete(member.address)
    }
    const before = this.members.get(address)
    if (before !== undefined) {
      Object.assign(before, { runner, state: "alive", heartbeatAt: now })
      return before.machineId
    }
    const machineId = ++this.machines
    this.members.set(address, { address, runner, state: "alive", status: {}, heartbeatAt: now, joinedAt: now, machineId })
    return machineId
  }

  leave(address: string): void {
    const member = this.members.get(address)
    if (member !== undefined) member.state = "leaving"
  }

  remove(address: string): void {
    this.members.delete(address)
  }

  beat(address: string, status: MemberStatus): void {
    const member = this.members.get(address)
    if (member === undefined) return
    member.heartbeatAt = this.now()
    member.status = status
    if (member.state !== "leaving") member.state = "alive"
  }

  silent(address: string, silentMillisMax: number): ReadonlyArray<{ readonly address: string; readonly silentMillis: number }> {
    return [...this.members.values()]
      .filter((member) => member.state !== "dead" && member.address !== address && this.silentMillis(member) > silentMillisMax)
      .map((member) => ({ address: member.address, silentMillis: this.silentMillis(member) }))
  }

  bury(address: string, silentMillis: number): boolean {
    const member = this.members.get(address)
    if (member === undefined || member.state === "dead" || this.silentMillis(member) < silentMillis) return false
    member.state = "dead"
    return true
  }

  runners(): ReadonlyArray<readonly [runner: string, isAlive: boolean]> {
    const members = [...this.members.values()]
    const isAnyAlive = members.some(({ runner, state }) => runner !== null && state === "alive")
    return members.flatMap(({ address, runner, state }) =>
      runner === null || (state === "leaving" && isAnyAlive && this.held(address).length === 0) ? [] : [[runner, state !== "dead"] as const])
  }

  hosts(group: ShardGroup): boolean {
    return [...this.members.values()].some(({ runner, state }) => state === "alive" && groupsOf(runner).includes(group))
  }

  tookMillisAgo(address: string): number {
    const others = [...this.leases.values()].filter((lease) => lease.address !== address)
    return this.now() - Math.max(-Infinity, ...others.map(({ acquiredAt }) => acquiredAt))
  }

  // ---- leases -------------------------------------------------------------------------------------------------

  take(address: string, shardIds: ReadonlyArray<string>): ReadonlyArray<string> {
    const taken = shardIds.filter((shardId) => {
      const holder = this.leases.get(shardId)?.address
      const state = holder === undefined ? undefined : this.members.get(holder)?.state
      return holder === address || state === undefined || state === "dead"
    })
    for (const shardId of taken) this.leases.set(shardId, { address, acquiredAt: this.now() })
    return taken
  }

  held(address: string): ReadonlyArray<string> {
    return [...this.leases].flatMap(([shardId, lease]) => lease.address === address ? [shardId] : [])
  }

  release(address: string, shardIds: ReadonlyArray<string>): void {
    for (const shardId of shardIds) if (this.leases.get(shardId)?.address === address) this.leases.delete(shardId)
  }

  private silentMillis({ heartbeatAt }: MemberRecord): number {
    return this.now() - heartbeatAt
  }
}

/** U+0000, which `jsonb` does not take. */
const isPoison = (json: string | null): boolean => json !== null && /(?<!\\)(?:\\\\)*\\u0000/.test(json)

const groupOf = (shardId: string): ShardGroup => shardId.startsWith("hot:") ? "hot" : "default"

const groupsOf = (runner: string | null): ReadonlyArray<string> => {
  const { groups = [] }: { readonly groups?: ReadonlyArray<string> } = JSON.parse(runner ?? "{}")
  return groups
}
