/** A file's actor when commits fail: unknown outcomes (A8), refusals (J4), fencing (A9), and its own defects. */
import { expect, layer } from "@effect/vitest"
import { Files, Quarantine } from "@easel/store"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { eventuallySync } from "../harness/eventually.ts"
import * as cluster from "../harness/fileCluster.ts"
import { logOf, newFile, upTo } from "../harness/fileCluster.ts"
import { create, rectangles, update } from "../harness/operations.ts"
import { TestDatabase, testLease } from "../harness/testDatabase.ts"
import { watchFile } from "../harness/watchFile.ts"

layer(cluster.layer(), { excludeTestServices: true })("FileActor", (it) => {
  it.effect("A8: operations whose commit broke are found not to be in the log, and are committed", () =>
    Effect.gen(function*() {
      const { lockFile, terminate, untilBlocked } = yield* TestDatabase
      const file = yield* newFile
      yield* file.submit(rectangles(2))
      const watcher = yield* watchFile(file)
      yield* eventuallySync("the watch is live", () => watcher.seq === 2)
      const lock = yield* lockFile(file.id)
      const fibers = yield* Effect.forEach(upTo(5), (n) => Effect.forkChild(file.submit([update("rectangle0", "x", n), create(`new${n}`)])))
      yield* untilBlocked("easel-journal")
      yield* terminate("commits")
      yield* lock.release
      for (const fiber of fibers) expect((yield* Fiber.join(fiber)).map(({ status }) => status)).toEqual(["applied", "applied"])
      const log = yield* logOf(file.id)
      expect(log.map(({ seq }) => seq)).toEqual(upTo(12))
      expect(new Set(log.map(({ key }) => key)).size).toBe(12)
      yield* eventuallySync("all is broadcast", () => watcher.seq === 12)
      expect(watcher.faults).toEqual([])
    }))

  it.effect("A8: the actor waits out a database that is away, and reads are answered meanwhile", () =>
    Effect.gen(function*() {
      const { lockFile, terminate, untilBlocked } = yield* TestDatabase
      const file = yield* newFile
      yield* file.submit(rectangles(1))
      const lock = yield* lockFile(file.id)
      const fiber = yield* Effect.forkChild(file.submit([create("new")]))
      yield* untilBlocked("easel-journal")
      yield* terminate("commits")
      // The recovery waits for the same lock, on another session.
      yield* untilBlocked("easel")
      expect(yield* file.read).toMatchObject({ seq: 1, objects: [{ id: "rectangle0" }] })
      expect(fiber.pollUnsafe()).toBeUndefined()
      yield* terminate("queries")
      yield* lock.release
      expect(yield* Fiber.join(fiber)).toMatchObject([{ status: "applied", seq: 2 }])
    }))

  it.effect("A1: a refusal that depends on a commit which broke is not answered before the recovery", () =>
    Effect.gen(function*() {
      const { hold, lockFile, sql, terminate, untilBlocked, untilUnblocked } = yield* TestDatabase
      const file = yield* newFile
      yield* file.submit(rectangles(1))
      const rowLock = yield* lockFile(file.id)
      const first = yield* Effect.forkChild(file.submit([create("new")]))
      yield* untilBlocked("easel-journal")
      const tableLock = yield* hold(sql`LOCK TABLE operations IN ACCESS EXCLUSIVE MODE`).pipe(Effect.forkChild, Effect.delay(0))
      const second = yield* Effect.forkChild(file.submit([create("new", { x: 2 })], "bob"))
      yield* terminate("commits")
      const table = yield* Fiber.join(tableLock)
      yield* untilUnblocked("easel-journal")
      yield* table.release
      // Whatever the second one asked the log is answered now; the recovery still waits for the row.
      yield* untilBlocked("easel", "UPDATE files")
      expect([first.pollUnsafe(), second.pollUnsafe()]).toEqual([undefined, undefined])
      yield* rowLock.release
      expect(yield* Fiber.join(first)).toMatchObject([{ status: "applied", seq: 2 }])
      expect(yield* Fiber.join(second)).toMatchObject([{ status: "rejected", reason: "object_exists" }])
    }))

  it.effect("J4: an operation that the database refuses is rejected, its neighbours in the batch are applied", () =>
    Effect.gen(function*() {
      const { lockFile, untilBlocked } = yield* TestDatabase
      const file = yield* newFile
      yield* file.submit(rectangles(1))
      const watcher = yield* watchFile(file)
      yield* eventuallySync("the watch is live", () => watcher.seq === 1)
      const lock = yield* lockFile(file.id)
      const ahead = yield* Effect.forkChild(file.submit([create("ahead")]))
      yield* untilBlocked("easel-journal")
      // The gateway would have refused these two; the actor must live with whatever it is given.
      const poison = ["\u0000", "\ud800"].map((value) => update("rectangle0", "name", value))
      const fibers = yield* Effect.forEach(upTo(6), (n) =>
        Effect.forkChild(file.submit([create(`before${n}`), ...(n === 3 || n === 4 ? poison.slice(n - 3, n - 2) : []), update(`before${n}`, "x", n)], `client${n}`)))
      yield* Effect.yieldNow
      yield* lock.release
      yield* Fiber.join(ahead)
      const statuses = yield* Effect.forEach(fibers, (fiber) => Effect.map(Fiber.join(fiber), (results) => results.map(({ status }) => status)))
      expect(statuses).toEqual(upTo(6).map((n) => n === 3 || n === 4 ? ["applied", "rejected", "applied"] : ["applied", "applied"]))
      expect(yield* file.submit(poison.slice(0, 1))).toMatchObject([{ status: "rejected", reason: "refused_by_database" }])
      expect((yield* logOf(file.id)).map(({ seq }) => seq)).toEqual(upTo(14))
      expect(yield* file.submit([update("rectangle0", "name", "fine")])).toMatchObject([{ status: "applied", seq: 15 }])
      yield* eventuallySync("all is broadcast", () => watcher.seq === 15)
      expect(watcher.faults).toEqual([])
    }))

  it.effect("J4: what only the insertion refuses is rejected as well", () =>
    Effect.gen(function*() {
      const { sql } = yield* TestDatabase
      yield* sql`CREATE FUNCTION refuse_marker() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.new_value = '"marker"' THEN RAISE EXCEPTION 'marked' USING ERRCODE = '22023'; END IF; RETURN NEW; END $$`
      yield* Effect.acquireRelease(
        sql`CREATE TRIGGER refuse_marker BEFORE INSERT ON operations FOR EACH ROW EXECUTE FUNCTION refuse_marker()`,
        () => Effect.orDie(sql`DROP TRIGGER refuse_marker ON operations`)
      )
      const file = yield* newFile
      const results = yield* file.submit([create("a"), update("a", "name", "marker"), create("b"), update("a", "name", "fine")])
      expect(results.map(({ status }) => status)).toEqual(["applied", "rejected", "applied", "applied"])
      expect(results[1]).toMatchObject({ seq: 0, reason: "refused_by_database" })
      expect((yield* logOf(file.id)).map(({ seq }) => seq)).toEqual([1, 2, 3])
    }))

  it.effect("A9: an actor whose file was granted to another writes nothing, says that it does not know, and loads it anew", () =>
    Effect.gen(function*() {
      const files = yield* Files
      const { sql } = yield* TestDatabase
      const file = yield* newFile
      yield* file.submit(rectangles(2))
      const watcher = yield* watchFile(file)
      yield* eventuallySync("the watch is live", () => watcher.seq === 2)
      // Another runner takes the shards and is granted the file.
      yield* sql`UPDATE shard_leases SET address = ${testLease.address}`
      const other = yield* files.activate(file.id, testLease)
      const error = yield* Effect.flip(file.submit([create("fenced")]))
      expect(error).toMatchObject({ _tag: "CommitIndeterminate", fileId: file.id })
      // It cannot take the file back: it does not hold the shard.
      expect(yield* Effect.flip(file.submit([create("fenced")]))).toMatchObject({ _tag: "FileUnavailable" })
      expect((yield* logOf(file.id)).map(({ epoch, seq }) => [seq, epoch])).toEqual([[1, other.epoch - 1], [2, other.epoch - 1]])
      const [row] = yield* sql<{ epoch: number }>`SELECT epoch::int AS epoch FROM files WHERE id = ${file.id}::uuid`
      expect(row?.epoch).toBe(other.epoch)

      // The other runner is no member of the cluster, so its leases are free for who asks.
      const served = yield* Effect.retry(file.submit([create("served")]), { while: ({ _tag }) => _tag === "FileUnavailable" })
      expect(served).toMatchObject([{ status: "applied", seq: 3 }])
      const after = yield* file.read
      expect(after.epoch).toBeGreaterThan(other.epoch)
      expect(after.objects.map(({ id }) => id)).toEqual(["rectangle0", "rectangle1", "served"])
      yield* eventuallySync("the watch goes on", () => watcher.seq === 3)
      expect(watcher.faults).toEqual([])
    }))

  it.effect("K7: what a former owner has in memory is not read, by joining or whole", () =>
    Effect.gen(function*() {
      const files = yield* Files
      const { sql } = yield* TestDatabase
      const file = yield* newFile
      yield* file.submit(rectangles(2))
      // Frozen, as it were: another owner wrote what this one has not heard of.
      const { epoch } = yield* files.activate(file.id, testLease)
      yield* sql`UPDATE files SET name = 'Theirs' WHERE id = ${file.id}::uuid`
      const epochOf = <A extends { readonly epoch: number }, E extends { readonly _tag: string }>(read: Effect.Effect<A, E>) =>
        Effect.retry(Effect.map(read, (answer) => answer.epoch), { while: ({ _tag }) => _tag === "FileUnavailable" })
      const epochs = yield* Effect.all([epochOf(file.read), epochOf(file.join()), epochOf(file.read)], { concurrency: "unbounded" })
      for (const read of epochs) expect(read).toBeGreaterThan(epoch)
    }))

  it.effect("A8: a defect while operations are stepped is answered, and costs the file its memory only", () =>
    Effect.gen(function*() {
      const [file, other] = [yield* newFile, yield* newFile]
      yield* file.submit(rectangles(2))
      // A value that validation lets nobody send and that cannot be hashed.
      const broken = { ...create("broken"), newValue: { get x(): number { throw new Error("a defect, for the test") } } }
      const fibers = yield* Effect.all([
        Effect.forkChild(Effect.exit(file.submit([broken]))),
        Effect.forkChild(Effect.exit(file.submit([create("beside")])))
      ])
      expect(yield* other.submit([create("unaffected")])).toMatchObject([{ status: "applied", seq: 1 }])
      const exits = yield* Effect.forEach(fibers, Fiber.join).pipe(Effect.timeout("8 seconds"))
      expect(exits[0]?._tag).toBe("Failure")
      expect(yield* file.submit([update("rectangle0", "x", 7)])).toMatchObject([{ status: "applied" }])
    }))

  it.effect("A11: a file whose actor fails again and again is in quarantine until it is released; others go on", () =>
    Effect.gen(function*() {
      const quarantine = yield* Quarantine
      const [file, other] = [yield* newFile, yield* newFile]
      yield* file.submit(rectangles(2))
      const before = yield* logOf(file.id)
      const broken = () => ({ ...create("broken"), newValue: { get x(): number { throw new Error("a defect, for the test") } } })
      const last = yield* file.submit([broken()]).pipe(Effect.flip, Effect.repeat({ until: ({ _tag }) => _tag === "FileDamaged" }), Effect.timeout("30 seconds"))
      expect(last).toMatchObject({ _tag: "FileDamaged", fileId: file.id, reason: "it is in quarantine: a defect, for the test" })
      expect(yield* Effect.flip(file.read)).toMatchObject({ _tag: "FileDamaged" })
      expect(yield* quarantine.list).toMatchObject([{ fileId: file.id, name: "Test", reason: "a defect, for the test" }])
      expect(yield* other.submit([create("unaffected")])).toMatchObject([{ status: "applied", seq: 1 }])
      expect(yield* logOf(file.id)).toEqual(before)
      expect([yield* quarantine.release(file.id), yield* quarantine.release(file.id)]).toEqual([true, false])
      expect(yield* file.submit([update("rectangle0", "x", 7)])).toMatchObject([{ status: "applied", seq: 3 }])
    }))

  it.effect("A11: only the owner can put a file into quarantine", () =>
    Effect.gen(function*() {
      const quarantine = yield* Quarantine
      const file = yield* newFile
      yield* file.submit(rectangles(1))
      expect(yield* quarantine.add(file.id, (yield* file.read).epoch - 1, "a former owner")).toBe(false)
      expect(yield* quarantine.list).toEqual([])
    }))
})
