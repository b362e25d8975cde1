/** Files that live elsewhere: a gateway of its own calls the runner over TCP, as from another node. */
import { expect, layer } from "@effect/vitest"
import { FileEntity } from "@easel/protocol"
import { Policy } from "@easel/store"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as ShardingConfig from "effect/cluster/ShardingConfig"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Cluster from "../../cluster/runtime/Cluster.ts"
import { MemberStatus } from "../../cluster/runtime/MemberStatus.ts"
import { RunnerLines } from "../../cluster/runtime/RunnerLines.ts"
import { committedFile } from "../harness/committedFile.ts"
import { eventuallySync } from "../harness/eventually.ts"
import * as cluster from "../harness/fileCluster.ts"
import { fileOf, upTo } from "../harness/fileCluster.ts"
import { create } from "../harness/operations.ts"
import { TestDatabase } from "../harness/testDatabase.ts"
import { watchFile } from "../harness/watchFile.ts"
import { Writers } from "../harness/writers.ts"

/** A gateway that hosts nothing, in place of the runner's own way to its actors. */
const layerGateway = Layer.unwrap(Effect.map(TestDatabase, ({ url }) =>
  Cluster.layerGateway({ shardsPerGroup: 30, residentFilesMax: 20_000 }).pipe(
    Layer.provide(MemberStatus.layer({ node: "gateway", role: "gateway", groups: [] })),
    Layer.provide([Policy.layer, PgClient.layer({ url: Redacted.make(url), applicationName: "easel", maxConnections: 3 })]),
    Layer.fresh
  )))

/** A file with some objects, and the same as a gateway elsewhere sees it, which can hang up. */
const fileElsewhere = Effect.fnUntraced(function*(objects: number) {
  const home = yield* committedFile(objects)
  const services = yield* Layer.build(layerGateway)
  const away = yield* Effect.provideContext(fileOf(home.id), services)
  const runner = Option.getOrThrow((yield* ShardingConfig.ShardingConfig).runnerAddress)
  return { home, away, hangUp: Effect.sync(() => Context.get(services, RunnerLines).opened(runner)?.hangUp()) }
})

layer(cluster.layer(), { excludeTestServices: true })("RunnerPort", (it) => {
  it.effect("A10: a watcher elsewhere gets each commit once, also when its line breaks and its writers' calls with it", () =>
    Effect.gen(function*() {
      const { away, hangUp, home } = yield* fileElsewhere(50)
      const writers = new Writers(away)
      const watcher = yield* watchFile(away, { sinceSeq: 20 })
      let done = false
      const writing = yield* Effect.forEach(upTo(4), (n) => Effect.forkChild(writers.write(`client${n}`, `object${n}`, () => done)))
      for (let breaks = 0; breaks < 5; breaks++) {
        const { answered } = writers
        yield* eventuallySync("some more is answered", () => writers.answered > answered + 50)
        yield* hangUp
      }
      done = true
      yield* Effect.forEach(writing, Fiber.join)
      const { seq } = yield* home.read
      yield* eventuallySync("the watcher has everything", () => watcher.seq === seq, () => watcher.seq)
      expect(watcher.operations.map((operation) => operation.seq)).toEqual(Array.from({ length: seq - 20 }, (_, index) => 21 + index))
    }))

  it.effect("large documents and refusals cross as they are", () =>
    Effect.gen(function*() {
      const { away, home } = yield* fileElsewhere(3_000)
      const [near, far] = [yield* home.read, yield* away.read]
      expect(far.digest).toBe(near.digest)
      expect(far.objects).toEqual(near.objects)
      const results = yield* away.submit([create("object1"), create("new")])
      expect(results.map(({ status }) => status)).toEqual(["rejected", "applied"])
      const missing = yield* Effect.provideContext(FileEntity.client, yield* Layer.build(layerGateway))
      const error = yield* Effect.flip(missing(crypto.randomUUID()).Read({ by: { userId: "reader" } }))
      expect(error._tag).toBe("FileMissing")
    }))

  it.effect("V10 V13: states of a file are kept, read and brought back from elsewhere as at home", () =>
    Effect.gen(function*() {
      const { away, home } = yield* fileElsewhere(3)
      const by = { userId: "user-ada" }
      const version = yield* away.client.SaveVersion({ requestId: crypto.randomUUID(), name: "Kept", by })
      const kept = yield* home.read
      yield* away.submit([create("later")])
      for (const at of [{ _tag: "Version", versionId: version.id }, { _tag: "Seq", seq: version.seq }] as const) {
        expect((yield* away.client.ReadAt({ by, at })).digest).toBe(kept.digest)
      }
      const wanted = { by, at: { _tag: "Seq", seq: version.seq }, scope: { _tag: "Objects", objectIds: ["later"] } } as const
      const restored = yield* away.client.RestoreVersion({ requestId: crypto.randomUUID(), ...wanted })
      expect((yield* home.read).objects).toEqual(kept.objects)
      yield* away.client.UndoRestore({ requestId: crypto.randomUUID(), by, restoreId: restored.restoreId })
      expect((yield* home.read).objects.length).toBe(kept.objects.length + 1)
    }))
})
