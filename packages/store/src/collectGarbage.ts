/**
 * Removes the blobs that nobody refers to, in two steps that are a grace period apart: a run sets aside what has been in
 * use for that long and is not referred to, and removes what has been aside for that long and still is not. What is
 * aside and referred to is put back.
 *
 * It is safe beside writers because who puts a blob refers to it soon, well within the grace period, or never:
 *
 * - A new blob is young. When it is old enough to be looked at, whoever wanted to refer to it has done so, and
 *   references are read after the list, and after the moment from which ages are counted back.
 * - An old blob may be put again at any moment, and one that is there is not stored anew. If that happens before it is
 *   set aside, the reference follows while it can still be read from there, for a whole grace period, and the next run
 *   sees it and puts the blob back. If it happens after, the blob is not there any more and is stored anew.
 * - A delete that arrives late, after a blob was stored anew, leaves the one that is aside, and that is put back.
 *
 * So no age has to be renewed and nothing locked, which S3 could not do: it has no delete that looks at an age.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Area, StoredBlob } from "./BlobMedium.ts"
import { BlobReferences } from "./BlobReferences.ts"
import { Checkpoints } from "./Checkpoints.ts"
import { Exports } from "./Exports.ts"
import { ObjectStore } from "./ObjectStore.ts"

/** What becomes of a blob. */
type Fate = "keep" | "set aside" | "put back" | "remove"

interface Count {
  readonly blobs: number
  readonly bytes: number
}

export interface GarbageReport {
  /** Rows of checkpoints that were too old to be tried. What only they referred to goes from the next run on. */
  readonly checkpoints: number
  /** Blobs by what became of them, or would have. */
  readonly blobs: Readonly<Record<Fate | "damaged", Count>>
}

/** Blobs whose references are asked for at once, and of those how many are moved or removed at the same time. */
const pageBlobs = 1_000
const concurrency = 8

export const fateOf = (area: Area, blob: StoredBlob, isReferred: boolean, oldMillis: number): Fate => {
  if (isReferred) return area === "aside" ? "put back" : "keep"
  if (blob.storedAtMillis >= oldMillis) return "keep"
  return area === "aside" ? "remove" : "set aside"
}

/** With `report` nothing is changed, and what the forgotten checkpoints refer to still counts as kept. */
export const collectGarbage = Effect.fn("collectGarbage")(function*(mode: "collect" | "report", grace: Duration.Duration) {
  const objects = yield* ObjectStore
  const references = yield* BlobReferences
  const oldMillis = (yield* Clock.currentTimeMillis) - Duration.toMillis(grace)
  const checkpoints = yield* (yield* Checkpoints).forgetOld(mode === "collect" ? "forget" : "count")
  if (mode === "collect") yield* (yield* Exports).forgetOld
  const counts = { keep: none, "set aside": none, "put back": none, remove: none, damaged: none }

  const putBack = (sha256: string) =>
    objects.get(sha256).pipe(
      Effect.flatMap(objects.put),
      Effect.andThen(objects.remove(sha256)),
      Effect.as<Fate | "damaged">("put back"),
      Effect.catchTag("BlobCorrupt", ({ reason }) =>
        Effect.as(Effect.logWarning("A blob that is referred to cannot be put back", { sha256, reason }), "damaged" as const))
    )

  const carryOut = (fate: Fate, { sha256 }: StoredBlob) => {
    if (mode === "report" || fate === "keep") return Effect.succeed(fate)
    if (fate === "put back") return putBack(sha256)
    return Effect.as(fate === "remove" ? objects.remove(sha256) : objects.setAside(sha256), fate)
  }

  for (const area of ["aside", "in use"] as const) {
    yield* Stream.runForEach(Stream.grouped(objects.list(area), pageBlobs), Effect.fnUntraced(function*(page) {
      const referred = yield* references.among(page.map(({ sha256 }) => sha256))
      yield* Effect.forEach(page, (blob) =>
        Effect.map(carryOut(fateOf(area, blob, referred.has(blob.sha256), oldMillis), blob), (fate) => {
          counts[fate] = { blobs: counts[fate].blobs + 1, bytes: counts[fate].bytes + blob.bytes }
        }), { concurrency, discard: true })
    }))
  }
  return { checkpoints, blobs: counts } satisfies GarbageReport
})

const none: Count = { blobs: 0, bytes: 0 }
