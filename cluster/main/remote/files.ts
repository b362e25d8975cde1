/** `easel files`: the files of a running Easel. */
import { randomUUID } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { jsonFlag, print, printDone, printJson, table } from "./output.ts"
import { CallFailed, calling } from "./server.ts"

export const fileArgument = Argument.String("file").pipe(Argument.withDescription("Id of the file"))

export const limitFlag = Flag.Int("limit").pipe(Flag.withDescription("How many, from 1 to 200"), Flag.withDefault(50))

const optionalText = (name: string, description: string) => Flag.String(name).pipe(Flag.withDescription(description), Flag.optional)

const seqFlag = Flag.Int("seq").pipe(Flag.withDescription("What the file was at this seq"), Flag.optional)

const teamFlag = optionalText("team", "Id of a team")
const projectFlag = optionalText("project", "Id of a project, whose team is the file's")

/** Those of some options that were given. */
const given = <Key extends string, A>(key: Key, option: Option.Option<A>): { readonly [K in Key]?: A } =>
  // SAFETY: it has the key, or is empty.
  (Option.isSome(option) ? { [key]: option.value } : {}) as { readonly [K in Key]?: A }

interface Summary {
  readonly id: string
  readonly name: string
  readonly seq: number
  readonly updatedAt: string
}

const linesOf = (files: ReadonlyArray<Summary>) => table(["id", "seq", "edited", "name"], files.map(({ id, name, seq, updatedAt }) => [id, seq, updatedAt, name]))

const list = Command.make(
  "list",
  {
    search: optionalText("search", "What their names hold, whatever the case"),
    team: teamFlag,
    project: projectFlag,
    trashed: Flag.Boolean("trashed").pipe(Flag.withDescription("What is in the trash"), Flag.withDefault(false)),
    limit: limitFlag,
    json: jsonFlag
  },
  ({ json, limit, project, search, team, trashed }) => {
    const query = { limit, ...given("name", search), ...given("teamId", team), ...given("projectId", project), ...(trashed ? { trashed: "true" as const } : {}) }
    return Effect.map(calling((easel) => easel.files.list({ query })), ({ body }) => print(json, body, linesOf))
  }
).pipe(Command.withDescription("The files in which you have a role, newest first"))

const create = Command.make(
  "create",
  {
    name: Argument.String("name").pipe(Argument.withDescription("Name of the new file")),
    team: teamFlag,
    project: projectFlag,
    json: jsonFlag
  },
  ({ json, name, project, team }) =>
    Effect.map(
      calling((easel) => easel.files.create({ payload: { name, ...given("teamId", team), ...given("projectId", project) } })),
      ({ body }) => print(json, body, ({ id }) => [id])
    )
).pipe(Command.withDescription("Make a file, and print its id"))

type Change = { readonly name: string } | { readonly projectId: string | null } | { readonly teamId: string | null } | { readonly trashed: boolean }

const changed = (file: string, json: boolean, payload: Change) =>
  Effect.map(calling((easel) => easel.files.change({ params: { id: file }, headers: {}, payload })), (now) => print(json, now, (one) => linesOf([one])))

const rename = Command.make("rename", { file: fileArgument, name: Argument.String("name"), json: jsonFlag }, ({ file, json, name }) =>
  changed(file, json, { name })).pipe(Command.withDescription("Name a file, and tell everybody who has it open"))

const move = Command.make(
  "move",
  {
    file: fileArgument,
    team: teamFlag,
    project: projectFlag,
    out: Flag.Boolean("out").pipe(Flag.withDescription("Out of its team, to its owners alone"), Flag.withDefault(false)),
    json: jsonFlag
  },
  Effect.fn("move")(function*({ file, json, out, project, team }) {
    const places: ReadonlyArray<Change> = [
      ...Option.toArray(Option.map(project, (projectId) => ({ projectId }))),
      ...Option.toArray(Option.map(team, (teamId) => ({ teamId }))),
      ...(out ? [{ teamId: null }] : [])
    ]
    const [place] = places
    if (place === undefined || places.length > 1) return yield* new CallFailed({ reason: "say where to: --project, --team or --out" })
    yield* changed(file, json, place)
  })
).pipe(Command.withDescription("Move a file to a project or a team; who has a role by the team that it leaves has none then"))

const duplicate = Command.make(
  "duplicate",
  { file: fileArgument, name: optionalText("name", "Name of the copy"), seq: seqFlag, team: teamFlag, project: projectFlag, json: jsonFlag },
  ({ file, json, name, project, seq, team }) => {
    const payload = { ...given("name", name), ...given("seq", seq), ...given("teamId", team), ...given("projectId", project) }
    const headers = { "idempotency-key": randomUUID() }
    return Effect.map(calling((easel) => easel.files.duplicate({ params: { id: file }, headers, payload })), ({ body }) => print(json, body, ({ id }) => [id]))
  }
).pipe(Command.withDescription("Make a file of what another one is, or was at a seq, and print its id"))

const trash = Command.make("trash", { file: fileArgument, json: jsonFlag }, ({ file, json }) => changed(file, json, { trashed: true })).pipe(
  Command.withDescription("Put a file into the trash; who has it open is sent away")
)

const restore = Command.make("restore", { file: fileArgument, json: jsonFlag }, ({ file, json }) => changed(file, json, { trashed: false })).pipe(
  Command.withDescription("Take a file out of the trash, as it was")
)

const remove = Command.make("delete", { file: fileArgument, json: jsonFlag }, ({ file, json }) =>
  Effect.map(calling((easel) => easel.files.remove({ params: { id: file }, headers: {} })), () => printDone(json, { id: file, deleted: true }))).pipe(
    Command.withDescription("Delete a file that is in the trash for good, with its versions, comments and links")
  )

/** JSON with and without the flag. */
const read = Command.make("read", { file: fileArgument, seq: seqFlag, json: jsonFlag }, ({ file, seq }) =>
  Effect.map(
    calling((easel) =>
      Option.match(seq, {
        onNone: () => easel.files.read({ params: { id: file } }),
        onSome: (at) => easel.versions.readAt({ params: { id: file, seq: String(at) } })
      })
    ),
    printJson
  )).pipe(Command.withDescription("Print a whole file as JSON, committed state only"))

export const files = Command.make("files").pipe(
  Command.withDescription("The files of a running Easel (EASEL_URL, EASEL_TOKEN)"),
  Command.withSubcommands([list, create, rename, move, duplicate, trash, restore, remove, read])
)
