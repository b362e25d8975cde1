/** A million files, of a thousand teams and of nobody; indexes are made after the rows, which is faster. */
import * as Effect from "effect/Effect"
import { TestDatabase } from "./testDatabase.ts"

export const manyFilesCount = 1_000_000

/** A member of three teams, of which one has every tenth file, who was given 500 files besides. */
export const busyUser = "busy"

/** What is behind a kind in a name. */
export const nameOf = (n: number): string => ((n * 40_503) % 2 ** 24).toString(16)

export const manyFiles = Effect.gen(function*() {
  const { sql } = yield* TestDatabase
  yield* sql.withTransaction(fill(sql))
  yield* sql`ANALYZE files, file_members, team_members, users, projects`
})

const fill = Effect.fnUntraced(function*(sql: TestDatabase["Service"]["sql"]) {
  yield* sql`SET LOCAL maintenance_work_mem = '256MB'`
  // Whether their teams are there need not be asked for each.
  yield* sql`SET LOCAL session_replication_role = 'replica'`
  const indexes = yield* sql<{ name: string; definition: string }>`SELECT indexname AS name, indexdef AS definition FROM pg_indexes
    WHERE tablename = 'files' AND indexname <> 'files_pkey'`
  for (const { name } of indexes) yield* sql.unsafe(`DROP INDEX ${name}`)
  yield* sql`INSERT INTO users (subject, name) VALUES (${busyUser}, 'Busy')`
  yield* sql`INSERT INTO teams (id, name) SELECT lpad(n::text, 32, '0')::uuid, 'team' FROM generate_series(0, 999) n`
  yield* sql`INSERT INTO projects (id, team_id, name) SELECT id, id, 'project' FROM teams`
  yield* sql`INSERT INTO team_members (team_id, user_id, role) SELECT t.id, u.id, 'editor'
    FROM users u, (SELECT id FROM teams ORDER BY id LIMIT 3) t WHERE u.subject = ${busyUser}`
  // The first team has every tenth file, and each of the others some hundreds.
  yield* sql`INSERT INTO files (id, name, created_at, team_id, project_id, deleted_at)
    SELECT lpad(to_hex(n::bigint * 40503 % 16777216), 32, '0')::uuid, (ARRAY['Poster', 'Icon', 'Flow', 'Brand'])[1 + n % 4] || ' ' || to_hex(n::bigint * 40503 % 16777216), now() - n * interval '1 second', team, CASE WHEN n % 3 = 0 THEN team END,
      CASE WHEN n % 200 = 0 THEN now() END
    FROM (SELECT n, lpad((CASE WHEN n % 10 = 0 THEN 0 WHEN n % 10 = 9 THEN NULL ELSE n % 1000 END)::text, 32, '0')::uuid AS team
      FROM generate_series(1, ${manyFilesCount}) n) rows`
  yield* sql`INSERT INTO file_members (file_id, user_id, role) SELECT f.id, u.id, 'viewer'
    FROM users u, (SELECT id FROM files WHERE team_id IS NULL LIMIT 500) f WHERE u.subject = ${busyUser}`
  for (const { definition } of indexes) yield* sql.unsafe(definition)
})
