/**
 * `kill -9` of a node and its PostgreSQL at once, again and again, under the load of 20 editors. Promises 1 to 3, 5 and
 * 6: nothing that was acknowledged is lost, nothing is applied twice, and everybody agrees with the log in the end.
 *
 * `EASEL_KILLS` sets how often (5), `EASEL_SEED` repeats a run's choices.
 */
import { copyFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { expect, it, onTestFinished } from "vitest"
import * as EmbeddedPostgres from "../../cluster/runtime/EmbeddedPostgres.ts"
import { checkHistory, type LogRow } from "../harness/checkHistory.ts"
import type { EaselProcess } from "../harness/EaselProcess.ts"
import { nodeForTest } from "../harness/easelNode.ts"
import { createFile, readFile } from "../harness/editing.ts"
import { History } from "../harness/History.ts"
import { Model, type ModelOperation } from "../harness/model.ts"
import { runSql } from "../harness/runSql.ts"
import { temporaryFolder } from "../harness/temporaryFolder.ts"
import { waitUntil } from "../harness/waitUntil.ts"
import { LoadEditor, mulberry32 } from "./LoadEditor.ts"

const kills = Number(process.env["EASEL_KILLS"] ?? 5)
const seed = Number(process.env["EASEL_SEED"] ?? Math.floor(Math.random() * 2 ** 31))
const editorsCount = 20
const filesCount = 4
/** Answers between two kills: enough for each kill to destroy something, and for checkpoints to fall in between. */
const ackedBetween = { min: 200, max: 2_000 }

const newHistory = async (): Promise<History> => {
  const folder = await temporaryFolder()
  const history = new History(folder.path)
  onTestFinished(async ({ task }) => {
    history.close()
    if (task.result?.state === "fail") {
      const kept = join(tmpdir(), `easel-kill-nine-${seed}.jsonl`)
      copyFileSync(history.path, kept)
      console.error(`seed ${seed}, history in ${kept}`)
    }
    await folder.remove()
  })
  return history
}

/** Reads files over HTTP all the time, when there is somebody to answer. */
const startReader = (node: EaselProcess, fileIds: ReadonlyArray<string>, history: History) => {
  let stopped = false
  const done = (async () => {
    for (let n = 0; !stopped; n++) {
      const file = fileIds[n % fileIds.length] ?? ""
      try {
        const response = await fetch(`${node.url}/api/files/${file}`, { signal: AbortSignal.timeout(5_000) })
        const { digest, epoch, seq } = JSON.parse(await response.text())
        if (response.status === 200) history.record({ type: "read", file, seq, epoch, digest })
      } catch {
        // Down: the answer to that is to ask again.
      }
      await new Promise((resolve) => setTimeout(resolve, readPauseMillis))
    }
  })()
  return async () => {
    stopped = true
    await done
  }
}

const readPauseMillis = 20

/** The operations table of a stopped node, by file. */
const readLogs = (dataFolder: string): Promise<ReadonlyMap<string, ReadonlyArray<LogRow>>> =>
  Effect.gen(function*() {
    const { url } = yield* EmbeddedPostgres.make({ dataFolder })
    const rows = yield* Effect.promise(() => runSql(url, selectLog))
    const logs = new Map<string, Array<LogRow>>()
    for (const row of rows) {
      const file = String(row["fileId"])
      const log = logs.get(file) ?? []
      logs.set(file, log)
      // SAFETY: the columns of `selectLog` are those of LogRow.
      log.push(row as unknown as LogRow)
    }
    return logs
  }).pipe(Effect.scoped, Effect.runPromise)

const selectLog = `SELECT file_id::text AS "fileId", seq::float8 AS seq, epoch::float8 AS epoch, operation_id AS id,
  idempotency_key AS key, status, operation_type AS "operationType", object_id AS "objectId", property_path AS "propertyPath",
  new_value AS "newValue", "timestamp"::float8 AS "timestamp", client_id AS "clientId" FROM operations ORDER BY file_id, seq`

const fold = (rows: ReadonlyArray<ModelOperation>): Model => {
  const model = new Model()
  for (const row of rows) model.apply(row)
  return model
}

it(`PROMISES 1-6: ${kills} times kill -9 of node and PostgreSQL lose nothing and apply nothing twice`, { timeout: 90_000 + kills * 20_000 }, async () => {
  const history = await newHistory()
  const random = mulberry32(seed)
  const node = await nodeForTest()
  await node.start()
  const fileIds: Array<string> = []
  for (let n = 0; n < filesCount; n++) fileIds.push(await createFile(node))
  let isUp = true
  const url = () => isUp ? node.webSocketUrl : undefined
  const editors = Array.from({ length: editorsCount }, (_, number) =>
    new LoadEditor({ number, fileId: fileIds[number % filesCount] ?? "", seed: seed + number, history, url }))
  onTestFinished(() => {
    for (const editor of editors) editor.disconnect()
  })
  const running = Promise.all(editors.map((editor) => editor.run()))
  running.catch(() => undefined)
  const stopReader = startReader(node, fileIds, history)

  const acked = () => editors.reduce((sum, editor) => sum + editor.acked, 0)
  const inFlight = () => editors.reduce((sum, editor) => sum + editor.inFlight, 0)
  for (let number = 1; number <= kills; number++) {
    const target = acked() + ackedBetween.min + random() * (ackedBetween.max - ackedBetween.min)
    await waitUntil(() => acked() >= target && inFlight() > 0, { deadlineMillis: 30_000, what: "editing goes on", state: () => [acked(), inFlight()] })
    history.record({ type: "kill", number, inFlight: inFlight() })
    isUp = false
    const downAt = performance.now()
    await node.restart("killWithPostgres")
    isUp = true
    history.record({ type: "ready", number, downMillis: performance.now() - downAt })
  }
  const target = acked() + ackedBetween.min
  await waitUntil(() => acked() >= target, { deadlineMillis: 30_000, what: "editing goes on after the last kill" })
  for (const editor of editors) editor.stop()
  await running
  await Promise.all(editors.slice(0, filesCount).map((editor) => editor.finish()))
  await stopReader()

  const warm = await Promise.all(fileIds.map((fileId) => readFile(node, fileId)))
  for (const editor of editors) {
    const file = warm.find(({ id }) => id === editor.fileId)
    await editor.reaches(file?.seq ?? Infinity)
    expect([editor.errors, editor.replica.violations.slice(0, 5)]).toEqual([[], []])
    expect(editor.replica.model.digest).toBe(file?.digest)
  }
  isUp = false
  await node.restart("killWithPostgres")
  const cold = await Promise.all(fileIds.map((fileId) => readFile(node, fileId)))
  for (const [index, { digest, epoch, seq }] of cold.entries()) {
    expect([digest, seq]).toEqual([warm[index]?.digest, warm[index]?.seq])
    expect(epoch).toBeGreaterThan(warm[index]?.epoch ?? Infinity)
  }
  await node.stop()

  const logs = await readLogs(node.dataFolder)
  expect(fileIds.map((fileId) => logs.get(fileId)?.length)).toEqual(cold.map(({ seq }) => seq))
  expect(fileIds.map((fileId) => fold(logs.get(fileId) ?? []).digest)).toEqual(cold.map(({ digest }) => digest))
  const { counts, violations } = checkHistory(history.read(), logs)
  const downMillis = history.read().flatMap((event) => event.type === "ready" ? [Math.round(event.downMillis)] : [])
  console.log(`kill -9, seed ${seed}:`, { ...counts, connections: editors.reduce((sum, { connections }) => sum + connections, 0), downMillis })
  expect(violations.slice(0, 10)).toEqual([])

  // What was not exercised was not shown.
  expect(counts.kills).toBe(kills)
  expect(counts.killsInFlight).toBe(kills)
  expect(counts.acked).toBeGreaterThanOrEqual(ackedBetween.min * kills)
  expect(counts.duplicates).toBeGreaterThanOrEqual(1)
  expect(counts.superseded).toBeGreaterThanOrEqual(1)
  expect(counts.reads).toBeGreaterThanOrEqual(kills)
  expect(counts.told).toBeGreaterThan(counts.acked)
})
