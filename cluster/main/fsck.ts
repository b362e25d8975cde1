/** `easel fsck`: whether all that is stored adds up. Exits with 0 when it does, 1 when it does not, 2 when that cannot be said. */
import { isUuid } from "@easel/gateway"
import { Audit } from "@easel/store"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { type Finding, findingKinds } from "../fsck/findings.ts"
import { type Checked, fsck as check } from "../fsck/fsck.ts"
import * as Migrate from "../runtime/Migrate.ts"
import * as Node from "../runtime/Node.ts"
import { checked, settings } from "../runtime/Settings.ts"
import { layerObjects, layerSql } from "../runtime/storeLayers.ts"
import { reasonOf } from "./reasonOf.ts"

class Found extends Schema.TaggedError<Found>()("Found", { reason: Schema.String, exitCode: Schema.Literal(1) }) {}

class CannotCheck extends Schema.TaggedError<CannotCheck>()("CannotCheck", { reason: Schema.String, exitCode: Schema.Literal(2) }) {}

const cannotCheck = (reason: string) => new CannotCheck({ reason, exitCode: 2 })

const fileFlag = Flag.String("file").pipe(Flag.withDescription("Id of the only file to check"), Flag.optional)
const fixFlag = Flag.Boolean("fix").pipe(Flag.withDescription("Repair what can be repaired without losing anything"), Flag.withDefault(false))
const jsonFlag = Flag.Boolean("json").pipe(Flag.withDescription("Print a line of JSON for each finding, and one for the sum"), Flag.withDefault(false))

export const fsck = Command.make("fsck", { file: fileFlag, fix: fixFlag, json: jsonFlag }, ({ file, fix, json }) =>
  Effect.gen(function*() {
    if (Option.isSome(file) && !isUuid(file.value)) return yield* cannotCheck(`${file.value} is no id of a file`)
    const read = yield* Effect.flatMap(settings, checked)
    const { url } = yield* Node.databaseOf(read)
    yield* Migrate.runAt(url)
    const store = Audit.layer.pipe(Layer.provide([layerObjects(read), layerSql(url, "no shards")]))
    const sum = yield* Effect.provide(
      check(fix ? "fix" : "check", Option.getOrUndefined(file), (finding) => console.log(json ? JSON.stringify(finding) : lineOf(finding))),
      store
    )
    if (Option.isSome(file) && sum.files === 0) return yield* cannotCheck(`there is no file ${file.value}`)
    console.log(json ? JSON.stringify(sum) : sumOf(sum))
    return sum
  }).pipe(
    Effect.scoped,
    Effect.mapError((error) => error instanceof CannotCheck ? error : cannotCheck(reasonOf(error))),
    Effect.flatMap(({ left }) => left === 0 ? Effect.void : Effect.fail(new Found({ reason: `${left} findings`, exitCode: 1 })))
  )).pipe(Command.withDescription("Check that logs, checkpoints, versions, segments and images add up, at DATABASE_URL and in its object storage"))

const lineOf = ({ detail, fileId, kind, objectId, repair, seq, severity }: Finding): string => {
  const { means, repair: how } = findingKinds[kind]
  const where = [seq === undefined ? "" : ` at seq ${seq}`, objectId === undefined ? "" : ` object ${objectId}`, detail === undefined ? "" : ` (${detail})`]
  const then = repair === "done" ? `; repaired: ${how}` : repair === "possible" ? `; with --fix ${how}` : ""
  return `${severity} ${kind}: ${fileId}${where.join("")}: ${means}${then}`
}

const sumOf = ({ files, left, repaired }: Checked): string =>
  `${files.toLocaleString("en")} files checked: ${left === 0 ? "nothing wrong" : `${left.toLocaleString("en")} findings`}${repaired === 0 ? "" : `, ${repaired.toLocaleString("en")} repaired`}`
