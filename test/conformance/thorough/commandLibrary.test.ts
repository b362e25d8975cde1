/** `easel files`, `teams`, `projects`, `comments`, `cluster` and `tail` against a node that asks who its users are. */
import { randomUUID } from "node:crypto"
import * as Completions from "effect/cli/Completions"
import { beforeAll, expect, it, onTestFinished } from "vitest"
import { hostCommands } from "../../../cluster/main/hostCommands.ts"
import { remoteCommands } from "../../../cluster/main/remoteCommands.ts"
import { complaintOf, easel, easelRunning } from "../../harness/command.ts"
import { nodeForFile } from "../../harness/easelNode.ts"
import { create, join, update } from "../../harness/editing.ts"
import { takesTokens, tokenOf } from "../../harness/tokens.ts"
import { waitUntil } from "../../harness/waitUntil.ts"

const own = nodeForFile({ environment: takesTokens })

let ada: Record<string, string> = {}
let token = ""

beforeAll(async () => {
  token = await tokenOf({ userId: "ada", admin: true })
  ada = { EASEL_URL: own.node.url, EASEL_TOKEN: token }
})

const parsed = async <A>(args: ReadonlyArray<string>): Promise<A> => JSON.parse(await easel([...args, "--json"], ada))
const idOf = async (args: ReadonlyArray<string>): Promise<string> => (await easel(args, ada)).trim()
const linesOf = async (args: ReadonlyArray<string>) => (await easel(args, ada)).trimEnd().split("\n").map((line) => line.split(/ {2,}/))

it("H22 to H26: teams, projects and the life of a file", { timeout: 120_000 }, async () => {
  const teamId = await idOf(["teams", "create", "Team"])
  const [projectId] = await Promise.all([idOf(["projects", "create", teamId, "Posters"]), easel(["teams", "put", teamId, "bob", "viewer"], ada)])
  const fileId = await idOf(["files", "create", "Poster \u001b[2Jone", "--project", projectId])
  const [members, projects, found, elsewhere, copyId] = await Promise.all([
    linesOf(["teams", "members", teamId]),
    linesOf(["projects", "list", teamId]),
    parsed<ReadonlyArray<{ readonly id: string }>>(["files", "list", "--search", "POSTER", "--project", projectId]),
    complaintOf(["files", "move", fileId, "--team", randomUUID(), "--out"], ada),
    idOf(["files", "duplicate", fileId, "--name", "Copy", "--seq", "0"])
  ])
  expect(members).toEqual([["role", "user"], ["owner", "ada"], ["viewer", "bob"]])
  expect(projects.slice(1)).toEqual([[projectId, "Posters"]])
  expect(found.map(({ id }) => id)).toEqual([fileId])
  expect(elsewhere).toBe("easel: say where to: --project, --team or --out")
  expect(await complaintOf(["projects", "delete", projectId], ada)).toMatch(/^easel: there are files in it/)
  await Promise.all([easel(["files", "move", fileId, "--team", teamId], ada), easel(["files", "trash", copyId], ada)])
  expect(await linesOf(["files", "list", "--trashed"])).toEqual([["id", "seq", "edited", "name"], [copyId, "0", expect.any(String), "Copy"]])
  expect(await complaintOf(["files", "delete", fileId], ada)).toMatch(/^easel: only what is in the trash/)
  expect(await parsed(["files", "delete", copyId])).toEqual({ id: copyId, deleted: true })
  expect(await complaintOf(["files", "restore", copyId], ada)).toBe("easel: no file has this id")
})

it("every command that ends takes --json, and gives it a description", () => {
  const without = (command: Completions.CommandDescriptor, path: string): ReadonlyArray<string> =>
    command.subcommands.length > 0
      ? command.subcommands.flatMap((one) => without(one, `${path} ${one.name}`))
      : command.flags.some(({ description, name }) => name === "json" && (description ?? "") !== "") ? [] : [path]
  expect([...hostCommands, ...remoteCommands].flatMap((command) => without(Completions.fromCommand(command), command.name)).toSorted()).toEqual(["gateway", "node", "start"])
})

it("N9: comments are made, answered, settled and listed in threads", { timeout: 120_000 }, async () => {
  const fileId = await idOf(["files", "create", "Discussed"])
  const thread = await parsed<{ readonly id: string }>(["comments", "add", fileId, "Too red?", "--x", "10.5"])
  await idOf(["comments", "reply", fileId, thread.id, "No"])
  await easel(["comments", "resolve", fileId, thread.id], ada)
  expect((await linesOf(["comments", "list", fileId])).map((cells) => cells.slice(3))).toEqual([["state", "text"], ["resolved", "Too red?"], ["reply", "No"]])
})

it("H6: the cluster is shown to admins", { timeout: 120_000 }, async () => {
  const [shown, refused] = await Promise.all([
    easel(["cluster"], ada),
    complaintOf(["cluster"], { EASEL_URL: own.node.url, EASEL_TOKEN: await tokenOf({ userId: "bob" }) })
  ])
  expect(shown).toMatch(/^(Not healthy|Healthy): \d+ files open, shards held: default \d+\n/)
  expect(refused).toBe("easel: this asks for a token with the scope admin")
})

it("P2: tail prints what is done in a file as it happens, until Ctrl-C", { timeout: 120_000 }, async () => {
  const fileId = await idOf(["files", "create", "Watched"])
  const tails = [easelRunning(["tail", fileId, "--json"], ada), easelRunning(["tail", fileId], ada)]
  for (const { interrupt } of tails) onTestFinished(interrupt)
  const [json, plain] = tails
  const eventually = (what: string, condition: () => boolean) => waitUntil(condition, { deadlineMillis: 30_000, what })
  await eventually("both follow the file", () => tails.every(({ printed }) => printed.stderr.includes("following from seq 0")))
  const editor = await join(own.node, fileId, { userId: "ada", token })
  await editor.edit(create("a", { x: 1 }))
  await editor.edit(update("a", "x", 2))
  await eventually("both have printed two lines", () => tails.every(({ printed }) => printed.stdout.trimEnd().split("\n").length === 2))
  expect(json?.printed.stdout.trimEnd().split("\n").map((line) => JSON.parse(line))).toMatchObject([
    { seq: 1, operationType: "create", objectId: "a", userId: "ada" },
    { seq: 2, operationType: "update", objectId: "a", propertyPath: "x", newValue: 2 }
  ])
  expect(plain?.printed.stdout.split("\n")[1]).toMatch(/^2 {2}20\S+ {2}ada {2}update {2}a {2}x {2}2$/)
  for (const { exited, interrupt } of tails) {
    interrupt()
    expect(await exited).toBe(0)
  }
  expect(await complaintOf(["tail", randomUUID()], ada)).toMatch(/^easel: no file has this id/)
})
