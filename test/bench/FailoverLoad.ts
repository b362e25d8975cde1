/**
 * How long shards are nobody's when their runner is killed, frozen, or loses its sessions with PostgreSQL: two runners
 * share them out, one is struck, and the clock runs until the other has all; of one that lost its sessions, how many it keeps.
 */
import { PgConnection } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { migrate } from "../../cluster/runtime/Migrate.ts"
import { waitUntil } from "../harness/waitUntil.ts"
import type { Failover, FailoverResult } from "./LoadSpec.ts"
import { holderShards } from "./ShardHolder.ts"

const sharedMillisMax = 60_000
const takenMillisMax = 90_000
/** A runner that lost its sessions is watched for so long. */
const watchMillis = 5_000

class Holder {
  held = 0
  least = Number.POSITIVE_INFINITY
  readonly child: ChildProcess

  constructor(locks: Failover["locks"], databaseUrl: string) {
    this.child = spawn(process.execPath, [process.argv[1] ?? "", "hold", locks, databaseUrl], { stdio: ["ignore", "pipe", "inherit"] })
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      for (const [, count] of text.matchAll(/^held (\d+)$/gm)) {
        this.held = Number(count)
        this.least = Math.min(this.least, this.held)
      }
    })
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    this.child.kill("SIGKILL")
    await once(this.child, "exit")
  }
}

export const runFailover = async (spec: Failover): Promise<FailoverResult> => {
  const killed: Array<number> = []
  const frozen: Array<number> = []
  const keptOfSession: Array<number> = []
  for (let trial = 0; trial < spec.trials; trial++) {
    killed.push(await struck(spec, `killed_${trial}`, ({ child }) => child.kill("SIGKILL")))
    frozen.push(await struck(spec, `frozen_${trial}`, ({ child }) => child.kill("SIGSTOP")))
    keptOfSession.push(await sessionsLost(spec, `session_${trial}`))
  }
  return { _tag: "Failover", killedMillis: killed, frozenMillis: frozen, keptWithoutSession: keptOfSession }
}

/** Millis until the other runner holds all shards. */
const struck = (spec: Failover, name: string, strike: (holder: Holder) => void): Promise<number> =>
  withTwo(spec, name, async (first, second) => {
    const startedAt = performance.now()
    strike(first)
    await waitUntil(() => second.held === holderShards, {
      deadlineMillis: takenMillisMax,
      what: "the other runner has all shards",
      state: () => second.held
    })
    return performance.now() - startedAt
  })

/** The least share of its shards that a living runner had after its sessions were ended. */
const sessionsLost = (spec: Failover, name: string): Promise<number> =>
  withTwo(spec, name, async (first, _second, database) => {
    const before = first.held
    first.least = before
    await run(spec.databaseUrl, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}'`)
    await sleep(watchMillis)
    return first.least / before
  })

const withTwo = async (spec: Failover, name: string, use: (first: Holder, second: Holder, database: string) => Promise<number>): Promise<number> => {
  const database = `failover_${name}`
  await run(spec.databaseUrl, `CREATE DATABASE ${database}`)
  const url = new URL(spec.databaseUrl)
  url.pathname = `/${database}`
  await migrate(url.href)
  const holders = [new Holder(spec.locks, url.href), new Holder(spec.locks, url.href)] as const
  try {
    const [first, second] = holders
    await waitUntil(() => first.held > 0 && second.held > 0 && first.held + second.held === holderShards, {
      deadlineMillis: sharedMillisMax,
      what: "two runners share the shards",
      state: () => [first.held, second.held]
    })
    return await use(first, second, database)
  } finally {
    for (const holder of holders) await holder.end()
  }
}

const run = (databaseUrl: string, statement: string): Promise<unknown> =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(
    PgConnection.make({ url: Redacted.make(databaseUrl) }),
    (connection) => connection.queryValues(statement, [])
  )))
