/** `easel teams`: the teams of a running Easel, and who is in them. */
import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { jsonFlag, print, printDone, table } from "./output.ts"
import { calling } from "./server.ts"

export const teamArgument = Argument.String("team").pipe(Argument.withDescription("Id of the team"))
const userArgument = Argument.String("user").pipe(Argument.withDescription("Id of a user, as tokens name him"))
const roleArgument = Argument.Literals("role", ["owner", "editor", "commenter", "viewer"]).pipe(Argument.withDescription("owner, editor, commenter or viewer"))

const linesOf = (teams: ReadonlyArray<{ readonly id: string; readonly role: string; readonly name: string }>) =>
  table(["id", "role", "name"], teams.map(({ id, name, role }) => [id, role, name]))

const list = Command.make("list", { json: jsonFlag }, ({ json }) =>
  Effect.map(calling((easel) => easel.teams.list()), (teams) => print(json, teams, linesOf))).pipe(
    Command.withDescription("The teams that you are in, by name")
  )

const create = Command.make("create", { name: Argument.String("name"), json: jsonFlag }, ({ json, name }) =>
  Effect.map(calling((easel) => easel.teams.create({ payload: { name } })), (team) => print(json, team, ({ id }) => [id]))).pipe(
    Command.withDescription("Make a team that you own, and print its id")
  )

const rename = Command.make("rename", { team: teamArgument, name: Argument.String("name"), json: jsonFlag }, ({ json, name, team }) =>
  Effect.map(calling((easel) => easel.teams.rename({ params: { id: team }, headers: {}, payload: { name } })), (renamed) =>
    print(json, renamed, (one) => linesOf([one])))).pipe(Command.withDescription("Name a team"))

const drop = Command.make("delete", { team: teamArgument, json: jsonFlag }, ({ json, team }) =>
  Effect.map(calling((easel) => easel.teams.remove({ params: { id: team }, headers: {} })), () => printDone(json, { id: team, deleted: true }))).pipe(
    Command.withDescription("Remove a team in which there are no files and no projects")
  )

const members = Command.make("members", { team: teamArgument, json: jsonFlag }, ({ json, team }) =>
  Effect.map(calling((easel) => easel.teamMembers.list({ params: { id: team } })), (found) =>
    print(json, found, (all) => table(["role", "user"], all.map(({ role, userId }) => [role, userId]))))).pipe(
      Command.withDescription("Who is in a team, owners first")
    )

const put = Command.make("put", { team: teamArgument, user: userArgument, role: roleArgument, json: jsonFlag }, ({ json, role, team, user }) =>
  Effect.map(calling((easel) => easel.teamMembers.put({ params: { id: team, userId: user }, payload: { role } })), (member) =>
    print(json, member, ({ role, userId }) => table(["role", "user"], [[role, userId]])))).pipe(
      Command.withDescription("Give a user a role in a team and all of its files, in place of the one before")
    )

const remove = Command.make("remove", { team: teamArgument, user: userArgument, json: jsonFlag }, ({ json, team, user }) =>
  Effect.map(calling((easel) => easel.teamMembers.remove({ params: { id: team, userId: user } })), () => printDone(json, { id: team, userId: user, removed: true }))).pipe(
    Command.withDescription("Take a user out of a team")
  )

export const teams = Command.make("teams").pipe(
  Command.withDescription("The teams of a running Easel (EASEL_URL, EASEL_TOKEN)"),
  Command.withSubcommands([list, create, rename, drop, members, put, remove])
)
