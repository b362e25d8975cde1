/** What the routes need of the world. */
import type { Access, ClusterMembers, Comments, Files, IdempotencyKeys, Members, PresenceStore, Projects, Purges, Revocations, ShareLinks, Teams, Tickets } from "@easel/store"
import type { Authenticator } from "./auth/Authenticator.ts"
import type { Callers } from "./auth/Callers.ts"
import type { FileClients } from "./FileClients.ts"

export type RouteServices =
  | Access
  | Authenticator
  | Callers
  | ClusterMembers
  | FileClients
  | Comments
  | Files
  | IdempotencyKeys
  | Members
  | PresenceStore
  | Projects
  | Purges
  | Revocations
  | ShareLinks
  | Teams
  | Tickets
