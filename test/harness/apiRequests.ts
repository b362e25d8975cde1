/** Requests to every endpoint of the HTTP API, by the names that tables of roles use, and typed calls by their tags. */
import { randomUUID } from "node:crypto"
import type { Endpoint } from "./apiDocument.ts"
import { anchor, drawing, type Everybody, secondToken } from "./everybody.ts"
import { answered, ask } from "./requests.ts"
import type { Shown } from "./tokens.ts"

export interface ApiRequest {
  /** As the OpenAPI document has it. */
  readonly operationId: string
  /** What its path names, where that is not what `pathOf` puts there. */
  readonly names?: (all: Everybody) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>
  readonly query?: string
  readonly body?: (who: string, all: Everybody) => unknown
  /** What is shown, where that is not what others show. */
  readonly shown?: (who: string, all: Everybody) => Shown | undefined
  /** What becomes of it, where that is not the answer itself. */
  readonly outcome?: (response: Response, all: Everybody) => Promise<Response | string>
}

const named = (who: string) => ({ name: `By ${who}` })
const call = (tag: string, payload: object) => ({ _tag: "Request", id: "1", tag, payload, headers: [] })

/** What typed calls take. */
export const callPayloads: Readonly<Record<string, (all: Everybody) => Readonly<Record<string, unknown>>>> = {
  Read: () => ({}),
  SaveVersion: () => ({ requestId: randomUUID(), name: "Saved" }),
  ListVersions: () => ({ limit: 1 }),
  GetVersion: ({ things: { versionId } }) => ({ versionId }),
  RenameVersion: ({ things: { versionId } }) => ({ versionId, name: "Renamed" }),
  PinVersion: ({ things: { versionId } }) => ({ versionId, pinned: true }),
  ReadAt: ({ things: { versionId } }) => ({ at: { _tag: "Version", versionId } }),
  RestoreVersion: ({ things: { versionId } }) => ({ requestId: randomUUID(), at: { _tag: "Version", versionId } }),
  UndoRestore: () => ({ requestId: randomUUID(), restoreId: randomUUID() }),
  DiffVersions: () => ({ from: { _tag: "Seq", seq: 0 }, to: { _tag: "Seq", seq: 0 } }),
  Blame: () => ({ objectId: "never", propertyPath: "x" })
}

/** What became of a typed call: `Success`, the name of its error, or `Die`. */
export const callOutcome = async (response: Response): Promise<Response | string> => {
  if (!response.ok) return response
  interface Exit {
    readonly exit: { readonly _tag: string; readonly cause?: ReadonlyArray<{ readonly _tag: string; readonly error?: { readonly _tag: string } }> }
  }
  const [answer] = await answered<ReadonlyArray<Exit>>(response, 200)
  const [cause] = answer?.exit.cause ?? []
  return cause?.error?._tag ?? cause?._tag ?? answer?.exit._tag ?? "nothing"
}

const calls = Object.fromEntries(Object.entries(callPayloads).map(([tag, payload]): [string, ApiRequest] => [
  tag,
  { operationId: "programs.call", body: (_, all) => call(tag, { fileId: all.things.fileId, ...payload(all) }), outcome: callOutcome }
]))

