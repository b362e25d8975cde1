/**
 * Stored states of files: a document at a seq, so that activation reads the tail of the log and not all of it. They
 * are an optimisation: the log alone is enough, and one that is missing or damaged is passed over for an older one.
 */
import { Checkpoint, Document, type Steps } from "@easel/document"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import * as SqlClient from "effect/sql/SqlClient"
import * as documentBlobs from "./documentBlobs.ts"
import { ObjectStore } from "./ObjectStore.ts"
import { Policy } from "./Policy.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"

export interface SavedCheckpoint {
  readonly seq: number
  readonly document: Document.Document
}

interface StoredState {
  readonly seq: number
  readonly sha256: string
}

/** How many checkpoints are tried before the log is replayed from its start. Older ones are for nothing. */
const candidatesMax = 3

/** Saves that nobody waits for; who wants more of them waits for a place. More would hold more documents in memory. */
const asideMax = 64

/** How long closing the store waits for them: a storage that does not answer must not hold up a node that stops. */
const asideWait = "5 seconds"

/** Files whose old checkpoints are forgotten by one statement. */
const pageFiles = 1_000

interface ForgottenPage {
  /** The last file of the page; none when there was none. */
  readonly last: string | null
  readonly forgotten: number
}

export class Checkpoints extends Context.Service<Checkpoints, {
  /** Stores the document durably. Encodes in slices, so that other actors of the thread go on. */
  readonly save: (
    fileId: string,
    epoch: number,
    seq: number,
    document: Document.Document
  ) => Effect.Effect<void, StoreUnavailable>
  /** Begins a save and does not wait for its end, unless there are too many. The store is closed only after it, or five seconds. */
  readonly aside: (save: Effect.Effect<void>) => Effect.Effect<void>
  /** The newest usable checkpoint or version at or below a seq. */
  readonly load: (fileId: string, upToSeq: number) => Effect.Effect<SavedCheckpoint | undefined, StoreUnavailable>
  /** What is made of the objects of the checkpoint or version at this very seq; `undefined` when none can be read. */
  readonly read: <A>(
    fileId: string,
    seq: number,
    make: (objects: Document.ObjectsInOrder) => Steps<A>
  ) => Effect.Effect<A | undefined, StoreUnavailable>
  /** Forgets, or only counts, the checkpoints of all files that are too old to be tried. Their blobs stay. */
  readonly forgetOld: (mode: "forget" | "count") => Effect.Effect<number, StoreUnavailable>
}>()("@easel/store/Checkpoints") {
  static readonly layer = Layer.effect(
    Checkpoints,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const policy = yield* Policy
      const objects = yield* ObjectStore
      const underWay = yield* FiberSet.make<void>()
      const places = yield* Semaphore.make(asideMax)
      yield* Effect.addFinalizer(() => Effect.timeoutOption(Effect.interruptible(FiberSet.awaitEmpty(underWay)), asideWait))

      /** At or below a seq, the newest first. */
      const newestStates = (fileId: string, upToSeq: number) =>
        policy.postgres(
          "Checkpoints.load",
          sql.unsafe<StoredState>(
            `SELECT stored.seq::float8 AS seq, stored.sha256 FROM (
               (${newest("file_checkpoints")}) UNION ALL (${newest("file_versions", "AND deleted_at IS NULL")})
             ) stored ORDER BY stored.seq DESC LIMIT $3::int`,
            [fileId, BigInt(upToSeq), candidatesMax]
          )
        )

      const made = <A>(fileId: string, { seq, sha256 }: StoredState, make: (objects: Document.ObjectsInOrder) => Steps<A>) =>
        documentBlobs.read(objects, sha256, make).pipe(
          Effect.catchTag("BlobCorrupt", ({ reason }) =>
            Effect.as(Effect.logWarning("Passing over a damaged checkpoint", { fileId, seq, reason }), undefined))
        )

      return Checkpoints.of({
        save: Effect.fn("Checkpoints.save")(function*(fileId, epoch, seq, document) {
          const { blob: { bytes, sha256 } } = yield* documentBlobs.put(objects, document)
          yield* policy.postgres(
            "Checkpoints.save",
            sql.unsafe(
              `INSERT INTO file_checkpoints (file_id, seq, epoch, format, sha256, bytes)
               VALUES ($1::uuid, $2::bigint, $3::bigint, $4::int, $5, $6::bigint)
               ON CONFLICT (file_id, seq) DO UPDATE SET format = excluded.format, sha256 = excluded.sha256, bytes = excluded.bytes, epoch = excluded.epoch`,
              [fileId, BigInt(seq), BigInt(epoch), Checkpoint.checkpointFormat, sha256, BigInt(bytes)]
            )
          )
        }),

        aside: (save) =>
          Effect.andThen(places.take(1), FiberSet.run(underWay, Effect.ensuring(save, places.release(1)))),

        load: Effect.fn("Checkpoints.load")(function*(fileId, upToSeq) {
          for (const stored of yield* newestStates(fileId, upToSeq)) {
            const document = yield* made(fileId, stored, Document.fromObjects)
            if (document !== undefined) return { seq: stored.seq, document }
          }
          return undefined
        }),

        read: Effect.fn("Checkpoints.read")(function*(fileId, seq, make) {
          for (const stored of yield* newestStates(fileId, seq)) {
            const result = stored.seq === seq ? yield* made(fileId, stored, make) : undefined
            if (result !== undefined) return result
          }
          return undefined
        }),

        forgetOld: Effect.fn("Checkpoints.forgetOld")(function*(mode) {
          let after: string | null = null
          let forgotten = 0
          do {
            const rows: ReadonlyArray<ForgottenPage> = yield* policy.postgres(
              "Checkpoints.forgetOld",
              sql.unsafe<ForgottenPage>(
                `WITH page AS MATERIALIZED (
                   SELECT id FROM files WHERE $1::uuid IS NULL OR id > $1::uuid ORDER BY id LIMIT $2::int
                 ), ranked AS (
                   SELECT file_id, seq, row_number() OVER (PARTITION BY file_id, format ORDER BY seq DESC) AS place
                   FROM file_checkpoints WHERE file_id IN (SELECT id FROM page)
                 ), old AS (
                   SELECT file_id, seq FROM ranked WHERE place > $3::int
                 ), gone AS (
                   DELETE FROM file_checkpoints c USING old WHERE $4::boolean AND c.file_id = old.file_id AND c.seq = old.seq
                 )
                 SELECT (SELECT id::text FROM page ORDER BY id DESC LIMIT 1) AS last, (SELECT count(*)::int FROM old) AS forgotten`,
                [after, pageFiles, candidatesMax, mode === "forget"]
              )
            )
            after = rows[0]?.last ?? null
            forgotten += rows[0]?.forgotten ?? 0
          } while (after !== null)
          return forgotten
        })
      })
    })
  )
}

/** The limit stands with each table, so that both are read from their indexes. */
const newest = (table: string, condition = ""): string =>
  `SELECT seq, sha256 FROM ${table} WHERE file_id = $1::uuid AND seq <= $2::bigint AND ${documentBlobs.isReadable} ${condition}
   ORDER BY ${table}.seq DESC LIMIT $3::int`
