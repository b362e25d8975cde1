/** What the routes need of the world. */
import type { Access, Assets, ClusterMembers, Comments, Exports, Files, IdempotencyKeys, Members, ObjectStore, PresenceStore, Projects, Purges, Revocations, ShareLinks, Teams, Thumbnails, Tickets } from "@easel/store"
import type { Authenticator } from "./auth/Authenticator.ts"
import type { Callers } from "./auth/Callers.ts"
import type { FileClients } from "./FileClients.ts"
import type { Pictures } from "./Pictures.ts"

export type RouteServices =
  | Access
  | Assets
  | Authenticator
  | Callers
  | ClusterMembers
  | FileClients
  | Comments
  | Exports
  | Files
  | IdempotencyKeys
  | Members
  | ObjectStore
  | Pictures
  | PresenceStore
  | Projects
  | Purges
  | Revocations
  | ShareLinks
  | Teams
  | Thumbnails
  | Tickets
