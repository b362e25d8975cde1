/** What a user may do with a file. Roles come from PostgreSQL alone (`Access`); what they allow stands here alone. */

/** From the weakest to the strongest: each may do what those before it may. */
export const roles = ["viewer", "commenter", "editor", "owner"] as const
export type Role = typeof roles[number]

/** `read`: see it, be seen in it. `comment`. `edit`: its objects and its name. `share`: say who may do what. */
export type Action = "read" | "comment" | "edit" | "share"

const weakestFor = { read: "viewer", comment: "commenter", edit: "editor", share: "owner" } as const satisfies Record<Action, Role>

/** Whether somebody with this role, or with none, may do it. */
export const may = (role: Role | undefined, action: Action): boolean =>
  role !== undefined && roles.indexOf(role) >= roles.indexOf(weakestFor[action])

/** In whose name something is asked for: a user, who may have come by a share link. */
export interface Principal {
  readonly userId: string
  /** The id of the link, which is not the secret that is in it. */
  readonly linkId?: string | undefined
  /** Owner of every file: a program that manages them, by a token that says so. */
  readonly isAdmin?: boolean | undefined
}
