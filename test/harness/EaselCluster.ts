/**
 * A cluster of real processes: `easel node` and `easel gateway` on one database and one data folder. It knows from the
 * tables of the cluster who is a member and who owns a file. Everything it started ends with it.
 *
 * What happens to one member is a verb of its process (`EaselProcess`), or of its way to the database (`TcpProxy`).
 */
import { onTestFailed, onTestFinished } from "vitest"
import { freePort } from "../../cluster/runtime/freePort.ts"
import { type EaselOptions, EaselProcess } from "./EaselProcess.ts"
import { createDatabase, type TestDatabase } from "./postgres.ts"
import { runSql } from "./runSql.ts"
import { shardOf } from "./shardOf.ts"
import { TcpProxy } from "./TcpProxy.ts"
import { type TemporaryFolder, temporaryFolder } from "./temporaryFolder.ts"
import { waitUntil } from "./waitUntil.ts"

export interface MemberOptions extends Pick<EaselOptions, "command" | "environment" | "fileIdle" | "preload"> {
  /** `node` by default. */
  readonly role?: "node" | "gateway"
  readonly workers?: number
  /** Puts a proxy between the member and the database. */
  readonly proxied?: boolean
  /** Puts a proxy between the others and the member's runner. */
  readonly runnerProxied?: boolean
}

export interface Member {
  /** `EASEL_NODE`, which its workers share. */
  readonly name: string
  readonly process: EaselProcess
  /** Its way to the database, if it is `proxied`. */
  readonly proxy: TcpProxy | undefined
  /** The others' way to its runner, if it is `runnerProxied`. */
  readonly runnerProxy: TcpProxy | undefined
}

/** A row of `cluster_members` that hosts shards. */
export interface RunnerRow {
  readonly address: string
  readonly name: string
  /** From 1; `null` for a runner beside its gateway. */
  readonly worker: number | null
  readonly state: "alive" | "leaving" | "dead"
  readonly shards: number
}

const shardsPerGroup = 300
const settleMillisMax = 30_000
const logCharsShown = 4_000

export class EaselCluster {
  readonly members: Array<Member> = []
  readonly #database: TestDatabase
  readonly #folder: TemporaryFolder

  private constructor(database: TestDatabase, folder: TemporaryFolder) {
    this.#database = database
    this.#folder = folder
  }

  /** On a database of the run's server, or on one that the test brings, which goes with the cluster. */
  static async prepare(database?: TestDatabase): Promise<EaselCluster> {
    return new EaselCluster(database ?? await createDatabase(), await temporaryFolder())
  }

  get databaseUrl(): string {
    return this.#database.url
  }

