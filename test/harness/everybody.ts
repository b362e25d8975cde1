/**
 * A file in a team with something of everything in it, and everybody who may or may not do something there: people with
 * each role, in the file or in its team, guests with links that are good and that are not.
 */
import { createHash } from "node:crypto"
import { expect } from "vitest"
import type { FileNode } from "./easelNode.ts"
import { answered, ask } from "./requests.ts"
import { runSql } from "./runSql.ts"
import { type Shown, tokenOf } from "./tokens.ts"

/** An image. */
export const drawing = "<svg xmlns='http://www.w3.org/2000/svg'/>"

export const anchor = { kind: "page", x: 1, y: 2 }

export type Everybody = Awaited<ReturnType<typeof everybody>>

/** The id of a second token of somebody, which may be revoked. */
export const secondToken = (who: string): string => `second of ${who}`

export const everybody = async (own: FileNode) => {
  const shown = new Map<string, Shown>()
  /** The same with a second token, for those who have one. */
  const second = new Map<string, Shown>()
  const by = (who: string, method: string, path: string, body?: unknown) => ask(own.node, method, path, shown.get(who), body)
  const made = async (who: string, path: string, body: unknown) => answered<{ readonly id: string; readonly secret: string }>(await by(who, "POST", path, body), 201)
  const named = async (who: string, userId = who, more: Shown & { readonly admin?: boolean } = {}) => {
    const { admin = false, ...link } = more
    shown.set(who, { token: await tokenOf({ userId, admin }), ...link })
    second.set(who, { token: await tokenOf({ userId, admin, tokenId: secondToken(who) }), ...link })
  }
  await named("an owner")
  await named("an admin", "an admin", { admin: true })
  await named("an owner of the team")
  const teamId = (await made("an owner of the team", "/api/teams", { name: "Team" })).id
  const intoTeam = async (userId: string, role: string) =>
    answered(await by("an owner of the team", "PUT", `/api/teams/${teamId}/members/${encodeURIComponent(userId)}`, { role }), 200)
  await intoTeam("an owner", "editor")
  const fileId = (await made("an owner", "/api/files", { name: "File", teamId })).id
  // Now a role in the file alone.
  expect((await by("an owner of the team", "DELETE", `/api/teams/${teamId}/members/an%20owner`)).status).toBe(204)
  const path = `/api/files/${fileId}`
  const intoFile = async (userId: string, role: string) =>
    answered(await by("an owner", "PUT", `${path}/members/${encodeURIComponent(userId)}`, { role }), 200)
  const newLink = (role: string, file = fileId) => made("an owner", `/api/files/${file}/links`, { role })
  const newProject = async () => (await made("an owner of the team", `/api/teams/${teamId}/projects`, { name: "Project" })).id
  /** Of somebody who is in no table. */
  const newThread = async () => (await made("an author", `${path}/comments`, { anchor, body: "Here" })).id
  for (const role of ["viewer", "commenter", "editor"]) {
    const who = `${role === "editor" ? "an" : "a"} ${role}`
    await named(who)
    await intoFile(who, role)
    await named(`${who} of the team`)
    await intoTeam(`${who} of the team`, role)
    shown.set(`a guest as ${role}`, { link: (await newLink(role)).secret })
  }
  await named("an author")
  await intoFile("an author", "commenter")
  await made("an owner", `${path}/assets`, drawing)
  await named("a stranger")
  const other = await made("an owner", "/api/files", { name: "Another" })
  shown.set("a guest of another file", { link: (await newLink("editor", other.id)).secret })
  const expired = await newLink("editor")
  await runSql(own.database.url, `UPDATE share_links SET expires_at = now() - interval '1 second' WHERE id = $1::uuid`, [expired.id])
  shown.set("a guest whose link expired", { link: expired.secret })
  shown.set("a guest with a made-up link", { link: "x".repeat(43) })
  const { secret: link } = await newLink("editor")
  for (const who of ["a stranger", "a viewer", "an owner"]) await named(`${who} with a link`, who, { link })
  shown.set("an expired token and a link", { token: await tokenOf({ userId: "an owner", expiresInSeconds: -60 }), link })

  return {
    shown,
    second,
    by,
    intoFile,
    intoTeam,
    newLink,
    newProject,
    newThread,
    /** What paths name, unless a request says otherwise. */
    things: {
      fileId,
      teamId,
      projectId: await newProject(),
      versionId: (await made("an owner", `${path}/versions`, { name: "First" })).id,
      commentId: await newThread(),
      assetId: createHash("sha256").update(drawing).digest("hex")
    }
  }
}
