/**
 * `kill -9` of a compaction, again and again: every operation is in the table or in a segment, and the last run ends it.
 * `EASEL_SLOW_KILLS` sets how often (4).
 */
import { expect, layer } from "@effect/vitest"
import { Log } from "@easel/store"
import * as Effect from "effect/Effect"
import { commitEarlier, monthsAgo, whereIs } from "../../harness/agedLog.ts"
import { committedFile } from "../../harness/committedFile.ts"
import { EaselProcess } from "../../harness/EaselProcess.ts"
import { eventually } from "../../harness/eventually.ts"
import * as cluster from "../../harness/fileCluster.ts"
import { upTo } from "../../harness/fileCluster.ts"
import { TestDatabase } from "../../harness/testDatabase.ts"
import { measure } from "../report/record.ts"

const kills = Number(process.env["EASEL_SLOW_KILLS"] ?? 4)
/** Enough for each kill to come while there is more to write. */
const smallFiles = 3 * kills

layer(cluster.layer(), { excludeTestServices: true })("compaction", (it) => {
  it.effect(`L1 L2: ${kills} times kill -9 of a compaction lose nothing`, () =>
    Effect.gen(function*() {
      const { folder, sql, url } = yield* TestDatabase
      const log = yield* Log
      const large = yield* committedFile(5_500, monthsAgo(6))
      yield* commitEarlier(large.id, 1, 5_490, 5)
      const small = yield* Effect.forEach(upTo(smallFiles), () =>
        Effect.gen(function*() {
          const file = yield* committedFile(6, monthsAgo(6))
          yield* commitEarlier(file.id, 1, 2, 5)
          yield* commitEarlier(file.id, 3, 4, 4)
          return file
        }))
      const files = [large, ...small]
      const logs = Effect.forEach(files, (file) =>
        Effect.gen(function*() {
          const entries: Array<unknown> = []
          for (let page = yield* log.read(file.id, 0, 5_500, 5_000); page.length > 0;) {
            entries.push(...page)
            page = yield* log.read(file.id, entries.length, 5_500, 5_000)
          }
          return `${entries.length}: ${JSON.stringify(entries)}`
        }), { concurrency: 4 })
      const before = yield* logs
      expect(before.map((text) => text.slice(0, text.indexOf(":")))).toEqual(["5500", ...small.map(() => "6")])
      const written = sql<{ count: number }>`SELECT count(*)::int AS count FROM log_segments`.pipe(Effect.map(([row]) => row?.count ?? 0), Effect.orDie)

      // So that a run is seen to write before it has written all.
      yield* sql`CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.05); RETURN NEW; END'`
      yield* sql`CREATE TRIGGER slowly BEFORE INSERT ON log_segments FOR EACH ROW EXECUTE FUNCTION slowly()`
      const all = 2 + smallFiles * 2
      let [cutOff, whole] = [0, 0]
      yield* Effect.addFinalizer(() => Effect.sync(() =>
        measure("kill -9 of a compaction while it writes: the log of every file is whole after it", "all", `${whole} of ${cutOff}`, whole === cutOff)))
      for (let kill = 1; kill <= kills; kill++) {
        const run = yield* Effect.promise(() => EaselProcess.prepare({ role: "compact", databaseUrl: url, dataFolder: folder }))
        const target = Math.max((yield* written) + 1, Math.floor((all * kill) / (kills + 1)))
        run.launch()
        yield* eventually("some more is written", Effect.map(written, (count) => count >= target || !run.isRunning), () => run.log)
        if (run.isRunning) cutOff++
        yield* Effect.promise(() => run.kill())
        expect(yield* logs).toEqual(before)
        whole = cutOff
      }
      expect(cutOff).toBe(kills)

      const last = yield* Effect.promise(() => EaselProcess.prepare({ role: "compact", databaseUrl: url, dataFolder: folder }))
      last.launch()
      expect(yield* Effect.promise(() => last.exited())).toMatchObject({ code: 0 })
      expect(yield* logs).toEqual(before)
      expect(yield* Effect.forEach(files, ({ id }) => whereIs(id))).toEqual([
        { table: 10, kept: 0, segments: 5_490 },
        ...small.map(() => ({ table: 2, kept: 0, segments: 4 }))
      ])
    }), 120_000 + kills * 10_000)
})
