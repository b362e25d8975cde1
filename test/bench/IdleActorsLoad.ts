/**
 * What a file costs that is in memory although nobody edits it, how fast files come into memory, and that they leave.
 *
 * One file is drawn as an editor would and copied in the database, because thousands of files cannot be drawn one by
 * one. Each is opened by `GET /api/files/{id}`, a typed call without an editor. The first files warm the server up.
 */
import { PgConnection, PgTypes } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import { Agent, get } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"
import { waitUntil } from "../harness/waitUntil.ts"
import { fillFile } from "./FilledFile.ts"
import { Inspector } from "./Inspector.ts"
import type { ActorResult, IdleActors } from "./LoadSpec.ts"

const openingMax = 32
const warmFiles = 500
/** Lets what follows an opening settle. */
const pauseMillis = 2_000

export const runIdleActors = async (spec: IdleActors): Promise<ActorResult> => {
  if (spec.inspectorUrl === undefined) throw new Error("the server was started without its inspector")
  const template = await fillFile(spec.url, spec.objects)
  template.editor.webSocket.close()
  const ids = await copies(spec.databaseUrl, template.fileId, spec.files)
  const inspector = await Inspector.open(spec.inspectorUrl)
  await openAll(spec.url, ids.slice(0, warmFiles))
  const leaves = spec.leaveMillisMax > 0
  if (leaves) await allLeft(spec)
  await sleep(pauseMillis)
  const base = { files: leaves ? 0 : warmFiles, ...await inspector.usageAfterCollection() }
  const startedAt = performance.now()
  await openAll(spec.url, ids.slice(base.files))
  const openedAt = performance.now()
  await sleep(pauseMillis)
  const full = await inspector.usageAfterCollection()
  const open = await filesOpen(spec.url)
  if (open < spec.files) throw new Error(`${spec.files - open} of ${spec.files} files had left before all were open`)
  let left = { leftBytes: Number.NaN, leftMillis: Number.NaN }
  if (leaves) {
    await allLeft(spec)
    const leftMillis = performance.now() - openedAt
    await sleep(pauseMillis)
    left = { leftBytes: (await inspector.usageAfterCollection()).liveBytes, leftMillis }
  }
  inspector.close()
  return {
    _tag: "Actors",
    files: spec.files,
    filesPerSecond: (spec.files - base.files) / (openedAt - startedAt) * 1000,
    baseFiles: base.files,
    baseBytes: base.liveBytes,
    fullBytes: full.liveBytes,
    fullRssBytes: full.rssBytes,
    ...left
  }
}

const allLeft = ({ leaveMillisMax, url }: IdleActors): Promise<void> =>
  waitUntil(async () => {
    await sleep(100)
    return await filesOpen(url) === 0
  }, { deadlineMillis: leaveMillisMax, what: "all files have left memory", state: () => filesOpen(url) })

const operationColumns = `seq, epoch, operation_id, idempotency_key, content_hash, status, operation_type, object_id, property_path,
  old_value, new_value, "timestamp", user_id, client_id`

/** The rows of a file and of its log, so many times. */
const copies = (databaseUrl: string, fileId: string, count: number): Promise<ReadonlyArray<string>> =>
  Effect.gen(function*() {
    const connection = yield* PgConnection.make({ url: Redacted.make(databaseUrl) })
    const rows = yield* connection.queryValues(
      `WITH copies AS (
         INSERT INTO files (name, epoch, head_seq) SELECT name, epoch, head_seq FROM files, generate_series(1, $2) WHERE id = $1::uuid
         RETURNING id
       ), logs AS (
         INSERT INTO operations (file_id, ${operationColumns})
         SELECT copies.id, ${operationColumns} FROM operations, copies WHERE file_id = $1::uuid
       )
       SELECT id::text FROM copies`,
      [PgTypes.text(fileId), PgTypes.int4(count)]
    )
    return rows.map(([id]) => String(id))
  }).pipe(Effect.scoped, Effect.runPromise)

const agent = new Agent({ keepAlive: true, maxSockets: openingMax })

const openAll = async (url: string, ids: ReadonlyArray<string>): Promise<void> => {
  const waiting = ids.values()
  const opener = async (): Promise<void> => {
    for (const id of waiting) await patiently(() => read(`${url}/api/files/${id}`))
  }
  await Promise.all(Array.from({ length: openingMax }, opener))
}

/** 503 says that the same call may succeed later. */
const patiently = async (call: () => Promise<string>, attempts = 5): Promise<string> => {
  try {
    return await call()
  } catch (cause) {
    if (attempts === 0 || !String(cause).includes(" 503")) throw cause
    await sleep(pauseMillis)
    return patiently(call, attempts - 1)
  }
}

const filesOpen = async (url: string): Promise<number> => Number(/^easel_files_open\S* (\d+)/m.exec(await read(`${url}/metrics`))?.[1])

const read = (url: string): Promise<string> =>
  new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      let body = ""
      response.setEncoding("utf8")
      response.on("data", (text: string) => {
        body += text
      })
      response.on("end", () => response.statusCode === 200 ? resolve(body) : reject(new Error(`GET ${url} answered ${response.statusCode}: ${body}`)))
    }).on("error", reject)
  })
