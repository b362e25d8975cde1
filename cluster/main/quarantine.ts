/** `easel quarantine`: the files that nobody may open because their actors failed, and how to let one go. Beside running nodes. */
import { isUuid } from "@easel/gateway"
import { Quarantine, type QuarantinedFile } from "@easel/store"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Migrate from "../runtime/Migrate.ts"
import * as Node from "../runtime/Node.ts"
import { checked, settings } from "../runtime/Settings.ts"
import { layerSql } from "../runtime/storeLayers.ts"
import { jsonFlag, print } from "./remote/output.ts"

class NotInQuarantine extends Schema.TaggedError<NotInQuarantine>()("NotInQuarantine", { reason: Schema.String }) {}

const releaseFlag = Flag.String("release").pipe(Flag.withDescription("Id of a file that may be opened again"), Flag.optional)

export const quarantine = Command.make("quarantine", { json: jsonFlag, release: releaseFlag }, ({ json, release }) =>
  Effect.gen(function*() {
    const read = yield* Effect.flatMap(settings, checked)
    const { url } = yield* Node.databaseOf(read)
    yield* Migrate.runAt(url)
    yield* Effect.gen(function*() {
      const store = yield* Quarantine
      if (Option.isSome(release)) {
        const { value } = release
        const wasThere = isUuid(value) && (yield* store.release(value))
        if (!wasThere) return yield* new NotInQuarantine({ reason: `${value} is no file in quarantine` })
        return print(json, { fileId: value, released: true }, () => [`${value} may be opened again.`])
      }
      print(json, yield* store.list, (files) => files.length === 0 ? ["No file is in quarantine."] : files.map(lineOf))
    }).pipe(Effect.provide(Quarantine.layer.pipe(Layer.provide(layerSql(url, "no shards")))))
  }).pipe(Effect.scoped)).pipe(
    Command.withDescription("List the files of DATABASE_URL whose actors failed again and again, or let one go")
  )

const lineOf = ({ fileId, name, quarantinedAt, reason }: QuarantinedFile): string =>
  `${fileId}  ${new Date(quarantinedAt).toISOString()}  ${name}: ${reason}`
