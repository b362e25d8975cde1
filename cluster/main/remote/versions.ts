/** `easel versions`: the history of a file of a running Easel. */
import { randomUUID } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { fileArgument, limitFlag } from "./files.ts"
import { jsonFlag, print, printJson, table } from "./output.ts"
import { CallFailed, calling } from "./server.ts"

interface Listed {
  readonly id: string
  readonly seq: number
  readonly kind: string
  readonly name: string | null
  readonly createdBy: string
  readonly createdAt: string
  readonly pinned: boolean
  readonly bytes: number
}

const linesOf = (versions: ReadonlyArray<Listed>) =>
  table(
    ["id", "seq", "kept", "by", "kind", "bytes", "name"],
    versions.map(({ bytes, createdAt, createdBy, id, kind, name, pinned, seq }) => [id, seq, createdAt, createdBy, pinned ? `${kind}, pinned` : kind, bytes, name ?? ""])
  )

const versionArgument = Argument.String("version").pipe(Argument.withDescription("Id of the version"))

const stateArgument = (name: string) => Argument.String(name).pipe(Argument.withDescription("Id of a version, or a seq"))

const requestFlag = Flag.String("request").pipe(
  Flag.withDescription("A UUID that names this request: sent again, it changes nothing more"),
  Flag.optional
)

const headersOf = (request: Option.Option<string>) => ({ "idempotency-key": Option.getOrElse(request, () => randomUUID()) })

const isSeq = (state: string): boolean => /^\d+$/.test(state)

const list = Command.make("list", { file: fileArgument, limit: limitFlag, json: jsonFlag }, ({ file, json, limit }) =>
  Effect.map(calling((easel) => easel.versions.list({ params: { id: file }, query: { limit } })), ({ body }) => print(json, body, linesOf))).pipe(
    Command.withDescription("The versions of a file, newest first")
  )

const save = Command.make(
  "save",
  { file: fileArgument, name: Argument.String("name").pipe(Argument.withDescription("Name of the version")), request: requestFlag, json: jsonFlag },
  ({ file, json, name, request }) =>
    Effect.map(calling((easel) => easel.versions.save({ params: { id: file }, headers: headersOf(request), payload: { name } })), ({ body }) =>
      print(json, body, (version) => linesOf([version])))
).pipe(Command.withDescription("Keep what a file holds now"))

const change = (name: string, description: string, payload: { readonly pinned: boolean }) =>
  Command.make(name, { file: fileArgument, version: versionArgument, json: jsonFlag }, ({ file, json, version }) =>
    Effect.map(calling((easel) => easel.versions.change({ params: { id: file, versionId: version }, payload })), (changed) =>
      print(json, changed, (one) => linesOf([one])))).pipe(Command.withDescription(description))

const rename = Command.make(
  "rename",
  { file: fileArgument, version: versionArgument, name: Argument.String("name"), json: jsonFlag },
  ({ file, json, name, version }) =>
    Effect.map(calling((easel) => easel.versions.change({ params: { id: file, versionId: version }, payload: { name } })), (changed) =>
      print(json, changed, (one) => linesOf([one])))
).pipe(Command.withDescription("Name a version; what has a name is kept for ever"))

/** JSON with and without the flag. */
const read = Command.make("read", { file: fileArgument, state: stateArgument("state"), json: jsonFlag }, ({ file, state }) =>
  Effect.map(
    calling((easel) =>
      isSeq(state)
        ? easel.versions.readAt({ params: { id: file, seq: state } })
        : easel.versions.read({ params: { id: file, versionId: state } })
    ),
    printJson
  )).pipe(Command.withDescription("Print a whole file as JSON, as it was"))

