/** `easel collect-garbage`: blobs that nobody refers to, and checkpoints that nobody would try. For cron, once a day. */
import { BlobReferences, Checkpoints, collectGarbage as collect, Exports, Files, type GarbageReport, Purges } from "@easel/store"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Migrate from "../runtime/Migrate.ts"
import * as Node from "../runtime/Node.ts"
import { checked, settings } from "../runtime/Settings.ts"
import { layerObjects, layerSql } from "../runtime/storeLayers.ts"
import { jsonFlag, print } from "./remote/output.ts"

class GraceTooShort extends Schema.TaggedError<GraceTooShort>()("GraceTooShort", { reason: Schema.String }) {}

/** A database that refers to nothing is more likely another one than a reason to empty a bucket. */
class DatabaseEmpty extends Schema.TaggedError<DatabaseEmpty>()("DatabaseEmpty", { reason: Schema.String }) {}

/** Longer than anybody takes from putting a blob to referring to it, retries and wrong clocks included. */
const graceMin = Duration.hours(1)

const graceFlag = Flag.String("grace").pipe(
  Flag.withDescription("How long a blob is left alone before each of the two steps, as in \"12 hours\""),
  Flag.withDefault("1 day"),
  Flag.withSchema(Schema.DurationFromString)
)

const dryRunFlag = Flag.Boolean("dry-run").pipe(Flag.withDescription("Say what would be done, and change nothing"), Flag.withDefault(false))

export const collectGarbage = Command.make("collect-garbage", { grace: graceFlag, dryRun: dryRunFlag, json: jsonFlag }, ({ dryRun, grace, json }) =>
  Effect.gen(function*() {
    if (Duration.isLessThan(grace, graceMin)) return yield* new GraceTooShort({ reason: `--grace is at least ${Duration.format(graceMin)}` })
    const read = yield* Effect.flatMap(settings, checked)
    const { url } = yield* Node.databaseOf(read)
    // Refuses the database of a newer Easel, where more may refer to blobs than is known here.
    yield* Migrate.runAt(url)
    const store = Layer.mergeAll(Checkpoints.layer, BlobReferences.layer, Exports.layer, Files.layer, Purges.layer).pipe(
      Layer.provideMerge(layerObjects(read)),
      Layer.provide(layerSql(url, "no shards"))
    )
    const report = yield* Effect.provide(collected(dryRun ? "report" : "collect", grace), store)
    const place = Option.isSome(read.s3) ? `bucket ${read.s3.value.bucket}` : `folder ${read.dataFolder}`
    print(json, { place, dryRun, ...report }, () => linesOf(report, place, dryRun))
  }).pipe(Effect.scoped)).pipe(
    Command.withDescription("Remove blobs that nobody refers to, and old checkpoints, at DATABASE_URL and in its object storage")
  )

const collected = Effect.fnUntraced(function*(mode: "collect" | "report", grace: Duration.Duration) {
  const files = yield* Files
  const [file] = [...(yield* files.list(1)), ...(yield* files.list(1, { trashed: true }))]
  if (file === undefined) return yield* new DatabaseEmpty({ reason: "the database has no files: is it the one of these blobs?" })
  if (mode === "collect") yield* Effect.flatMap(Purges, ({ finish }) => finish)
  return yield* collect(mode, grace)
})

const linesOf = ({ blobs, checkpoints }: GarbageReport, place: string, dryRun: boolean): ReadonlyArray<string> => {
  const rows = [
    ["blobs", "", "bytes"],
    ["kept", blobs.keep.blobs, blobs.keep.bytes],
    ["set aside", blobs["set aside"].blobs, blobs["set aside"].bytes],
    ["put back", blobs["put back"].blobs, blobs["put back"].bytes],
    ["removed", blobs.remove.blobs, blobs.remove.bytes],
    ["damaged", blobs.damaged.blobs, blobs.damaged.bytes]
  ] as const
  return [
    dryRun ? `In ${place}, if this were no dry run:` : `In ${place}:`,
    ...rows.map(([what, count, bytes]) => `  ${what.padEnd(12)}${count.toLocaleString("en").padStart(12)}${bytes.toLocaleString("en").padStart(18)}`),
    `  ${"checkpoints forgotten".padEnd(12)} ${checkpoints.toLocaleString("en")}`
  ]
}