export const apiRequests: Readonly<Record<string, ApiRequest>> = {
  me: { operationId: "session.me" },
  ticket: { operationId: "session.createTicket" },
  revoke: { operationId: "session.revoke", body: () => ({ userId: "somebody" }) },
  revokeown: { operationId: "session.revoke", body: (who) => ({ tokenId: secondToken(who) }), shown: (who, { second, shown }) => second.get(who) ?? shown.get(who) },
  list: {
    operationId: "files.list",
    query: "limit=200",
    outcome: async (response, { things }) => {
      if (!response.ok) return response
      const files = await answered<ReadonlyArray<{ readonly id: string }>>(response, 200)
      return files.some(({ id }) => id === things.fileId) ? "shown" : "hidden"
    }
  },
  file: { operationId: "files.create", body: named },
  fileinteam: { operationId: "files.create", body: (who, { things: { teamId } }) => ({ ...named(who), teamId }) },
  read: { operationId: "files.read" },
  presence: { operationId: "files.presence" },
  rename: { operationId: "files.change", body: named },
  move: { operationId: "files.change", body: () => ({ projectId: null }) },
  trash: {
    operationId: "files.change",
    body: () => ({ trashed: true }),
    outcome: async (response, { by, things }) => {
      if (response.ok) await answered(await by("an owner", "PATCH", `/api/files/${things.fileId}`, { trashed: false }), 200)
      return response
    }
  },
  delete: { operationId: "files.remove" },
  copy: { operationId: "files.duplicate", body: () => ({}) },
  nodes: { operationId: "nodes.read", query: "ids=a" },
  edit: { operationId: "nodes.patch", body: () => ({ operations: [{ operationType: "create", objectId: randomUUID(), newValue: { type: "group" } }] }) },
  members: { operationId: "fileMembers.list" },
  put: { operationId: "fileMembers.put", body: () => ({ role: "viewer" }) },
  remove: { operationId: "fileMembers.remove", names: (all) => newMember(all.intoFile) },
  link: { operationId: "links.create", body: () => ({ role: "viewer" }) },
  links: { operationId: "links.list" },
  unlink: { operationId: "links.remove", names: async ({ newLink }) => ({ linkId: (await newLink("viewer")).id }) },
  team: { operationId: "teams.create", body: named },
  teams: { operationId: "teams.list" },
  readteam: { operationId: "teams.read" },
  nameteam: { operationId: "teams.rename", body: named },
  dropteam: { operationId: "teams.remove" },
  teammembers: { operationId: "teamMembers.list" },
  putinteam: { operationId: "teamMembers.put", body: () => ({ role: "viewer" }) },
  outofteam: { operationId: "teamMembers.remove", names: (all) => newMember(all.intoTeam) },
  projects: { operationId: "projects.list" },
  project: { operationId: "projects.create", body: named },
  readproject: { operationId: "projects.read" },
  nameproject: { operationId: "projects.rename", body: named },
  dropproject: { operationId: "projects.remove", names: async ({ newProject }) => ({ id: await newProject() }) },
  upload: { operationId: "assets.upload", body: () => drawing },
  assets: { operationId: "assets.list" },
  image: { operationId: "assets.read" },
  small: { operationId: "assets.thumbnail", names: () => ({ assetId: "0".repeat(64) }) },
  export: { operationId: "exports.file", query: "ids=never" },
  thumbnail: { operationId: "exports.thumbnail" },
  versions: { operationId: "versions.list" },
  version: { operationId: "versions.get" },
  document: { operationId: "versions.read" },
  state: { operationId: "versions.readAt" },
  diff: { operationId: "versions.diff", query: "from=0&to=0" },
  blame: { operationId: "versions.blame", query: "objectId=never&propertyPath=x" },
  save: { operationId: "versions.save", body: named },
  nameversion: { operationId: "versions.change", body: named },
  restore: { operationId: "versions.restore", body: (_, { things: { versionId } }) => ({ versionId }) },
  undo: { operationId: "versions.undoRestore" },
  threads: { operationId: "comments.list" },
  unread: { operationId: "comments.unread" },
  thread: { operationId: "comments.create", body: () => ({ anchor, body: "Said" }) },
  reply: { operationId: "comments.reply", body: () => ({ body: "Said" }) },
  react: { operationId: "comments.react" },
  unreact: { operationId: "comments.unreact" },
  resolve: { operationId: "comments.change", body: () => ({ resolved: true }) },
  movethread: { operationId: "comments.change", body: () => ({ anchor }) },
  editthread: { operationId: "comments.change", body: () => ({ body: "Said otherwise" }) },
  dropthread: { operationId: "comments.remove", names: async ({ newThread }) => ({ commentId: await newThread() }) },
  seen: { operationId: "comments.markRead", body: () => ({ seq: 1 }) },
  mentions: { operationId: "comments.mentions" },
  cluster: { operationId: "cluster.read" },
  events: {
    operationId: "cluster.events",
    outcome: async (response) => {
      if (response.ok) await response.body?.cancel()
      return response
    }
  },
  health: { operationId: "node.health" },
  readiness: { operationId: "node.readiness" },
  metrics: { operationId: "node.metrics" },
  openapi: { operationId: "node.openapi" },
  docs: { operationId: "node.docs" },
  ...calls
}

const newMember = async (into: (userId: string, role: string) => Promise<unknown>) => {
  const userId = randomUUID()
  await into(userId, "viewer")
  return { userId }
}

/** The path of an endpoint, about the things that everybody knows where nothing else is named. */
export const pathOf = ({ path }: Endpoint, { things }: Everybody, names: Readonly<Record<string, string>> = {}): string => {
  const id = path.startsWith("/api/teams") ? things.teamId : path.startsWith("/api/projects") ? things.projectId : things.fileId
  const usual: Readonly<Record<string, string>> = { ...things, id, userId: "somebody", reaction: "fine", seq: "0", linkId: randomUUID(), restoreId: randomUUID() }
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(names[name] ?? usual[name] ?? ""))
}

/** What becomes of a request in somebody's name: its answer, or what the request makes of it. */
export const outcomeOf = async (node: { readonly url: string }, endpoints: ReadonlyArray<Endpoint>, all: Everybody, who: string, request: ApiRequest) => {
  const { body, names, operationId, outcome, query, shown = () => all.shown.get(who) } = request
  const endpoint = endpoints.find((one) => one.operationId === operationId)
  if (endpoint === undefined) throw new Error(`the API has no ${operationId}`)
  const path = pathOf(endpoint, all, await names?.(all))
  const response = await ask(node, endpoint.method, query === undefined ? path : `${path}?${query}`, shown(who, all), body?.(who, all))
  return outcome === undefined ? response : outcome(response, all)
}
