/**
 * What is started for a load: the limit or one Easel, members of one cluster, or clusters beside each other. Each
 * database is a PostgreSQL of its own, and everything is gone when the scope closes.
 */
import { Effect, type Scope } from "effect"
import { setTimeout as sleep } from "node:timers/promises"
import { existsSync } from "node:fs"
import { chmod, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as EmbeddedPostgres from "../../cluster/runtime/EmbeddedPostgres.ts"
import type { EmbeddedPostgresFailed } from "../../cluster/runtime/EmbeddedPostgres.ts"
import { type BenchFailed, type Server, startServer } from "./BenchProcess.ts"

/** `limit` and `single` are one server on a database; the others list the members on each database. */
export type Shape = "limit" | "single" | ReadonlyArray<ReadonlyArray<"node" | "gateway">>

interface Member extends Server {
  readonly postgresPid: number
}

export interface Topology {
  readonly members: ReadonlyArray<Member>
  /** The first database and the folder of its members. */
  readonly databaseUrl: string
  readonly dataFolder: string
}

export interface Commands {
  /** The bundle, which is also the limit relay. */
  readonly script: string
  /** Begins with node and ends with `start`. */
  readonly easelCommand: ReadonlyArray<string>
}

interface Options {
  readonly nodeFlags?: ReadonlyArray<string>
  readonly environment?: Readonly<Record<string, string>>
}

/** Members that came together share the shards out within this time. */
const shareMillis = 3_000

export const start = Effect.fnUntraced(function*(
  commands: Commands,
  shape: Shape,
  folder: string,
  { environment = {}, nodeFlags = [] }: Options
): Effect.fn.Return<Topology, BenchFailed | EmbeddedPostgresFailed, Scope.Scope> {
  const [node = "", ...args] = shape === "limit" ? [process.execPath, commands.script, "limit"] : commands.easelCommand
  const clusters = typeof shape === "string" ? [[undefined]] : shape
  const members: Array<Member> = []
  let first: EmbeddedPostgres.EmbeddedPostgres | undefined
  for (const [index, roles] of clusters.entries()) {
    const postgres = yield* EmbeddedPostgres.make({ dataFolder: join(folder, `postgres-${index}`) })
    first ??= postgres
    for (const role of roles) {
      const command = role === undefined ? args : [...args.slice(0, -1), role]
      const server = yield* startServer([node, ...nodeFlags, ...command], {
        ...environment,
        DATABASE_URL: postgres.url,
        EASEL_DATA: dataFolderOf(folder, index)
      })
      members.push({ ...server, postgresPid: postgres.pid })
    }
    if (roles.length > 1) yield* Effect.promise(() => sleep(shareMillis))
  }
  return { members, databaseUrl: first?.url ?? "", dataFolder: dataFolderOf(folder, 0) }
})

const dataFolderOf = (folder: string, cluster: number): string => join(folder, `easel-${cluster}`)

/** On a disk where there is one: a commit to memory would be no commit. */
export const temporaryFolder = Effect.acquireRelease(
  Effect.promise(async () => {
    const folder = await mkdtemp(join(existsSync("/var/tmp") ? "/var/tmp" : tmpdir(), "easel-bench-"))
    // PostgreSQL, which never runs as root, has to pass through; its own folder stays closed.
    await chmod(folder, 0o755)
    return folder
  }),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
)
