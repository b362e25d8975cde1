/** `easel files`: the files of a running Easel. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { jsonFlag, print, printJson, table } from "./output.ts"
import { calling } from "./server.ts"

export const fileArgument = Argument.String("file").pipe(Argument.withDescription("Id of the file"))

export const limitFlag = Flag.Int("limit").pipe(Flag.withDescription("How many, from 1 to 200"), Flag.withDefault(50))

interface Summary {
  readonly id: string
  readonly name: string
  readonly seq: number
  readonly updatedAt: string
}

const linesOf = (files: ReadonlyArray<Summary>) => table(["id", "seq", "edited", "name"], files.map(({ id, name, seq, updatedAt }) => [id, seq, updatedAt, name]))

const list = Command.make("list", { limit: limitFlag, json: jsonFlag }, ({ json, limit }) =>
  Effect.map(calling((easel) => easel.files.list({ query: { limit } })), ({ body }) => print(json, body, linesOf))).pipe(
    Command.withDescription("The files that you may read, newest first")
  )

const create = Command.make(
  "create",
  {
    name: Argument.String("name").pipe(Argument.withDescription("Name of the new file")),
    team: Flag.String("team").pipe(Flag.withDescription("Id of the team that owns it"), Flag.optional),
    json: jsonFlag
  },
  ({ json, name, team }) =>
    Effect.map(
      calling((easel) => easel.files.create({ payload: { name, ...(Option.isSome(team) ? { teamId: team.value } : {}) } })),
      ({ body }) => print(json, body, ({ id }) => [id])
    )
).pipe(Command.withDescription("Make a file, and print its id"))

const rename = Command.make("rename", { file: fileArgument, name: Argument.String("name"), json: jsonFlag }, ({ file, json, name }) =>
  Effect.map(calling((easel) => easel.files.change({ params: { id: file }, headers: {}, payload: { name } })), (renamed) =>
    print(json, renamed, (one) => linesOf([one])))).pipe(Command.withDescription("Name a file, and tell everybody who has it open"))

const read = Command.make("read", { file: fileArgument }, ({ file }) =>
  Effect.map(calling((easel) => easel.files.read({ params: { id: file } })), printJson)).pipe(
    Command.withDescription("Print a whole file as JSON, committed state only")
  )

export const files = Command.make("files").pipe(
  Command.withDescription("The files of a running Easel (EASEL_URL, EASEL_TOKEN)"),
  Command.withSubcommands([list, create, rename, read])
)
