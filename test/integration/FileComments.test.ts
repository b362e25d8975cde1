/** Comments of a file, through its actor: written once each, in one order, by those who may, and told to whoever watches. */
import { expect, layer } from "@effect/vitest"
import type { Comment, CommentWrite } from "@easel/protocol"
import { Members } from "@easel/store"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { eventuallySync } from "../harness/eventually.ts"
import * as cluster from "../harness/fileCluster.ts"
import { newFile, type TestFile, upTo } from "../harness/fileCluster.ts"
import { rectangles } from "../harness/operations.ts"
import { sqlClient } from "../harness/storeLayer.ts"
import { TestDatabase } from "../harness/testDatabase.ts"
import { watchFile } from "../harness/watchFile.ts"

const anchor = { kind: "object", objectId: "rectangle0", x: 0.5, y: 0.25, page: { x: 10, y: 20 } } as const

const write = ({ client }: TestFile, userId: string, write: CommentWrite, requestId: string = crypto.randomUUID()) =>
  client.WriteComment({ requestId, by: { userId }, userName: `The ${userId}`, write })

const thread = (body: string, mentions: ReadonlyArray<string> = []) => ({ type: "thread", anchor, body, mentions }) as const

/** All that changed after a seq, page by page. */
const changedSince = ({ client }: TestFile, sinceSeq: number, userId = "ada") =>
  Effect.gen(function*() {
    const found: Array<Comment> = []
    let seq = sinceSeq
    while (true) {
      const page = yield* client.ListComments({ by: { userId }, sinceSeq: seq })
      expect(page.fromSeq).toBe(seq)
      found.push(...page.comments)
      seq = page.seq
      if (seq === page.headSeq) return { comments: found, seq }
    }
  })



