/**
 * The HTTP API in one value: the server's routes, the typed client and the OpenAPI document are made of it. What it
 * promises beyond its types: the H rules of SPEC.md.
 */
import * as HttpApi from "effect/http-api/HttpApi"
import * as OpenApi from "effect/http-api/OpenApi"
import { securitySchemes } from "./Authorization.ts"
import { AssetsGroup } from "./assets.ts"
import { CommentsGroup } from "./comments.ts"
import { ClusterGroup } from "./cluster.ts"
import { ExportsGroup } from "./exports.ts"
import { FilesGroup } from "./files.ts"
import { LinksGroup } from "./links.ts"
import { FileMembersGroup, TeamMembersGroup } from "./members.ts"
import { NodeGroup } from "./node.ts"
import { NodesGroup } from "./nodes.ts"
import { ProjectsGroup } from "./projects.ts"
import { ProgramsGroup } from "./programs.ts"
import { SessionGroup } from "./session.ts"
import { TeamsGroup } from "./teams.ts"
import { VersionsGroup } from "./versions.ts"

export class EaselApi extends HttpApi.make("easel")
  .add(FilesGroup, NodesGroup, VersionsGroup, CommentsGroup, AssetsGroup, ExportsGroup, FileMembersGroup, LinksGroup, TeamsGroup, TeamMembersGroup, ProjectsGroup, SessionGroup, ProgramsGroup, ClusterGroup, NodeGroup)
  .annotateMerge(OpenApi.annotations({
    title: "Easel",
    version: "1",
    description: "Files of design editors, over HTTP. Errors are problem documents (RFC 9457).",
    transform: (document) => ({ ...document, components: { ...document["components"], securitySchemes } })
  }))
{}
