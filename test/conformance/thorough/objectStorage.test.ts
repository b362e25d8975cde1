/** A node whose checkpoints are in a bucket, and what cleans the bucket up: A6, A7, O5, O9. */
import { randomBytes } from "node:crypto"
import { existsSync } from "node:fs"
import { join as joinPath } from "node:path"
import { expect, it, onTestFinished } from "vitest"
import { easel } from "../../harness/command.ts"
import { databaseForTest, nodeForTest } from "../../harness/easelNode.ts"
import { create, createFile, join, readFile, update } from "../../harness/editing.ts"
import { runSql } from "../../harness/runSql.ts"
import { type Fault, S3Server } from "../../harness/s3/S3Server.ts"

const serverForTest = async () => {
  const server = await S3Server.start()
  onTestFinished(() => server.stop())
  return {
    server,
    environment: {
      EASEL_S3_ENDPOINT: server.url,
      EASEL_S3_BUCKET: server.bucket,
      EASEL_S3_REGION: server.region,
      EASEL_S3_ACCESS_KEY_ID: server.accessKeyId,
      EASEL_S3_SECRET_ACCESS_KEY: server.secretAccessKey,
      EASEL_S3_PREFIX: "nodes/"
    }
  }
}

const refuses: Fault = { kind: "status", status: 403, code: "AccessDenied" }
const isSilent: Fault = { kind: "silence" }

it.each([
  { workers: 0, fault: refuses },
  { workers: 1, fault: refuses },
  { workers: 0, fault: isSilent }
])("A7 O9: with $workers workers checkpoints go to the bucket and come from it, and one that is away holds nothing up", async ({ fault, workers }) => {
  const { url } = await databaseForTest()
  const { environment, server } = await serverForTest()
  const node = await nodeForTest({ databaseUrl: url, environment: { ...environment, EASEL_WORKERS: String(workers) } })
  await node.start()
  const fileId = await createFile(node)
  const editor = await join(node, fileId)
  await editor.edit(create("a"), ...Array.from({ length: 50 }, (_, n) => update("a", "x", n)))
  const before = await readFile(node, fileId)
  await node.stop()
  expect([...server.objects.keys()].filter((key) => /^nodes\/objects\/([0-9a-f]{2})\/\1[0-9a-f]{62}$/.test(key))).toHaveLength(1)
  expect(existsSync(joinPath(node.dataFolder, "objects"))).toBe(false)

  server.heard.length = 0
  await node.start()
  expect(await readFile(node, fileId)).toMatchObject({ seq: 51, digest: before.digest })
  expect(server.heard.filter((line) => line.startsWith("GET"))).toHaveLength(1)

  server.breaks(/./, fault)
  const again = await join(node, fileId)
  await again.edit(update("a", "x", 99))
  expect((await node.stop()).code).toBe(0)
  if (fault === refuses) expect(node.log).toContain("Saving a checkpoint failed")
  for (const secret of [server.secretAccessKey, server.accessKeyId]) expect(node.log).not.toContain(secret)
}, 90_000)

it("O5 O7: easel collect-garbage says what it would do, does it, and refuses what would cost blobs that are needed", async () => {
  const { url } = await databaseForTest()
  const { environment, server } = await serverForTest()
  const key = (area: string, digit: string) => `nodes/${area}/${digit.repeat(2)}/${digit.repeat(64)}`
  const old = { bytes: randomBytes(1_500), storedAtMillis: Date.now() - 3 * 86_400_000 }
  server.objects.set(key("objects", "a"), old)
  server.objects.set(key("objects", "b"), { ...old, storedAtMillis: Date.now() })
  server.objects.set(key("aside", "c"), old)
  const run = async (...flags: ReadonlyArray<string>) => {
    const command = await nodeForTest({ databaseUrl: url, environment, role: "collect-garbage", flags })
    command.launch()
    return { code: (await command.exited()).code, log: command.log }
  }

  const ofAnother = await run()
  expect(ofAnother.code).toBe(1)
  expect(ofAnother.log).toMatch(/^easel: the database has no files/m)
  expect(server.objects.size).toBe(3)

  await runSql(url, "INSERT INTO files (name) VALUES ('One')")
  const dry = await run("--dry-run")
  expect(dry.code).toBe(0)
  expect(dry.log).toMatch(/In bucket easel, if this were no dry run:/)
  expect(dry.log).toMatch(/set aside +1 +1,500\n/)
  expect(dry.log).toMatch(/removed +1 +1,500\n/)
  expect(server.objects.size).toBe(3)

  const told = await easel(["collect-garbage", "--grace", "7 days", "--json"], { ...environment, DATABASE_URL: url })
  expect(JSON.parse(told)).toMatchObject({ place: "bucket easel", dryRun: false, checkpoints: 0, blobs: { keep: { blobs: 3 }, remove: { blobs: 0, bytes: 0 } } })

  const done = await run()
  expect(done.code).toBe(0)
  expect([...server.objects.keys()].sort()).toEqual([key("aside", "a"), key("objects", "b")])

  const refused = await run("--grace", "59 minutes")
  expect(refused.code).toBe(1)
  expect(refused.log).toMatch(/^easel: --grace is at least 1h$/m)

  await runSql(url, "INSERT INTO easel_migrations (migration_id, name) VALUES (999, 'future')")
  expect((await run()).log).toMatch(/newer/)
}, 90_000)
