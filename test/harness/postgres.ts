/**
 * Databases for tests. The run has one PostgreSQL server (see globalSetup.ts)
 * with a migrated template; each test file takes a copy of it, which costs
 * some 30 ms, and so shares nothing with the others.
 */
import { randomUUID } from "node:crypto"
import { inject } from "vitest"
import { runSql } from "./runSql.ts"

declare module "vitest" {
  interface ProvidedContext {
    /** A superuser's url on the run's server; its database is not for tests. */
    readonly postgresUrl: string
    /** Databases of this run start with it, so that the end of the run can sweep them. */
    readonly postgresPrefix: string
  }
}

export const templateDatabase = "easel_template"

export interface TestDatabase {
  readonly url: string
  /** Ends the sessions that are still open. */
  readonly drop: () => Promise<void>
}

/** A fresh database with the current schema. */
export const createDatabase = async (): Promise<TestDatabase> => {
  const adminUrl = inject("postgresUrl")
  const name = `${inject("postgresPrefix")}${randomUUID().replaceAll("-", "")}`
  await runSql(adminUrl, `CREATE DATABASE ${name} TEMPLATE ${templateDatabase}`)
  return {
    url: withDatabase(adminUrl, name),
    drop: () => dropDatabase(adminUrl, name)
  }
}

export const dropDatabase = async (adminUrl: string, name: string): Promise<void> => {
  await runSql(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
}

export const withDatabase = (url: string, name: string): string => {
  const copy = new URL(url)
  copy.pathname = `/${name}`
  return copy.href
}
