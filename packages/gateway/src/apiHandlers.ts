/** The calls of the HTTP API and what answers them. A group of calls stands in `packages/protocol/src/api`, its handlers here. */
import { problem, RequestCaller } from "@easel/protocol"
import { Authorization, EaselApi } from "@easel/protocol/api"
import { ClusterMembers, Files } from "@easel/store"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as assets from "./assetRoutes.ts"
import { adminOf, callerOfRequest } from "./auth/requestCaller.ts"
import { clusterView } from "./clusterView.ts"
import * as comments from "./commentRoutes.ts"
import { docsPage, openApiDocument } from "./docsPage.ts"
import { changeFile, deleteFile } from "./fileChanges.ts"
import * as files from "./fileRoutes.ts"
import { exportFile, fileThumbnail } from "./exportRoutes.ts"
import { fail, toProblem } from "./httpProblems.ts"
import * as links from "./linkRoutes.ts"
import { fileMembers, teamMembers } from "./membersRoutes.ts"
import { fileEvents } from "./presenceRoutes.ts"
import * as projects from "./projectRoutes.ts"
import * as nodes from "./nodeRoutes.ts"
import type { RouteServices } from "./RouteServices.ts"
import { answerCalls } from "./programCalls.ts"
import * as session from "./sessionRoutes.ts"
import * as teams from "./teamRoutes.ts"
import * as versions from "./versionRoutes.ts"

export interface NodeCalls {
  /** What `/metrics` says. */
  readonly metrics: Effect.Effect<string>
  /** Ends when the server takes no more requests: streams that would never end do so then. */
  readonly draining: Effect.Effect<void>
}

/** Gives a handler what it needs of the world; whatever fails in it is a problem document. */
const serving = Effect.map(
  Effect.context<RouteServices>(),
  (services) => <A, E, R>(handler: Effect.Effect<A, E, R | RouteServices>) =>
    handler.pipe(Effect.provideContext(services), Effect.catchCause(toProblem))
)

const authorization = Layer.effect(
  Authorization,
  Effect.map(serving, (serve) => (httpEffect) =>
    Effect.flatMap(serve(callerOfRequest), (caller) =>
      HttpServerResponse.isHttpServerResponse(caller) ? Effect.succeed(caller) : Effect.provideService(httpEffect, RequestCaller, caller)))
)

const filesHandlers = HttpApiBuilder.group(EaselApi, "files", (handlers) =>
  Effect.map(serving, (serve) =>
    handlers
      .handleRaw("create", () => serve(files.createFile))
      .handleRaw("duplicate", () => serve(files.duplicateFile))
      .handleRaw("list", ({ query }) => serve(files.listFiles(query)))
      .handleRaw("read", () => serve(files.readFile))
      .handleRaw("change", () => serve(changeFile))
      .handleRaw("remove", () => serve(deleteFile))
      .handleRaw("presence", () => serve(files.filePresence))))

const nodesHandlers = HttpApiBuilder.group(EaselApi, "nodes", (handlers) =>
  Effect.map(serving, (serve) =>
    handlers
      .handleRaw("read", ({ query }) => serve(nodes.readNodes(query)))
      .handleRaw("patch", () => serve(nodes.patchNodes))))

const versionsHandlers = HttpApiBuilder.group(EaselApi, "versions", (handlers) =>
  Effect.map(serving, (serve) =>
    handlers
      .handleRaw("save", () => serve(versions.saveVersion))
      .handleRaw("list", ({ query }) => serve(versions.listVersions(query)))
      .handleRaw("get", () => serve(versions.getVersion))
      .handleRaw("change", () => serve(versions.changeVersion))
      .handleRaw("read", () => serve(versions.readVersion))
      .handleRaw("readAt", () => serve(versions.readSeq))
      .handleRaw("diff", ({ query }) => serve(versions.compareStates(query)))
      .handleRaw("blame", ({ query }) => serve(versions.blame(query)))
      .handleRaw("restore", () => serve(versions.restoreVersion))
      .handleRaw("undoRestore", () => serve(versions.undoRestore))))

const commentsHandlers = HttpApiBuilder.group(EaselApi, "comments", (handlers) =>
  Effect.map(serving, (serve) =>
    handlers
      .handleRaw("list", ({ query }) => serve(comments.listComments(query)))
      .handleRaw("create", () => serve(comments.createThread))
      .handleRaw("unread", () => serve(comments.countUnread))
      .handleRaw("change", () => serve(comments.changeComment))
      .handleRaw("remove", () => serve(comments.removeComment))
      .handleRaw("reply", () => serve(comments.createReply))
      .handleRaw("markRead", () => serve(comments.markRead))
      .handleRaw("react", () => serve(comments.react("react")))
      .handleRaw("unreact", () => serve(comments.react("unreact")))
      .handleRaw("mentions", ({ query }) => serve(comments.listMentions(query)))))

