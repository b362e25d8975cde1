/**
 * `kill -9` of a node in the middle of restores, again and again, while somebody edits. V14, V15: each restore is carried
 * through once, the file is the version for its readers but for what was edited meanwhile, and nothing acknowledged is
 * lost.
 *
 * `EASEL_KILLS` sets how often (5), `EASEL_SEED` repeats a run's choices.
 */
import { randomUUID } from "node:crypto"
import { expect, it } from "vitest"
import type { FileRead } from "../harness/contract.ts"
import { databaseForTest, nodeForTest } from "../harness/easelNode.ts"
import { create, createFile, join, readFile, update } from "../harness/editing.ts"
import { runSql } from "../harness/runSql.ts"
import { waitUntil } from "../harness/waitUntil.ts"
import { mulberry32 } from "./LoadEditor.ts"

const kills = Number(process.env["EASEL_KILLS"] ?? 5)
const seed = Number(process.env["EASEL_SEED"] ?? Math.floor(Math.random() * 2 ** 31))
const objects = 3_000
const deadlineMillis = 60_000

it(`V14 V15: ${kills} times kill -9 in the middle of a restore leave none undone and none done twice`, { timeout: 90_000 + kills * 20_000 }, async () => {
  const random = mulberry32(seed)
  const database = await databaseForTest()
  const node = await nodeForTest({ databaseUrl: database.url })
  await node.start()
  const fileId = await createFile(node)
  const seqs: Array<number> = []
  let editor = await join(node, fileId)
  for (const colour of ["red", "green", "blue"]) {
    for (let first = 0; first < objects; first += 500) {
      const ids = Array.from({ length: 500 }, (_, index) => `object${first + index}`)
      await editor.edit(...ids.map((id) => seqs.length === 0 ? create(id, { fill: colour }) : update(id, "fill", colour)))
    }
    seqs.push((await readFile(node, fileId)).seq)
  }

  const killedAt: Array<number> = []
  for (let number = 1; number <= kills; number++) {
    const seq = seqs[number % seqs.length] ?? 0
    const wanted = await stateAt(node, fileId, seq)
    const before = (await readFile(node, fileId)).seq
    const key = randomUUID()
    const restore = () => fetch(`${node.url}/api/files/${fileId}/restore`, { method: "POST", headers: { "idempotency-key": key }, body: JSON.stringify({ seq }) })
    // Whatever is told before the kill is asked for again below.
    const first = restore().catch(() => undefined)
    await waitUntil(async () => (await pending(database.url)) > 0, { deadlineMillis, what: "the restore is written down" })
    const kept = update(`object${number}`, "name", `kept ${number}`)
    editor.submit(kept)
    const target = Math.floor(random() * objects)
    await waitUntil(async () => (await written(database.url, key)).length >= target, { deadlineMillis, what: `${target} operations are committed` })
    await node.kill()
    await first
    killedAt.push((await written(database.url, key)).length)
    await node.start()

    const answers = await Promise.all([restore(), restore()])
    const texts = await Promise.all(answers.map((answer) => answer.text()))
    expect(answers.map(({ status }) => status), texts.join()).toEqual([200, 200])
    expect(texts[1]).toBe(texts[0])
    expect(await pending(database.url)).toBe(0)
    editor = await join(node, fileId)
    editor.submit(kept)
    expect(["applied", "duplicate"]).toContain((await editor.ackOf(kept.id)).status)
    const file = await readFile(node, fileId)
    expect(seen(file, `object${number}`)).toEqual(seen(wanted, `object${number}`))
    expect(file.objects.find(({ id }) => id === `object${number}`)).toMatchObject({ name: `kept ${number}` })

    // Each register once: an object that a restore changes twice has two rows of it.
    const rows = await written(database.url, key)
    expect(new Set(rows.map((row) => `${row.object_id} ${row.property_path}`)).size).toBe(rows.length)
    expect(rows.filter(({ status }) => status !== "applied").length).toBeLessThanOrEqual(1)
    expect(file.seq).toBeLessThanOrEqual(before + rows.length + 1)
  }
  console.log(`kill -9 in a restore, seed ${seed}: operations committed before each kill`, killedAt)
  expect(new Set(killedAt).size).toBeGreaterThan(1)
})

/** All objects but one as readers see them: a property that was cleared is none. */
const seen = ({ objects }: FileRead, exceptId: string) =>
  objects.filter(({ id }) => id !== exceptId).map((object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null)))

const stateAt = async (node: { readonly url: string }, fileId: string, seq: number): Promise<FileRead> =>
  JSON.parse(await (await fetch(`${node.url}/api/files/${fileId}/at/${seq}`)).text())

const pending = async (url: string): Promise<number> => (await runSql(url, "SELECT FROM file_restores WHERE done_seq IS NULL")).length

const written = (url: string, restoreId: string) =>
  runSql(url, "SELECT object_id, property_path, status FROM operations WHERE client_id = $1", [`restore:${restoreId}`])
