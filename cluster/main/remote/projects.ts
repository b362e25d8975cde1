/** `easel projects`: folders of a team's files on a running Easel. */
import { randomUUID } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { jsonFlag, print, printDone, table } from "./output.ts"
import { calling } from "./server.ts"
import { teamArgument } from "./teams.ts"

const projectArgument = Argument.String("project").pipe(Argument.withDescription("Id of the project"))

const linesOf = (projects: ReadonlyArray<{ readonly id: string; readonly name: string }>) => table(["id", "name"], projects.map(({ id, name }) => [id, name]))

const list = Command.make("list", { team: teamArgument, json: jsonFlag }, ({ json, team }) =>
  Effect.map(calling((easel) => easel.projects.list({ params: { id: team } })), (found) => print(json, found, linesOf))).pipe(
    Command.withDescription("The projects of a team, by name")
  )

const create = Command.make("create", { team: teamArgument, name: Argument.String("name"), json: jsonFlag }, ({ json, name, team }) =>
  Effect.map(
    calling((easel) => easel.projects.create({ params: { id: team }, headers: { "idempotency-key": randomUUID() }, payload: { name } })),
    ({ body }) => print(json, body, ({ id }) => [id])
  )).pipe(Command.withDescription("Make a project in a team, and print its id"))

const rename = Command.make("rename", { project: projectArgument, name: Argument.String("name"), json: jsonFlag }, ({ json, name, project }) =>
  Effect.map(calling((easel) => easel.projects.rename({ params: { id: project }, headers: {}, payload: { name } })), (renamed) =>
    print(json, renamed, (one) => linesOf([one])))).pipe(Command.withDescription("Name a project"))

const remove = Command.make("delete", { project: projectArgument, json: jsonFlag }, ({ json, project }) =>
  Effect.map(calling((easel) => easel.projects.remove({ params: { id: project }, headers: {} })), () => printDone(json, { id: project, deleted: true }))).pipe(
    Command.withDescription("Remove a project in which there are no files")
  )

export const projects = Command.make("projects").pipe(
  Command.withDescription("Projects of teams of a running Easel (EASEL_URL, EASEL_TOKEN)"),
  Command.withSubcommands([list, create, rename, remove])
)