const assetsHandlers = HttpApiBuilder.group(EaselApi, "assets", (handlers) =>
  Effect.map(serving, (serve) =>
    handlers
      .handleRaw("upload", () => serve(assets.uploadAsset))
      .handleRaw("list", () => serve(assets.listAssets))
      .handleRaw("read", ({ query }) => serve(assets.readAsset(query)))
      .handleRaw("thumbnail", () => serve(assets.readThumbnail))))

const exportsHandlers = HttpApiBuilder.group(EaselApi, "exports", (handlers) =>
  Effect.map(serving, (serve) =>
    handlers
      .handleRaw("file", ({ query }) => serve(exportFile(query)))
      .handleRaw("thumbnail", () => serve(fileThumbnail))))

const fileMembersHandlers = HttpApiBuilder.group(EaselApi, "fileMembers", (handlers) =>
  Effect.map(serving, (serve) =>
    handlers
      .handleRaw("list", () => serve(fileMembers.list))
      .handleRaw("put", () => serve(fileMembers.put))
      .handleRaw("remove", () => serve(fileMembers.remove))))

const teamMembersHandlers = HttpApiBuilder.group(EaselApi, "teamMembers", (handlers) =>
  Effect.map(serving, (serve) =>
    handlers
      .handleRaw("list", () => serve(teamMembers.list))
      .handleRaw("put", () => serve(teamMembers.put))
      .handleRaw("remove", () => serve(teamMembers.remove))))

const linksHandlers = HttpApiBuilder.group(EaselApi, "links", (handlers) =>
  Effect.map(serving, (serve) =>
    handlers
      .handleRaw("create", () => serve(links.createLink))
      .handleRaw("list", () => serve(links.listLinks))
      .handleRaw("remove", () => serve(links.removeLink))))

const teamsHandlers = HttpApiBuilder.group(EaselApi, "teams", (handlers) =>
  Effect.map(serving, (serve) =>
    handlers
      .handleRaw("create", () => serve(teams.createTeam))
      .handleRaw("list", () => serve(teams.listTeams))
      .handleRaw("read", () => serve(teams.readTeam))
      .handleRaw("rename", () => serve(teams.renameTeam))
      .handleRaw("remove", () => serve(teams.removeTeam))))

const projectsHandlers = HttpApiBuilder.group(EaselApi, "projects", (handlers) =>
  Effect.map(serving, (serve) =>
    handlers
      .handleRaw("create", () => serve(projects.createProject))
      .handleRaw("list", () => serve(projects.listProjects))
      .handleRaw("read", () => serve(projects.readProject))
      .handleRaw("rename", () => serve(projects.renameProject))
      .handleRaw("remove", () => serve(projects.removeProject))))

const sessionHandlers = HttpApiBuilder.group(EaselApi, "session", (handlers) =>
  Effect.map(serving, (serve) =>
    handlers
      .handleRaw("me", () => serve(session.whoAmI))
      .handleRaw("createTicket", () => serve(session.createTicket))
      .handleRaw("revoke", () => serve(session.revoke))))

const programsHandlers = HttpApiBuilder.group(EaselApi, "programs", (handlers) =>
  Effect.map(serving, (serve) => handlers.handleRaw("call", () => serve(answerCalls))))

const clusterHandlers = ({ draining }: NodeCalls) =>
  HttpApiBuilder.group(EaselApi, "cluster", (handlers) =>
    Effect.map(serving, (serve) =>
      handlers
        .handleRaw("read", () => serve(readCluster))
        .handleRaw("events", () => serve(fileEvents(draining)))))

const nodeHandlers = ({ metrics }: NodeCalls) =>
  HttpApiBuilder.group(EaselApi, "node", (handlers) =>
    Effect.map(serving, (serve) =>
      handlers
        .handleRaw("health", () => Effect.succeed("ok\n"))
        .handleRaw("readiness", () => serve(ready))
        .handleRaw("metrics", () => serve(metrics))
        .handleRaw("openapi", () => Effect.sync(openApiDocument))
        .handleRaw("docs", () => Effect.sync(docsPage))))

const ready = Effect.gen(function*() {
  const files = yield* Files
  yield* Effect.catchDefect(files.list(1), () => fail(problem(503, "the database cannot be used")))
  return "ready\n"
})

const readCluster = Effect.gen(function*() {
  yield* adminOf
  const members = yield* ClusterMembers
  return clusterView(yield* members.all, yield* members.shards)
})

/** The routes of the API. */
export const apiRoutes = (calls: NodeCalls) =>
  HttpApiBuilder.layer(EaselApi).pipe(
    Layer.provide([
      filesHandlers,
      nodesHandlers,
      versionsHandlers,
      commentsHandlers,
      assetsHandlers,
      exportsHandlers,
      fileMembersHandlers,
      teamMembersHandlers,
      linksHandlers,
      teamsHandlers,
      projectsHandlers,
      sessionHandlers,
      programsHandlers,
      clusterHandlers(calls),
      nodeHandlers(calls)
    ]),
    Layer.provide(authorization),
    Layer.provide(HttpServer.layerServices)
  )
