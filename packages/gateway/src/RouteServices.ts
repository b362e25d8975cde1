/** What the routes need of the world. */
import type { Access, ClusterMembers, Files, Members, PresenceStore, Revocations, ShareLinks, Teams, Tickets } from "@easel/store"
import type { Authenticator } from "./auth/Authenticator.ts"
import type { Callers } from "./auth/Callers.ts"

export type RouteServices =
  | Access
  | Authenticator
  | Callers
  | ClusterMembers
  | Files
  | Members
  | PresenceStore
  | Revocations
  | ShareLinks
  | Teams
  | Tickets
