/** Who may do what with a file, over HTTP. */
import type { Role } from "@easel/protocol/editor"
import { read, request, withBody } from "../request.ts"

export interface Member {
  readonly userId: string
  readonly role: Role
}

export type LinkRole = Exclude<Role, "owner">

export interface ShareLink {
  readonly id: string
  readonly role: LinkRole
  /** `null`: never. */
  readonly expiresAt: string | null
}

const pathOf = (fileId: string, ...parts: ReadonlyArray<string>): string => ["/api/files", fileId, ...parts.map(encodeURIComponent)].join("/")

export const listMembers = async (fileId: string): Promise<ReadonlyArray<Member>> => read(await request(pathOf(fileId, "members"), {}, fileId))

export const putMember = (fileId: string, { role, userId }: Member): Promise<unknown> =>
  request(pathOf(fileId, "members", userId), withBody("PUT", { role }), fileId)

export const removeMember = (fileId: string, userId: string): Promise<unknown> =>
  request(pathOf(fileId, "members", userId), { method: "DELETE" }, fileId)

export const listLinks = async (fileId: string): Promise<ReadonlyArray<ShareLink>> => read(await request(pathOf(fileId, "links"), {}, fileId))

/** The secret is told once. */
export const createLink = async (fileId: string, link: Omit<ShareLink, "id">): Promise<{ readonly secret: string }> =>
  read(await request(pathOf(fileId, "links"), withBody("POST", link), fileId))

export const removeLink = (fileId: string, linkId: string): Promise<unknown> => request(pathOf(fileId, "links", linkId), { method: "DELETE" }, fileId)
