/**
 * `kill -9` of a node in the middle of saves and of a restore, again and again, while somebody edits. V10: each save is
 * one version that can be read, or none. V14, V15: each restore is carried through once, and the file is the state that
 * was asked for but for what was edited meanwhile. Nothing acknowledged is lost.
 *
 * `EASEL_SLOW_KILLS` sets how often (1), as each of these takes as long as five others; `EASEL_SEED` repeats a run's choices.
 */
import { randomUUID } from "node:crypto"
import { expect, it, onTestFinished } from "vitest"
import type { FileRead } from "../../harness/contract.ts"
import { databaseForTest, nodeForTest } from "../../harness/easelNode.ts"
import { create, createFile, join, readFile, update } from "../../harness/editing.ts"
import { mulberry32 } from "../../harness/mulberry32.ts"
import { fold, readLogs } from "../../harness/readLogs.ts"
import { answered } from "../../harness/requests.ts"
import { runSql } from "../../harness/runSql.ts"
import { waitUntil } from "../../harness/waitUntil.ts"
import { measure } from "../report/record.ts"

const kills = Number(process.env["EASEL_SLOW_KILLS"] ?? 1)
const seed = Number(process.env["EASEL_SEED"] ?? Math.floor(Math.random() * 2 ** 31))
const objects = 1_000
const savers = 3
const deadlineMillis = 60_000

interface Version {
  readonly id: string
  readonly name: string | null
  readonly seq: number
}

it(`V10 V14 V15: ${kills} times kill -9 in the middle of saves and a restore leave nothing half done, and nothing done twice`, { timeout: 90_000 + kills * 20_000 }, async () => {
  const random = mulberry32(seed)
  const database = await databaseForTest()
  const node = await nodeForTest({ databaseUrl: database.url })
  await node.start()
  const fileId = await createFile(node)
  const path = `/api/files/${fileId}`
  const post = (what: string, key: string, body: unknown) =>
    fetch(`${node.url}${path}/${what}`, { method: "POST", headers: { "idempotency-key": key }, body: JSON.stringify(body) })
  const get = async <A>(what: string): Promise<A> => answered<A>(await fetch(`${node.url}${path}/${what}`), 200)

  let editor = await join(node, fileId)
  const seqs: Array<number> = []
  for (const colour of ["red", "green"]) {
    for (let first = 0; first < objects; first += 500) {
      const ids = Array.from({ length: 500 }, (_, index) => `object${first + index}`)
      await editor.edit(...ids.map((id) => seqs.length === 0 ? create(id, { fill: colour }) : update(id, "fill", colour)))
    }
    seqs.push((await readFile(node, fileId)).seq)
  }

  const [saves, restores] = [{ cutOff: 0, whole: 0 }, { cutOff: 0, whole: 0 }]
  onTestFinished(() => {
    measure("kill -9 of a node in the middle of saves: each is a whole version when it is asked for again", "all", `${saves.whole} of ${saves.cutOff}`, saves.whole === saves.cutOff)
    measure("kill -9 of a node in the middle of restores: each is carried through, once", "all", `${restores.whole} of ${restores.cutOff}`, restores.whole === restores.cutOff)
  })
  // A restore may be over before the kill, which is then one to be repeated.
  for (let number = 1; restores.cutOff < kills; number++) {
    expect(number, "most restores are killed").toBeLessThanOrEqual(kills * 2 + 3)
    const seq = seqs[(number + 1) % seqs.length] ?? 0
    const wanted = await get<FileRead>(`at/${seq}`)
    const before = (await readFile(node, fileId)).seq
    const restoreKey = randomUUID()
    let isUp = true
    const acknowledged = new Set<string>()
    const underWay = new Set<string>()
    /** Saves one version after the other; returns the key of the one that nobody answered. */
    const saveOn = async (): Promise<string> => {
      for (;;) {
        const key = randomUUID()
        underWay.add(key)
        const answer = await post("versions", key, { name: key }).catch(() => undefined)
        if (answer?.status !== 201) {
          expect([isUp, await answer?.text()]).toEqual([false, undefined])
          return key
        }
        underWay.delete(key)
        acknowledged.add(key)
      }
    }
    const saving = Promise.all(Array.from({ length: savers }, saveOn))
    saving.catch(() => undefined)
    const restoring = post("restore", restoreKey, { seq }).catch(() => undefined)
    await waitUntil(async () => (await pending(database.url)) > 0, { deadlineMillis, what: "the restore is written down" })
    const kept = update(`object${number}`, "name", `kept ${number}`)
    editor.submit(kept)
    const target = Math.floor(random() * objects)
    await waitUntil(async () => (await restored(database.url, restoreKey)) >= target, { deadlineMillis, what: `${target} operations are committed` })
    isUp = false
    const savesCutOff = underWay.size
    await node.kill()
    const unanswered = await saving
    await restoring
    const isCutOff = (await pending(database.url)) > 0
    saves.cutOff += savesCutOff
    if (isCutOff) restores.cutOff++
    await node.start()

    const answers = await Promise.all([post("restore", restoreKey, { seq }), post("restore", restoreKey, { seq })])
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
    const rows = await runSql(database.url, "SELECT object_id, property_path, status FROM operations WHERE client_id = $1", [`restore:${restoreKey}`])
    expect(new Set(rows.map((row) => `${row["object_id"]} ${row["property_path"]}`)).size).toBe(rows.length)
    expect(rows.filter(({ status }) => status !== "applied").length).toBeLessThanOrEqual(1)
    expect(file.seq).toBeLessThanOrEqual(before + rows.length + 1)
    if (isCutOff) restores.whole++

    for (const key of unanswered) expect((await answered<Version>(await post("versions", key, { name: key }), 201)).id).toBe(key)
    const log = (await readLogs(database.url)).get(fileId) ?? []
    const versions = (await get<ReadonlyArray<Version>>("versions?limit=200")).filter(({ name }) => acknowledged.has(name ?? "") || unanswered.includes(name ?? ""))
    expect(versions.map(({ id }) => id).sort()).toEqual([...acknowledged, ...unanswered].sort())
    // The newest, which the kill was nearest to.
    for (const version of versions.slice(0, savers)) {
      const { digest, seq: at } = await get<FileRead>(`versions/${version.id}/document`)
      expect([at, digest]).toEqual([version.seq, fold(log.filter((row) => row.seq <= version.seq)).digest])
    }
    saves.whole += savesCutOff
  }
})

/** All objects but one as readers see them: a property that was cleared is none. */
const seen = ({ objects }: FileRead, exceptId: string) =>
  objects.filter(({ id }) => id !== exceptId).map((object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null)))

const pending = async (url: string): Promise<number> => (await runSql(url, "SELECT FROM file_restores WHERE done_seq IS NULL")).length

const restored = async (url: string, restoreId: string): Promise<number> =>
  Number((await runSql(url, "SELECT count(*)::int AS count FROM operations WHERE client_id = $1", [`restore:${restoreId}`]))[0]?.["count"])
