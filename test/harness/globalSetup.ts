/**
 * Vitest's global set-up: one PostgreSQL for the whole run and, in it, the
 * migrated template that test databases are copied from. Without
 * `EASEL_TEST_DATABASE_URL` the server is an embedded one in a temporary
 * folder, without fsync (a killed process loses nothing by that, only a power
 * cut would); with it, that server is used, by one run at a time, and left as
 * it was found.
 */
import { Effect, Exit, Scope } from "effect"
import { randomUUID } from "node:crypto"
import type { TestProject } from "vitest/node"
import * as EmbeddedPostgres from "../../cluster/runtime/EmbeddedPostgres.ts"
import { dropDatabase, templateDatabase, withDatabase } from "./postgres.ts"
import { endSessions, runSql } from "./runSql.ts"
import { temporaryFolder } from "./temporaryFolder.ts"

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const scope = Scope.makeUnsafe()
  const close = () => Effect.runPromise(Scope.close(scope, Exit.void))
  try {
    const provided = await resources.pipe(Scope.provide(scope), Effect.runPromise)
    project.provide("postgresUrl", provided.url)
    project.provide("postgresPrefix", provided.prefix)
    return close
  } catch (error) {
    await close()
    throw error
  }
}

const server = Effect.gen(function*() {
  const folder = yield* Effect.acquireRelease(
    Effect.promise(() => temporaryFolder()),
    ({ remove }) => Effect.promise(remove)
  )
  const { url } = yield* EmbeddedPostgres.make({
    dataFolder: folder.path,
    settings: { fsync: "off", full_page_writes: "off", synchronous_commit: "on", max_connections: "300" }
  })
  return url
})

const resources = Effect.gen(function*() {
  const url = process.env["EASEL_TEST_DATABASE_URL"] ?? (yield* server)
  const prefix = `easel_test_${randomUUID().slice(0, 8)}_`
  yield* Effect.addFinalizer(() => Effect.promise(() => sweep(url, prefix).finally(endSessions)))
  yield* Effect.promise(() => createTemplate(url))
  return { url, prefix }
})

const createTemplate = async (url: string): Promise<void> => {
  const { migrate } = await import("../../cluster/runtime/Migrate.ts")
  await dropDatabase(url, templateDatabase)
  await runSql(url, `CREATE DATABASE ${templateDatabase}`)
  await migrate(withDatabase(url, templateDatabase))
}

/** Drops the template and whatever databases the run's tests have left. */
const sweep = async (url: string, prefix: string): Promise<void> => {
  const rows = await runSql(url, "SELECT datname FROM pg_database WHERE starts_with(datname, $1)", [prefix])
  for (const { datname } of rows) await dropDatabase(url, String(datname))
  await dropDatabase(url, templateDatabase)
}
