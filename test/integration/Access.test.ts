/** P20: the role in a file is the strongest of member, member of its team and share link; P22: revocations that matter. */
import { expect, layer } from "@effect/vitest"
import { Access, Files, Members, Revocations, ShareLinks, Teams } from "@easel/store"
import type { Role } from "@easel/protocol"
import * as Effect from "effect/Effect"
import * as sharing from "../harness/sharingLayer.ts"
import { TestDatabase } from "../harness/testDatabase.ts"

/** A file in a team, and what of roles in it a user is given. */
const setUp = Effect.gen(function*() {
  const [files, links, members, teams] = [yield* Files, yield* ShareLinks, yield* Members, yield* Teams]
  const team = yield* teams.create("Team", "maker")
  const file = yield* files.create("File", { owner: "maker", place: { teamId: team.id, projectId: null } })
  return {
    fileId: file.id,
    member: (userId: string, role: Role) => members.put({ of: "file", id: file.id }, { userId, role }),
    inTeam: (userId: string, role: Role) => members.put({ of: "team", id: team.id }, { userId, role }),
    link: (role: Exclude<Role, "owner">, expiresAt: number | null = null) =>
      Effect.map(links.create({ fileId: file.id, role, expiresAt, createdBy: "maker" }, 100), ({ link }) => link.id)
  }
})

const farMillis = Date.UTC(2999, 0, 1)

layer(sharing.layer, { excludeTestServices: true })("Access", (it) => {
  it.effect("P20: of several roles the strongest counts, wherever it comes from", () =>
    Effect.gen(function*() {
      const access = yield* Access
      const { fileId, inTeam, link, member } = yield* setUp
      yield* member("member", "viewer")
      yield* inTeam("in team", "commenter")
      yield* member("both", "viewer")
      yield* inTeam("both", "editor")
      yield* member("more as member", "owner")
      yield* inTeam("more as member", "viewer")
      const [commenters, editors] = [yield* link("commenter"), yield* link("editor")]
      const roles = yield* access.rolesOf(fileId, [
        { userId: "nobody" },
        { userId: "member" },
        { userId: "in team" },
        { userId: "both" },
        { userId: "more as member" },
        { userId: "member", linkId: commenters },
        { userId: "both", linkId: commenters },
        { userId: "guest", linkId: editors },
        { userId: "guest", linkId: crypto.randomUUID() },
        { userId: "admin", isAdmin: true },
        { userId: "member" }
      ])
      expect(roles.map(({ role }) => role)).toEqual([
        undefined, "viewer", "commenter", "editor", "owner", "commenter", "editor", "editor", undefined, "owner", "viewer"
      ])
      expect(roles.every(({ untilMillis }) => untilMillis === undefined)).toBe(true)
      expect(yield* access.rolesOf(fileId, [])).toEqual([])
      expect(yield* access.rolesOf(crypto.randomUUID(), [{ userId: "maker" }, { userId: "guest", linkId: editors }])).toEqual([{ role: undefined }, { role: undefined }])
    }))

  it.effect("P20: a link that expires leaves the weaker role, and only what it added ends with it", () =>
    Effect.gen(function*() {
      const access = yield* Access
      const { sql } = yield* TestDatabase
      const { fileId, link, member } = yield* setUp
      yield* member("viewing", "viewer")
      yield* member("editing", "editor")
      const linkId = yield* link("editor", farMillis)
      const held = access.rolesOf(fileId, [{ userId: "viewing", linkId }, { userId: "editing", linkId }, { userId: "guest", linkId }])
      const until = { role: "editor", untilMillis: farMillis }
      // A role of his own is as strong and does not end.
      expect(yield* held).toEqual([until, { role: "editor" }, until])
      yield* sql`UPDATE share_links SET expires_at = now() - interval '1 second' WHERE id = ${linkId}::uuid`
      expect(yield* held).toEqual([{ role: "viewer" }, { role: "editor" }, { role: undefined }])
    }))

  it.effect("P22: revocations are told until the tokens that they are about have expired", () =>
    Effect.gen(function*() {
      const revocations = yield* Revocations
      const { sql } = yield* TestDatabase
      yield* revocations.revoke({ userId: "ada" }, 60_000)
      yield* revocations.revoke({ tokenId: "one" }, 60_000)
      const live = yield* revocations.live
      expect(live).toHaveLength(2)
      expect(live).toEqual(expect.arrayContaining([{ userId: "ada", atMillis: expect.any(Number) }, { tokenId: "one", atMillis: expect.any(Number) }]))
      for (const { atMillis } of live) expect(Math.abs(atMillis - Date.now())).toBeLessThan(60_000)
      yield* sql`UPDATE revocations SET expires_at = now() WHERE subject = 'ada'`
      expect(yield* revocations.live).toMatchObject([{ tokenId: "one" }])
      expect(yield* sql`SELECT FROM revocations`).toHaveLength(1)
    }))
})