layer(cluster.layer({ roles: "members" }), { excludeTestServices: true })("FileComments", (it) => {
  const members = Members.layer.pipe(Layer.provide(sqlClient))

  /** A file of Ada's, with somebody in each role. */
  const sharedFile = Effect.gen(function*() {
    const file = yield* newFile
    for (const [userId, role] of [["ada", "owner"], ["eve", "editor"], ["bob", "commenter"], ["cy", "commenter"], ["vic", "viewer"]] as const) {
      yield* (yield* Members).put({ of: "file", id: file.id }, { userId, role })
    }
    return file
  }).pipe(Effect.provide(members))

  it.effect("N3 N4 N5: threads, replies, edits, reactions, resolving and deleting are told in one order, and kept with who did what", () =>
    Effect.gen(function*() {
      const { sql } = yield* TestDatabase
      const file = yield* sharedFile
      const watcher = yield* watchFile(file)
      yield* eventuallySync("it is live", () => watcher.opened === 1)
      const first = yield* write(file, "bob", thread("Too large?", ["eve"]))
      expect(first).toMatchObject({ anchor, body: "Too large?", mentions: ["eve"], createdBy: "bob", userName: "The bob", seq: 1, createdSeq: 1 })
      const reply = yield* write(file, "eve", { type: "reply", threadId: first.id, body: "A bit" })
      const edited = yield* write(file, "bob", { type: "edit", commentId: first.id, body: "Much too large?" })
      expect(edited).toMatchObject({ body: "Much too large?", mentions: [], createdSeq: 1, seq: 3 })
      yield* write(file, "bob", { type: "react", commentId: reply.id, reaction: "👍" })
      const resolved = yield* write(file, "eve", { type: "resolve", commentId: first.id })
      yield* write(file, "eve", { type: "delete", commentId: reply.id })
      expect((yield* changedSince(file, 0)).comments).toEqual([resolved])
      const missed = yield* changedSince(file, 2)
      expect(missed.seq).toBe(6)
      expect(missed.comments).toMatchObject([{ id: first.id, seq: 5 }, { id: reply.id, seq: 6, deleted: true, body: "", reactions: [] }])
      yield* eventuallySync("all is told", () => watcher.events.filter(({ _tag }) => _tag === "CommentChanged").length === 6)
      const told = watcher.events.flatMap((event) => event._tag === "CommentChanged" ? [event.comment] : [])
      expect(told.map(({ seq }) => seq)).toEqual(upTo(6))
      expect(told.at(-1)).toEqual(missed.comments.at(-1))
      expect(yield* sql`SELECT seq::int AS seq, changed_by AS by, write->>'type' AS type FROM comment_changes WHERE file_id = ${file.id}::uuid ORDER BY seq`)
        .toEqual([["bob", "thread"], ["eve", "reply"], ["bob", "edit"], ["bob", "react"], ["eve", "resolve"], ["eve", "delete"]]
          .map(([by, type], index) => ({ seq: index + 1, by, type })))
      expect(yield* Effect.flip(write(file, "eve", { type: "react", commentId: reply.id, reaction: "👍" }))).toMatchObject({ _tag: "CommentMissing" })
      yield* write(file, "bob", { type: "delete", commentId: first.id })
      expect(yield* Effect.flip(write(file, "bob", { type: "reply", threadId: first.id, body: "Gone" }))).toMatchObject({ _tag: "CommentMissing" })
      expect((yield* changedSince(file, 0)).comments).toEqual([])
    }))

  it.effect("N4: a request that is repeated, at once or later, is one comment", () =>
    Effect.gen(function*() {
      const { sql } = yield* TestDatabase
      const file = yield* sharedFile
      const requestId = crypto.randomUUID()
      const answers = yield* Effect.all(upTo(5).map(() => write(file, "bob", thread("Once"), requestId)), { concurrency: "unbounded" })
      expect(answers).toEqual(upTo(5).map(() => answers[0]))
      yield* write(file, "bob", { type: "edit", commentId: requestId, body: "Twice" })
      expect(yield* write(file, "bob", thread("Once"), requestId)).toMatchObject({ body: "Twice", seq: 2 })
      expect(yield* sql`SELECT count(*)::int AS count FROM comment_changes WHERE file_id = ${file.id}::uuid`).toEqual([{ count: 2 }])
      const other = yield* sharedFile
      expect(yield* Effect.flip(write(other, "bob", thread("Once"), requestId))).toMatchObject({ _tag: "RequestConflict", requestId })
    }))

  it.effect("N4: a connection that is cut while a comment is written leaves one comment", () =>
    Effect.gen(function*() {
      const { lockFile, sql, terminate, untilBlocked } = yield* TestDatabase
      const file = yield* sharedFile
      yield* write(file, "bob", thread("Before"))
      const lock = yield* lockFile(file.id)
      const writing = yield* Effect.forkChild(write(file, "bob", thread("Cut")))
      yield* untilBlocked("easel", "comment_changes")
      yield* terminate("queries")
      yield* lock.release
      expect(yield* Fiber.join(writing)).toMatchObject({ body: "Cut", seq: 2 })
      expect(yield* sql`SELECT seq::int AS seq FROM comments WHERE file_id = ${file.id}::uuid ORDER BY seq`).toEqual([{ seq: 1 }, { seq: 2 }])
    }))

  it.effect("N6: a commenter comments and cannot edit, a viewer reads and cannot comment, strangers do neither", () =>
    Effect.gen(function*() {
      const file = yield* sharedFile
      const made = yield* write(file, "bob", thread("Mine"))
      const [refused] = yield* file.submit(rectangles(1), "bob")
      expect(refused).toMatchObject({ status: "rejected", reason: "forbidden" })
      for (const userId of ["vic", "nobody"]) {
        for (const what of [thread("Not"), { type: "reply", threadId: made.id, body: "Not" }, { type: "resolve", commentId: made.id }] as const) {
          expect(yield* Effect.flip(write(file, userId, what))).toMatchObject({ _tag: "Forbidden" })
        }
      }
      expect((yield* changedSince(file, 0, "vic")).comments).toEqual([made])
      expect(yield* Effect.flip(file.client.ListComments({ by: { userId: "nobody" }, sinceSeq: 0 }))).toMatchObject({ _tag: "Forbidden" })
      expect(yield* Effect.flip(write(file, "cy", { type: "edit", commentId: made.id, body: "Yours" }))).toMatchObject({ _tag: "Forbidden" })
      expect(yield* write(file, "ada", { type: "delete", commentId: made.id })).toMatchObject({ deleted: true })
      yield* Effect.provide(Effect.flatMap(Members, (all) => all.put({ of: "file", id: file.id }, { userId: "bob", role: "viewer" })), members)
      expect(yield* Effect.flip(write(file, "bob", thread("Late")))).toMatchObject({ _tag: "Forbidden" })
    }))

  it.effect("N4: a comment that comes after a new grant, or after its role was taken away, is not written", () =>
    Effect.gen(function*() {
      const { hold, sql, untilBlocked } = yield* TestDatabase
      const file = yield* sharedFile
      yield* write(file, "bob", thread("In time"))
      const writtenAfter = Effect.fnUntraced(function*(change: Parameters<typeof hold>[0]) {
        const held = yield* hold(change)
        const writing = yield* Effect.forkChild(write(file, "bob", thread("Late")))
        yield* untilBlocked("easel", "comment_changes")
        yield* held.release
        return yield* Effect.flip(Fiber.join(writing))
      })
      const demotion = sql`UPDATE file_members SET role = 'viewer' WHERE file_id = ${file.id}::uuid AND role = 'commenter'`
      expect(yield* writtenAfter(demotion)).toMatchObject({ _tag: "Forbidden" })
      yield* sql`UPDATE file_members SET role = 'commenter' WHERE file_id = ${file.id}::uuid AND role = 'viewer'`
      expect(yield* writtenAfter(sql`UPDATE files SET epoch = epoch + 1 WHERE id = ${file.id}::uuid`)).toMatchObject({ _tag: "FileUnavailable" })
      expect(yield* sql`SELECT body FROM comments WHERE file_id = ${file.id}::uuid`).toEqual([{ body: "In time" }])
    }))

  it.effect("N5: who asks page by page while others write has everything in the end", () =>
    Effect.gen(function*() {
      const file = yield* sharedFile
      const { id } = yield* write(file, "ada", thread("Long"))
      const { sql } = yield* TestDatabase
      yield* sql`INSERT INTO comment_replies (id, comment_id, file_id, seq, created_seq, body, created_by, user_name)
        SELECT gen_random_uuid(), ${id}::uuid, ${file.id}::uuid, n, n, repeat('x', 1500), 'user', 'name' FROM generate_series(2, 300) n`
      yield* sql`UPDATE files SET comment_seq = 300 WHERE id = ${file.id}::uuid`
      const writing = yield* Effect.forkChild(Effect.forEach(upTo(40), (n) => write(file, "ada", { type: "reply", threadId: id, body: `Reply ${n}` }), { concurrency: 4 }))
      const early = yield* changedSince(file, 0)
      yield* Fiber.join(writing)
      const late = yield* changedSince(file, early.seq)
      const all = yield* changedSince(file, 0)
      expect(new Set([...early.comments, ...late.comments].map(({ id }) => id))).toEqual(new Set(all.comments.map(({ id }) => id)))
      expect(all.comments.map(({ seq }) => seq)).toEqual(upTo(340))
    }))

  it.effect("N8: what others say is unread until a user has read the thread, and mentions are counted", () =>
    Effect.gen(function*() {
      const file = yield* sharedFile
      const unread = (userId: string) => file.client.CountUnread({ by: { userId } })
      const one = yield* write(file, "bob", thread("One", ["ada"]))
      const two = yield* write(file, "bob", thread("Two"))
      const reply = yield* write(file, "eve", { type: "reply", threadId: one.id, body: "Three", mentions: ["ada", "cy"] })
      expect(yield* unread("ada")).toEqual({ threads: 2, comments: 3, mentions: 2 })
      expect(yield* unread("bob")).toEqual({ threads: 1, comments: 1, mentions: 0 })
      yield* file.client.ReadThread({ by: { userId: "ada" }, threadId: one.id, seq: one.seq })
      expect(yield* unread("ada")).toEqual({ threads: 2, comments: 2, mentions: 1 })
      yield* file.client.ReadThread({ by: { userId: "ada" }, threadId: one.id, seq: reply.seq })
      yield* file.client.ReadThread({ by: { userId: "ada" }, threadId: one.id, seq: one.seq })
      expect(yield* unread("ada")).toEqual({ threads: 1, comments: 1, mentions: 0 })
      const page = yield* file.client.ListComments({ by: { userId: "ada" }, sinceSeq: 0 })
      expect(page.reads).toEqual([{ threadId: one.id, seq: reply.seq }])
      yield* write(file, "bob", { type: "delete", commentId: one.id })
      expect(yield* unread("cy")).toEqual({ threads: 1, comments: 1, mentions: 0 })
      expect(yield* Effect.flip(file.client.ReadThread({ by: { userId: "ada" }, threadId: one.id, seq: 1 }))).toMatchObject({ _tag: "CommentMissing" })
      expect(two.seq).toBe(2)
    }))
})
