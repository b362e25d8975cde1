/** What lists and searches read of a million files: what PostgreSQL does with exactly what the store asks. */
import { expect, layer } from "@effect/vitest"
import { Files, type ListFrom, Projects } from "@easel/store"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { busyUser, manyFiles, manyFilesCount, nameOf } from "../../harness/manyFiles.ts"
import { recordedClient, type RecordedStatement } from "../../harness/recordStatements.ts"
import * as store from "../../harness/storeLayer.ts"
import { TestDatabase } from "../../harness/testDatabase.ts"

const record: Array<RecordedStatement> = []

const recorded = Layer.mergeAll(Files.layer, Projects.layer).pipe(
  Layer.provide(recordedClient(record)),
  Layer.provide(store.sqlClient),
  Layer.provideMerge(TestDatabase.layer),
  Layer.provideMerge(store.quiet)
)

interface Plan {
  readonly "Node Type": string
  readonly "Relation Name"?: string
  readonly "Index Name"?: string
  readonly "Actual Rows": number
  readonly "Actual Loops": number
  readonly "Rows Removed by Filter"?: number
  readonly "Rows Removed by Index Recheck"?: number
  readonly Plans?: ReadonlyArray<Plan>
}

const nodesOf = (plan: Plan): ReadonlyArray<Plan> => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]

/** What the last statement that an effect caused reads of `files`: how, by which indexes, and how many rows. */
const readsOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    yield* effect
    const statement = record.at(-1)
    if (statement === undefined) throw new Error("no statement was recorded")
    const { sql } = yield* TestDatabase
    const [row] = yield* sql.unsafe<{ "QUERY PLAN": ReadonlyArray<{ readonly Plan: Plan }> }>(`EXPLAIN (ANALYZE, FORMAT JSON) ${statement.text}`, statement.parameters)
    const nodes = (row?.["QUERY PLAN"] ?? []).flatMap(({ Plan }) => nodesOf(Plan))
    const reads = nodes.filter((node) => node["Relation Name"] === "files")
    return {
      scans: nodes.filter((node) => node["Node Type"] === "Seq Scan" && node["Relation Name"] === "files").length,
      indexes: new Set(nodes.flatMap((node) => node["Index Name"] ?? [])),
      rows: reads.reduce((sum, node) =>
        sum + node["Actual Loops"] * (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0)), 0)
    }
  })

layer(Layer.provideMerge(Layer.effectDiscard(manyFiles), recorded), { excludeTestServices: true, timeout: 120_000 })("a million files", (it) => {
  const limit = 51
  const teamId = "00000000-0000-0000-0000-000000000001"

  it.effect.each<{ readonly what: string; readonly from: ListFrom; readonly index: string; readonly rowsMax: number }>([
    { what: "all of them", from: {}, index: "files_recent", rowsMax: limit },
    { what: "the trash", from: { trashed: true }, index: "files_trash", rowsMax: limit },
    { what: "a team", from: { teamId }, index: "files_team", rowsMax: limit },
    { what: "a project", from: { projectId: teamId }, index: "files_project", rowsMax: 2 * limit },
    { what: "a user's", from: { visibleTo: busyUser }, index: "files_team", rowsMax: 500 + 3 * limit },
    // All of what there is in the trash, one of 200 files, is one team's.
    { what: "a user's trash", from: { visibleTo: busyUser, trashed: true }, index: "files_team_trash", rowsMax: 500 + manyFilesCount / 200 + limit },
    { what: "a user's in a project", from: { visibleTo: busyUser, projectId: teamId }, index: "files_project", rowsMax: 500 + 2_000 },
    { what: "a rare name", from: { search: nameOf(777_777) }, index: "files_name", rowsMax: 1_000 },
    { what: "a frequent name", from: { search: "poster" }, index: "files_recent", rowsMax: 1_000 },
    { what: "a user's of a rare name", from: { visibleTo: busyUser, search: nameOf(777_770) }, index: "files_name", rowsMax: 2_000 },
    { what: "a user's of a frequent name", from: { visibleTo: busyUser, search: "poster" }, index: "files_team", rowsMax: 4_000 }
  ])("H26: a page of $what is read by $index, and not much more than the page", ({ from, index, rowsMax }) =>
    Effect.gen(function*() {
      const files = yield* Files
      const last = (yield* files.list(limit, from)).at(-1)
      for (const after of [undefined, last]) {
        const { indexes, rows, scans } = yield* readsOf(files.list(limit, { ...from, after }))
        expect({ scans, indexes: [...indexes].includes(index) || [...indexes], rows: rows <= rowsMax || rows }).toEqual({ scans: 0, indexes: true, rows: true })
      }
    }))

  it.effect("H22: what moves, leaves and lists projects finds files by index", () =>
    Effect.gen(function*() {
      const [files, projects] = [yield* Files, yield* Projects]
      const { sql } = yield* TestDatabase
      const [count] = yield* sql<{ count: number }>`SELECT count(*)::int AS count FROM files`
      expect(count?.count).toBe(manyFilesCount)
      const { id } = yield* files.create("Moving")
      expect((yield* readsOf(files.move(id, { teamId, projectId: teamId }))).indexes).toContain("files_pkey")
      expect((yield* readsOf(projects.list(teamId))).scans).toBe(0)
    }))
})
