/** H7: members of files and teams, of which the last owner stays; H8: share links. */
import { expect, layer } from "@effect/vitest"
import { type Circle, Files, Members, ShareLinks, Teams } from "@easel/store"
import * as Effect from "effect/Effect"
import * as sharing from "../harness/sharingLayer.ts"
import { TestDatabase } from "../harness/testDatabase.ts"

const file = Effect.gen(function*() {
  const { id } = yield* (yield* Files).create("File", { owner: "ada" })
  return { of: "file", id } satisfies Circle
})

const team = Effect.gen(function*() {
  const { id } = yield* (yield* Teams).create("Team", "ada")
  return { of: "team", id } satisfies Circle
})

layer(sharing.layer, { excludeTestServices: true })("Members", (it) => {
  for (const [what, circle] of [["file", file], ["team", team]] as const) {
    it.effect(`H7: who makes a ${what} owns it; others are put, changed and removed, the strongest stand first`, () =>
      Effect.gen(function*() {
        const members = yield* Members
        const made = yield* circle
        expect(yield* members.list(made)).toEqual([{ userId: "ada", role: "owner" }])
        yield* members.put(made, { userId: "bob", role: "viewer" })
        yield* members.put(made, { userId: "Zoë", role: "editor" })
        yield* members.put(made, { userId: "bob", role: "commenter" })
        expect(yield* members.list(made)).toEqual([
          { userId: "ada", role: "owner" },
          { userId: "Zoë", role: "editor" },
          { userId: "bob", role: "commenter" }
        ])
        expect(yield* members.remove(made, "bob")).toBe(true)
        expect(yield* members.remove(made, "bob")).toBe(false)
        expect(yield* members.remove(made, "nobody")).toBe(false)
        expect((yield* members.list(made)).map(({ userId }) => userId)).toEqual(["ada", "Zoë"])
      }))

    it.effect(`H7: the last owner of a ${what} can neither be removed nor made less, and nothing of it is done`, () =>
      Effect.gen(function*() {
        const members = yield* Members
        const made = yield* circle
        expect(yield* Effect.flip(members.remove(made, "ada"))).toMatchObject({ _tag: "LastOwner" })
        expect(yield* Effect.flip(members.put(made, { userId: "ada", role: "editor" }))).toMatchObject({ _tag: "LastOwner" })
        expect(yield* members.list(made)).toEqual([{ userId: "ada", role: "owner" }])
        yield* members.put(made, { userId: "bob", role: "owner" })
        yield* members.put(made, { userId: "ada", role: "editor" })
        expect(yield* members.list(made)).toEqual([{ userId: "bob", role: "owner" }, { userId: "ada", role: "editor" }])
      }))

    it.effect(`H7: of two owners of a ${what} that are removed at the same time one stays`, () =>
      Effect.gen(function*() {
        const members = yield* Members
        for (let round = 0; round < 10; round++) {
          const made = yield* circle
          yield* members.put(made, { userId: "bob", role: "owner" })
          const ends = yield* Effect.all(["ada", "bob"].map((userId) => Effect.result(members.remove(made, userId))), { concurrency: "unbounded" })
          expect(ends.map(({ _tag }) => _tag).toSorted()).toEqual(["Failure", "Success"])
          expect(yield* members.list(made)).toHaveLength(1)
        }
      }))
  }

  it.effect("H7: what never had an owner takes members of any role", () =>
    Effect.gen(function*() {
      const members = yield* Members
      const { id } = yield* (yield* Files).create("Of nobody")
      const made: Circle = { of: "file", id }
      yield* members.put(made, { userId: "bob", role: "viewer" })
      expect(yield* members.remove(made, "nobody")).toBe(false)
      expect(yield* members.remove(made, "bob")).toBe(true)
      expect(yield* members.list(made)).toEqual([])
    }))

  it.effect("H7: each change of members or links of a file is counted, for its actor to see", () =>
    Effect.gen(function*() {
      const [files, links, members] = [yield* Files, yield* ShareLinks, yield* Members]
      const made = yield* file
      let before = (yield* files.ownershipOf(made.id)).access
      const counts = Effect.fnUntraced(function*(change: Effect.Effect<unknown, unknown>) {
        yield* Effect.orDie(change)
        const after = (yield* files.ownershipOf(made.id)).access
        expect(after).toBeGreaterThan(before)
        before = after
      })
      yield* counts(members.put(made, { userId: "bob", role: "viewer" }))
      yield* counts(members.put(made, { userId: "bob", role: "editor" }))
      yield* counts(members.remove(made, "bob"))
      yield* counts(links.create({ fileId: made.id, role: "viewer", expiresAt: null, createdBy: "ada" }, 1))
      const [link] = yield* links.list(made.id)
      yield* counts(links.remove(made.id, link?.id ?? ""))
    }))

  it.effect("H8: links beyond the bound are refused, also at the same time; those that have expired do not count and are forgotten", () =>
    Effect.gen(function*() {
      const links = yield* ShareLinks
      const { sql } = yield* TestDatabase
      const { id: fileId } = yield* file
      const create = links.create({ fileId, role: "viewer", expiresAt: null, createdBy: "ada" }, 3)
      const ends = yield* Effect.all(Array.from({ length: 8 }, () => Effect.result(create)), { concurrency: "unbounded" })
      expect(ends.filter(({ _tag }) => _tag === "Success")).toHaveLength(3)
      expect(yield* Effect.flip(create)).toMatchObject({ _tag: "TooManyLinks" })
      const [oldest, ...others] = yield* links.list(fileId)
      yield* sql`UPDATE share_links SET expires_at = now() - interval '1 second' WHERE id = ${oldest?.id ?? ""}::uuid`
      expect((yield* links.list(fileId)).map(({ id }) => id)).toEqual(others.map(({ id }) => id))
      const { link, secret } = yield* create
      expect(yield* links.find(secret)).toEqual(link)
      expect(yield* sql`SELECT FROM share_links WHERE file_id = ${fileId}::uuid`).toHaveLength(3)
    }))
})
