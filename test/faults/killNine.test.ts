/**
 * `kill -9` of a node and its PostgreSQL at once, again and again, under the load of 20 editors. Promises 1 to 3, 5 and
 * 6: nothing that was acknowledged is lost, nothing is applied twice, and everybody agrees with the log in the end.
 *
 * `EASEL_KILLS` sets how often (2, or more until one has hit between a commit and its ack), `EASEL_SEED` repeats a run's choices.
 */
import { Effect } from "effect"
import { expect, it, onTestFinished } from "vitest"
import * as EmbeddedPostgres from "../../cluster/runtime/EmbeddedPostgres.ts"
import { checkHistory, type LogRow } from "../harness/checkHistory.ts"
import { nodeForTest } from "../harness/easelNode.ts"
import { createFile, readFile } from "../harness/editing.ts"
import { historyForTest } from "../harness/historyForTest.ts"
import { mulberry32 } from "../harness/mulberry32.ts"
import { fold, readLogs } from "../harness/readLogs.ts"
import { readAllTheTime } from "../harness/readAllTheTime.ts"
import { waitUntil } from "../harness/waitUntil.ts"
import { LoadEditor } from "./LoadEditor.ts"
import { measureViolations } from "./report/record.ts"

const kills = Number(process.env["EASEL_KILLS"] ?? 2)
const seed = Number(process.env["EASEL_SEED"] ?? Math.floor(Math.random() * 2 ** 31))
/** Kills beyond these, as long as none has hit between a commit and its ack. */
const killsMore = 4
const editorsCount = 20
const filesCount = 4
/** Answers between two kills: enough for each kill to destroy something, and for checkpoints to fall in between. */
const ackedBetween = { min: 200, max: 2_000 }

/** The logs of a node that has stopped. */
const readLogsOf = (dataFolder: string): Promise<ReadonlyMap<string, ReadonlyArray<LogRow>>> =>
  EmbeddedPostgres.make({ dataFolder }).pipe(
    Effect.flatMap(({ url }) => Effect.promise(() => readLogs(url))),
    Effect.scoped,
    Effect.runPromise
  )

it(`PROMISES 1-6: ${kills} times kill -9 of node and PostgreSQL lose nothing and apply nothing twice`, { timeout: 90_000 + kills * 20_000 }, async () => {
  const history = await historyForTest(`kill-nine-${seed}`)
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
  const stopReader = readAllTheTime(() => isUp ? node.url : undefined, fileIds, history)

  const acked = () => editors.reduce((sum, editor) => sum + editor.acked, 0)
  const inFlight = () => editors.reduce((sum, editor) => sum + editor.inFlight, 0)
  const duplicates = () => editors.reduce((sum, editor) => sum + editor.duplicates, 0)
  const answered = (more: number, waiting = 0) => {
    const target = acked() + more
    return waitUntil(() => acked() >= target && inFlight() >= waiting, { deadlineMillis: 30_000, what: "editing goes on", state: () => [acked(), inFlight()] })
  }
  await answered(ackedBetween.min)
  let killed = 0
  while (killed < kills || (duplicates() === 0 && killed < kills + killsMore)) {
    const number = ++killed
    await answered(random() * (ackedBetween.max - ackedBetween.min), 1)
    history.record({ type: "kill", number, inFlight: inFlight() })
    isUp = false
    const downAt = performance.now()
    await node.restart("killWithPostgres")
    isUp = true
    history.record({ type: "ready", number, downMillis: performance.now() - downAt })
    await answered(ackedBetween.min)
  }
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

  const logs = await readLogsOf(node.dataFolder)
  expect(fileIds.map((fileId) => logs.get(fileId)?.length)).toEqual(cold.map(({ seq }) => seq))
  expect(fileIds.map((fileId) => fold(logs.get(fileId) ?? []).digest)).toEqual(cold.map(({ digest }) => digest))
  const { counts, violations } = checkHistory(history.read(), logs)
  const downMillis = history.read().flatMap((event) => event.type === "ready" ? [Math.round(event.downMillis)] : [])
  console.log(`kill -9, seed ${seed}:`, { ...counts, connections: editors.reduce((sum, { connections }) => sum + connections, 0), downMillis })
  measureViolations(`kill -9 of node and PostgreSQL, ${kills} times`, violations, counts.acked)
  expect(violations.slice(0, 10)).toEqual([])

  // What was not exercised was not shown.
  expect(counts.kills).toBe(killed)
  expect(counts.killsInFlight).toBe(killed)
  expect(counts.acked).toBeGreaterThanOrEqual(ackedBetween.min * killed)
  expect(counts.duplicates).toBeGreaterThanOrEqual(1)
  expect(counts.superseded).toBeGreaterThanOrEqual(1)
  expect(counts.reads).toBeGreaterThanOrEqual(killed)
  expect(counts.told).toBeGreaterThan(counts.acked)
})
