/** N4 and N6: what a comment is after something was done with it, and who may do that. */
import { type CommentWrite, Limits, type Role } from "@easel/protocol"
import { expect, test } from "vitest"
import { type Changing, commentAfter, type CommentState, newComment } from "../../../cluster/file/comments/commentAfter.ts"

const by = (userId: string, role: Role = "commenter") => ({ by: { userId, userName: userId, role }, millis: 5_000 })

const id = "6f1f0c1e-0000-4000-8000-000000000001"
const anchor = { kind: "page", x: 1, y: 2 } as const
const thread = newComment(id, { type: "thread", anchor, body: "Look", mentions: ["bob", "bob"] }, { ...by("ada"), millis: 1_000 })
const reply = newComment("6f1f0c1e-0000-4000-8000-000000000002", { type: "reply", threadId: id.toUpperCase(), body: "Yes" }, by("bob"))

const react = (reaction: string, type: "react" | "unreact" = "react") => ({ type, commentId: id, reaction }) as const

const stateAfter = (comment: CommentState, write: Changing, now: ReturnType<typeof by>): CommentState => {
  const after = commentAfter(comment, write, now)
  return typeof after === "string" ? expect.fail(after) : after
}

test("N4: a thread begins with what was said and who said it; a reply has its thread's id and no anchor", () => {
  expect(thread).toEqual({
    id, threadId: id, anchor, body: "Look", mentions: ["bob"], reactions: [], createdBy: "ada", userName: "ada", createdAt: 1_000,
    editedAt: null, resolvedAt: null, resolvedBy: null, deleted: false
  })
  expect(reply).toMatchObject({ threadId: id, anchor: null })
})

test("N6: only its author edits a comment, its author or an owner deletes it, its author or an editor moves it", () => {
  const edit = { type: "edit", commentId: id, body: "Look here" } as const
  const remove = { type: "delete", commentId: id } as const
  const move = { type: "move", commentId: id, anchor: { kind: "page", x: 3, y: 4 } } as const
  const allowed = (write: Changing, role: Role, userId = "bob") => typeof commentAfter(thread, write, by(userId, role)) !== "string"
  expect([edit, remove, move].map((write) => allowed(write, "commenter", "ada"))).toEqual([true, true, true])
  expect((["commenter", "editor", "owner"] as const).map((role) => allowed(edit, role))).toEqual([false, false, false])
  expect((["commenter", "editor", "owner"] as const).map((role) => allowed(remove, role))).toEqual([false, false, true])
  expect((["commenter", "editor", "owner"] as const).map((role) => allowed(move, role))).toEqual([false, true, true])
  expect(commentAfter(thread, edit, by("ada"))).toMatchObject({ body: "Look here", mentions: [], editedAt: 5_000, createdAt: 1_000 })
  expect(commentAfter(thread, remove, by("ada"))).toMatchObject({ body: "", mentions: [], reactions: [], deleted: true })
})

test("N4: a thread is resolved and reopened by anybody who may comment, once each; replies are not", () => {
  const resolve = { type: "resolve", commentId: id } as const
  const resolved = stateAfter(thread, resolve, by("bob"))
  expect(resolved).toMatchObject({ resolvedAt: 5_000, resolvedBy: "bob" })
  expect(commentAfter(resolved, resolve, by("ada"))).toBe("unchanged")
  expect(stateAfter(resolved, { type: "reopen", commentId: id }, by("ada"))).toEqual(thread)
  expect(commentAfter(thread, { type: "reopen", commentId: id }, by("ada"))).toBe("unchanged")
  for (const write of [resolve, { type: "reopen", commentId: id }, { type: "move", commentId: id, anchor }] as const) {
    expect(commentAfter(reply, write, by("bob"))).toBe("missing")
  }
})

test("N4: each user gives a reaction once, and takes it back", () => {
  const liked = stateAfter(stateAfter(thread, react("👍"), by("bob")), react("👍"), by("ada"))
  expect(liked.reactions).toEqual([{ reaction: "👍", userIds: ["bob", "ada"] }])
  expect(commentAfter(liked, react("👍"), by("bob"))).toBe("unchanged")
  const both = stateAfter(liked, react("🎉"), by("bob"))
  const fewer = stateAfter(both, react("👍", "unreact"), by("bob"))
  expect(fewer.reactions).toEqual([{ reaction: "👍", userIds: ["ada"] }, { reaction: "🎉", userIds: ["bob"] }])
  expect(stateAfter(fewer, react("👍", "unreact"), by("ada")).reactions).toEqual([{ reaction: "🎉", userIds: ["bob"] }])
  expect(commentAfter(thread, react("👍", "unreact"), by("bob"))).toBe("unchanged")
})

test("N7: reactions to a comment, and users of one, are bounded", () => {
  const users = Array.from({ length: Limits.reactionUsersMax }, (_, index) => `user${index}`)
  const full: CommentState = { ...thread, reactions: Array.from({ length: Limits.commentReactionsMax }, (_, index) => ({ reaction: `r${index}`, userIds: users })) }
  const writes: ReadonlyArray<Extract<CommentWrite, { readonly type: "react" | "unreact" }>> = [react("new"), react("r0")]
  expect(writes.map((write) => commentAfter(full, write, by("ada")))).toEqual(["too many reactions", "too many reactions"])
})