const diff = Command.make("diff", { file: fileArgument, from: stateArgument("from"), to: stateArgument("to"), json: jsonFlag }, ({ file, from, json, to }) =>
  Effect.map(calling((easel) => easel.versions.diff({ params: { id: file }, query: { from, to } })), (difference) =>
    print(json, difference, ({ changed, created, deleted, moved, truncated }) => [
      ...table(["what", "object", "property", "from", "to"], [
        ...created.map((id) => ["created", id]),
        ...deleted.map((id) => ["deleted", id]),
        ...moved.map(({ from, objectId, to }) => ["moved", objectId, "", placeText(from), placeText(to)]),
        ...changed.flatMap(({ objectId, paths }) => paths.map(({ from, path, to }) => ["changed", objectId, path, valueText(from), valueText(to)]))
      ]),
      ...Object.entries(truncated).filter(([, count]) => count > 0).map(([what, count]) => `and ${count.toLocaleString("en")} more ${what}`)
    ]))).pipe(Command.withDescription("What is new, gone, moved and changed from one state to another"))

const valueText = (value: unknown): string => value === undefined ? "…" : JSON.stringify(value)
const placeText = ({ orderKey, parentId }: { readonly parentId: string | null; readonly orderKey: string }): string => `${parentId ?? "the file"} ${orderKey}`

const blame = Command.make(
  "blame",
  { file: fileArgument, object: Argument.String("object"), property: Argument.String("property"), json: jsonFlag },
  ({ file, json, object, property }) =>
    Effect.map(calling((easel) => easel.versions.blame({ params: { id: file }, query: { objectId: object, propertyPath: property } })), (blamed) =>
      print(json, blamed, ({ clientId, seq, timestamp, userId, value }) =>
        table(["value", "seq", "time", "user", "client"], [[valueText(value), seq, new Date(timestamp).toISOString(), userId ?? "?", clientId]])))
).pipe(Command.withDescription("Who wrote what stands in a property of an object, and when"))

const subtreesFlag = Flag.String("subtree").pipe(
  Flag.withDescription("Restore this object and what lies in it alone; may be given several times"),
  Flag.between(0, 1_000)
)

const restore = Command.make(
  "restore",
  { file: fileArgument, state: stateArgument("state"), subtrees: subtreesFlag, request: requestFlag, json: jsonFlag },
  Effect.fn("restore")(function*({ file, json, request, state, subtrees }) {
    const scope = subtrees.length === 0 ? {} : { scope: { subtrees } }
    const at = isSeq(state) ? { seq: Number(state) } : { versionId: state }
    if ("seq" in at && !Number.isSafeInteger(at.seq)) return yield* new CallFailed({ reason: `no file is at seq ${state}` })
    const restored = yield* calling((easel) => easel.versions.restore({ params: { id: file }, headers: headersOf(request), payload: { ...at, ...scope } }))
    print(json, restored, ({ beforeVersion, fromSeq, restoreId, seq }) => [
      `Restored by ${(seq - fromSeq).toLocaleString("en")} operations, up to seq ${seq}. What was there before is version ${beforeVersion}.`,
      `To take it back: easel versions undo ${file} ${restoreId}`
    ])
  })
).pipe(Command.withDescription("Bring back what a file was, by an edit like any other: nobody is disconnected, and it can be undone"))

const undo = Command.make(
  "undo",
  { file: fileArgument, restore: Argument.String("restore").pipe(Argument.withDescription("Id of the restore")), request: requestFlag, json: jsonFlag },
  ({ file, json, request, restore }) =>
    Effect.map(
      calling((easel) => easel.versions.undoRestore({ params: { id: file, restoreId: restore }, headers: headersOf(request) })),
      (undone) => print(json, undone, ({ fromSeq, seq }) => [`Taken back by ${(seq - fromSeq).toLocaleString("en")} operations, up to seq ${seq}.`])
    )
).pipe(Command.withDescription("Take back what a restore wrote and nobody has written over since"))

export const versions = Command.make("versions").pipe(
  Command.withDescription("The history of a file of a running Easel (EASEL_URL, EASEL_TOKEN)"),
  Command.withSubcommands([
    list,
    save,
    rename,
    change("pin", "Keep a version for ever", { pinned: true }),
    change("unpin", "Let a version go when it is old", { pinned: false }),
    read,
    diff,
    blame,
    restore,
    undo
  ])
)