  /** Starts members at the same time and waits until they are ready. */
  async start(...members: ReadonlyArray<MemberOptions>): Promise<ReadonlyArray<Member>> {
    const added: Array<Member> = []
    for (const options of members) added.push(await this.#add(options))
    await Promise.all(added.map(({ process }) => process.start()))
    return added
  }

  /** Members whose process runs and answers. */
  get living(): ReadonlyArray<Member> {
    return this.members.filter(({ process }) => process.isRunning && !process.isFrozen && process.isReady)
  }

  async runners(): Promise<ReadonlyArray<RunnerRow>> {
    const rows = await this.sql(
      `SELECT m.address, m.status->>'node' AS name, (m.status->>'worker')::int AS worker, m.state,
         (SELECT count(*)::int FROM shard_leases l WHERE l.address = m.address AND starts_with(l.shard_id, 'default:')) AS shards
       FROM cluster_members m WHERE m.runner IS NOT NULL ORDER BY m.address`
    )
    // SAFETY: the columns are those of RunnerRow.
    return rows as unknown as ReadonlyArray<RunnerRow>
  }

  /** The runner that holds the lease of the file's shard, whatever its state. */
  async runnerOf(fileId: string): Promise<RunnerRow | undefined> {
    const [lease] = await this.sql("SELECT address FROM shard_leases WHERE shard_id = $1", [shardOf(fileId, shardsPerGroup)])
    return (await this.runners()).find(({ address }) => address === lease?.["address"])
  }

  /** The member that owns each of the files, or with `address` the runner, by file. */
  async ownersOf(fileIds: ReadonlyArray<string>, by: "name" | "address" = "name"): Promise<ReadonlyMap<string, string>> {
    const rows = await this.sql(
      `SELECT l.shard_id AS shard, m.status->>'node' AS name, address FROM shard_leases l JOIN cluster_members m USING (address)`
    )
    const owners = new Map(rows.map((row) => [String(row["shard"]), String(row[by])]))
    return new Map(fileIds.map((fileId) => [fileId, owners.get(shardOf(fileId, shardsPerGroup)) ?? "nobody"]))
  }

  /** Every shard is held by a living runner, and none has a tenth more or less than its even part. */
  async untilSettled(runnersCount: number): Promise<void> {
    let seen: ReadonlyArray<RunnerRow> = []
    await waitUntil(async () => {
      seen = (await this.runners()).filter(({ shards, state }) => shards > 0 || state === "alive")
      const even = shardsPerGroup / runnersCount
      return seen.length === runnersCount && seen.reduce((sum, { shards }) => sum + shards, 0) === shardsPerGroup
        && seen.every(({ shards, state }) => state === "alive" && Math.abs(shards - even) <= even / 10)
    }, { deadlineMillis: settleMillisMax, what: `${runnersCount} runners share the shards evenly`, state: () => seen })
  }

  sql(text: string, parameters: ReadonlyArray<unknown> = []): ReturnType<typeof runSql> {
    return runSql(this.databaseUrl, text, parameters)
  }

  /** Ends everything, whatever state it is in. */
  async dispose(): Promise<void> {
    const proxies = this.members.flatMap(({ proxy, runnerProxy }) => [proxy ?? [], runnerProxy ?? []]).flat()
    for (const proxy of proxies) proxy.heal()
    await Promise.all(this.members.map(({ process }) => process.dispose()))
    for (const proxy of proxies) await proxy.stop()
    await this.#database.drop()
    await this.#folder.remove()
  }

  show(): void {
    for (const { name, process } of this.members) console.error(`what ${name} printed:\n${process.log.slice(-logCharsShown)}`)
  }

  async #add({ environment = {}, proxied = false, role = "node", runnerProxied = false, workers = 0, ...options }: MemberOptions): Promise<Member> {
    const number = this.members.length + 1
    const name = `${role}-${number}`
    const proxy = proxied ? await TcpProxy.start(this.databaseUrl) : undefined
    const runner = runnerProxied ? await proxiedRunner(number) : undefined
    const process = await EaselProcess.prepare({
      ...options,
      role,
      flags: role === "node" ? ["--workers", String(workers)] : [],
      databaseUrl: proxy?.url ?? this.databaseUrl,
      dataFolder: this.#folder.path,
      environment: { ...runner?.environment, ...environment, EASEL_NODE: name, EASEL_SHARDS: String(shardsPerGroup) }
    })
    const member = { name, process, proxy, runnerProxy: runner?.proxy }
    this.members.push(member)
    return member
  }
}

/** A runner that the others reach under a loopback address of its own, at which a proxy listens in its place. */
const proxiedRunner = async (number: number) => {
  const [host, port] = [`127.0.0.${number + 1}`, await freePort()]
  const proxy = await TcpProxy.start(`tcp://127.0.0.1:${port}`, { host, port })
  return { proxy, environment: { EASEL_RUNNER_HOST: host, EASEL_RUNNER_PORT: String(port), EASEL_RUNNER_LISTEN: "127.0.0.1" } }
}

/** A cluster for one test, with so many nodes, which share the shards evenly. */
export const clusterForTest = async (...members: ReadonlyArray<MemberOptions>): Promise<EaselCluster> =>
  startedForTest(await EaselCluster.prepare(), members)

/** The same on a database that the test brings. */
export const clusterOn = async (database: TestDatabase, ...members: ReadonlyArray<MemberOptions>): Promise<EaselCluster> =>
  startedForTest(await EaselCluster.prepare(database), members)

const startedForTest = async (cluster: EaselCluster, members: ReadonlyArray<MemberOptions>): Promise<EaselCluster> => {
  onTestFinished(() => cluster.dispose())
  onTestFailed(() => cluster.show())
  await cluster.start(...members)
  await cluster.untilSettled(members.reduce((sum, { role = "node", workers = 0 }) => sum + (role === "gateway" ? 0 : Math.max(1, workers)), 0))
  return cluster
}
