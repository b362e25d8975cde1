/** `easel compact`: what nodes do once a day by themselves, now and with a report. Beside running nodes, or without. */
import { Checkpoints, Log, Segments } from "@easel/store"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { compact as compactLog, type CompactedMonth } from "../compaction/compact.ts"
import * as Migrate from "../runtime/Migrate.ts"
import * as Node from "../runtime/Node.ts"
import { checked, settings } from "../runtime/Settings.ts"
import { layerObjects, layerSql } from "../runtime/storeLayers.ts"
import { jsonFlag, print } from "./remote/output.ts"

class CompactionRuns extends Schema.TaggedError<CompactionRuns>()("CompactionRuns", { reason: Schema.String }) {}

/** Files that cannot be compacted. Everything is where it was. */
class HeldBack extends Schema.TaggedError<HeldBack>()("HeldBack", { reason: Schema.String }) {}

const dryRunFlag = Flag.Boolean("dry-run").pipe(Flag.withDescription("Say which months would be moved, and change nothing"), Flag.withDefault(false))

export const compact = Command.make("compact", { dryRun: dryRunFlag, json: jsonFlag }, ({ dryRun, json }) =>
  Effect.gen(function*() {
    const read = yield* Effect.flatMap(settings, checked)
    const { url } = yield* Node.databaseOf(read)
    yield* Migrate.runAt(url)
    const store = Layer.mergeAll(Checkpoints.layer, Log.layer, Segments.layer).pipe(Layer.provide([layerObjects(read), layerSql(url, "no shards")]))
    const months = yield* Effect.provide(compactLog(dryRun ? "report" : "compact", read.offlineHorizon), store)
    if (Option.isNone(months)) return yield* new CompactionRuns({ reason: "the log is being compacted at this moment" })
    print(json, months.value, (all) => all.length === 0 ? [`No month of the log ended ${Duration.format(read.offlineHorizon)} ago.`] : all.map(lineOf))
    const heldBack = months.value.flatMap(({ heldBackBy }) => heldBackBy)
    if (heldBack.length > 0) {
      return yield* new HeldBack({ reason: `held back by ${heldBack.map(({ fileId, reason }) => `${fileId} (${reason})`).join(", ")}` })
    }
  }).pipe(Effect.scoped)).pipe(
    Command.withDescription("Move the log's old months to compressed segments in the object storage of DATABASE_URL")
  )

const lineOf = ({ bytes, checkpoints, files, kept, name, outcome, rows, segmentBytes, segments }: CompactedMonth): string =>
  outcome === "would move"
    ? `${name}: would be moved, ${number(bytes)} bytes`
    : `${name}: ${outcome}, ${number(bytes)} bytes of ${number(files)} files; ${number(rows)} rows written in ${number(segments)} segments of `
      + `${number(segmentBytes)} bytes, ${number(kept)} kept, ${number(checkpoints)} checkpoints made`

const number = (value: number): string => value.toLocaleString("en")
