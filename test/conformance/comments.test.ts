/** N3 to N9 against a real node that asks who its editors are: comments by frames and over HTTP, and who may do what. */
import { randomUUID } from "node:crypto"
import { describe, expect, it } from "vitest"
import type { Comment } from "../harness/contract.ts"
import { sharedNode } from "../harness/easelNode.ts"
import { create, join } from "../harness/editing.ts"
import type { RawEditor } from "../harness/RawEditor.ts"
import { answered, ask, expectProblem } from "../harness/requests.ts"
import { makeFile, makeLink, setRole } from "../harness/sharing.ts"
import { takesTokens, tokenOf } from "../harness/tokens.ts"

const own = sharedNode({ environment: takesTokens })

const anchor = { kind: "object", objectId: "a", x: 0.5, y: 0.5, page: { x: 1, y: 2 } }

/** A file with somebody in each role; names begin with the role. */
const sharedFile = async () => {
  const { url } = own.database
  const fileId = await makeFile(url)
  const name = randomUUID().slice(0, 8)
  const shown: Record<string, { readonly token: string } | { readonly link: string }> = {}
  for (const role of ["owner", "editor", "commenter", "viewer"]) {
    await setRole(url, "file", fileId, `${role} ${name}`, role)
    shown[role] = { token: await tokenOf({ userId: `${role} ${name}` }) }
  }
  shown["stranger"] = { token: await tokenOf({ userId: `stranger ${name}` }) }
  shown["guest"] = { link: await makeLink(url, fileId, "commenter") }
  return { fileId, name, shown, path: `/api/files/${fileId}/comments` }
}

const write = async (editor: RawEditor, write: object, requestId: string = randomUUID()) => {
  editor.send("comment", { requestId, write })
  const answer = await editor.next("commented")
  expect(answer.requestId).toBe(requestId)
  return answer
}

const written = async (editor: RawEditor, what: object): Promise<Comment> => {
  const { comment, reason } = await write(editor, what)
  return comment ?? expect.fail(`refused: ${reason}`)
}

/** Asks for comments; from then on each change is told. */
const follow = async (editor: RawEditor, sinceSeq = 0) => {
  editor.send("comments", { sinceSeq })
  return editor.next("comments")
}

describe("comments", () => {
  it.each(["json", "msgpack"] as const)("N5 N10: who has asked is told of each change, others of none, in %s", async (format) => {
    const { fileId, shown } = await sharedFile()
    const ada = await join(own.node, fileId, { ...shown["owner"], format })
    const bob = await join(own.node, fileId, { ...shown["commenter"], format })
    const vic = await join(own.node, fileId, { ...shown["viewer"], format })
    expect(await follow(vic)).toMatchObject({ comments: [], fromSeq: 0, seq: 0, headSeq: 0 })
    const thread = await written(bob, { type: "thread", anchor, body: "Zu groß? 😀\n<b>" })
    expect(thread).toMatchObject({ anchor, body: "Zu groß? 😀\n<b>", seq: 1, createdBy: expect.stringMatching(/^commenter /) })
    expect(await vic.next("comment")).toEqual({ comment: thread })
    await ada.edit(create("a"))
    const reply = await written(ada, { type: "reply", threadId: thread.id, body: "No" })
    await written(ada, { type: "resolve", commentId: thread.id })
    await written(ada, { type: "react", commentId: reply.id, reaction: "👍" })
    await written(ada, { type: "delete", commentId: thread.id })
    const told = [await vic.next("comment"), await vic.next("comment"), await vic.next("comment"), await vic.next("comment")]
    expect(told.map(({ comment }) => [comment.id, comment.seq, comment.deleted])).toEqual([[reply.id, 2, false], [thread.id, 3, false], [reply.id, 4, false], [thread.id, 5, true]])
    await Promise.all([ada.settled(), bob.settled()])
    expect([...ada.all("comment"), ...bob.all("comment")]).toEqual([])
    expect(await follow(bob, 1)).toMatchObject({ fromSeq: 1, seq: 5, headSeq: 5, comments: [{ id: thread.id, deleted: true, body: "" }] })
  })

  it("N4 N10: a write that is sent again after a loss of connection is one comment", async () => {
    const { fileId, shown } = await sharedFile()
    const requestId = randomUUID()
    const first = await join(own.node, fileId, shown["commenter"])
    first.send("comment", { requestId, write: { type: "thread", anchor, body: "Once" } })
    first.terminate()
    const second = await join(own.node, fileId, shown["commenter"])
    const { comment } = await write(second, { type: "thread", anchor, body: "Once" }, requestId)
    expect(comment).toMatchObject({ id: requestId, seq: 1 })
    expect(await follow(second)).toMatchObject({ comments: [comment], headSeq: 1 })
  })

  it("N6 P20: every message about comments is judged by the role, by frames", async () => {
    const { fileId, shown } = await sharedFile()
    const owner = await join(own.node, fileId, shown["owner"])
    const { id } = await written(owner, { type: "thread", anchor, body: "Owner's" })
    for (const who of ["viewer", "commenter", "guest", "editor"]) {
      const editor = await join(own.node, fileId, shown[who])
      expect((await follow(editor)).comments).toHaveLength(1)
      const mayComment = who !== "viewer"
      for (const what of [{ type: "reply", threadId: id, body: "Hi" }, { type: "react", commentId: id, reaction: who }, { type: "resolve", commentId: id }, { type: "reopen", commentId: id }]) {
        expect((await write(editor, what)).reason, `${who} ${what.type}`).toBe(mayComment ? undefined : "forbidden")
      }
      expect((await write(editor, { type: "edit", commentId: id, body: "Mine" })).reason).toBe("forbidden")
      expect((await write(editor, { type: "delete", commentId: id })).reason).toBe("forbidden")
      expect((await write(editor, { type: "move", commentId: id, anchor })).reason).toBe(who === "editor" ? undefined : "forbidden")
      const replies = editor.all("commented").flatMap(({ comment }) => comment?.threadId === id && comment.id !== id ? [comment.id] : [])
      for (const commentId of replies) expect(await write(owner, { type: "delete", commentId })).toMatchObject({ comment: { deleted: true } })
    }
  })

  it("N3 N7 P8: what is no comment is refused, and the connection goes on", async () => {
    const { fileId, shown } = await sharedFile()
    const editor = await join(own.node, fileId, shown["commenter"])
    const bad = [
      { type: "thread", anchor, body: "" },
      { type: "thread", anchor, body: "x".repeat(10_001) },
      { type: "thread", anchor, body: "\u0000" },
      { type: "thread", anchor: { ...anchor, x: 1.5 }, body: "x" },
      { type: "thread", anchor: { ...anchor, objectId: "a b" }, body: "x" },
      { type: "thread", anchor: { kind: "region", x: 0, y: 0, width: -1, height: 0 }, body: "x" },
      { type: "thread", anchor, body: "x", mentions: Array.from({ length: 21 }, (_, index) => `user${index}`) },
      { type: "reply", threadId: "nothing", body: "x" },
      { type: "react", commentId: randomUUID(), reaction: "x".repeat(33) },
      { type: "shout", body: "x" }
    ]
    for (const what of bad) editor.send("comment", { requestId: randomUUID(), write: what })
    editor.send("comment", { requestId: "no id", write: { type: "thread", anchor, body: "x" } })
    editor.send("comments", { sinceSeq: -1 })
    editor.send("commentsRead", { threadId: randomUUID() })
    for (let count = 0; count < bad.length + 3; count++) expect(await editor.next("error")).toMatchObject({ code: "bad_comment" })
    expect((await write(editor, { type: "resolve", commentId: randomUUID() })).reason).toBe("comment_missing")
    expect(await follow(editor)).toMatchObject({ comments: [], headSeq: 0 })
  })

  it("N9: comments over HTTP", async () => {
    const { fileId, name, path, shown } = await sharedFile()
    const by = (who: string, method: string, more = "", body?: unknown) => ask(own.node, method, `${path}${more}`, shown[who], body)
    const watcher = await join(own.node, fileId, shown["viewer"])
    await follow(watcher)
    const requestId = randomUUID()
    const thread = await answered<Comment>(await by("commenter", "POST", "", { requestId, anchor, body: "Look", mentions: [`viewer ${name}`] }), 201)
    expect(thread).toMatchObject({ id: requestId, createdBy: `commenter ${name}` })
    expect(await answered(await by("commenter", "POST", "", { requestId, anchor, body: "Look" }), 201)).toEqual(thread)
    expect(await watcher.next("comment")).toEqual({ comment: thread })
    const reply = await answered<Comment>(await by("guest", "POST", `/${thread.id}/replies`, { body: "Yes", mentions: [`viewer ${name}`] }), 201)
    expect(reply).toMatchObject({ threadId: thread.id, createdBy: expect.stringMatching(/^guest:/) })
    expect(await answered(await by("commenter", "PATCH", `/${thread.id}`, { body: "Look there", mentions: [`viewer ${name}`] }), 200)).toMatchObject({ body: "Look there" })
    expect(await answered(await by("commenter", "PATCH", `/${thread.id}`, { resolved: true }), 200)).toMatchObject({ resolvedAt: expect.any(Number) })
    expect(await answered(await by("editor", "PATCH", `/${thread.id}`, { anchor: { kind: "page", x: 0, y: 0 } }), 200)).toMatchObject({ anchor: { kind: "page" } })
    const liked = `/${reply.id}/reactions/${encodeURIComponent("👍")}`
    expect(await answered(await by("editor", "PUT", liked), 200)).toMatchObject({ reactions: [{ reaction: "👍", userIds: [`editor ${name}`] }] })
    expect(await answered(await by("editor", "DELETE", liked), 200)).toMatchObject({ reactions: [] })
    const page = await answered<{ readonly comments: ReadonlyArray<Comment> }>(await by("viewer", "GET"), 200)
    expect(page).toMatchObject({ fromSeq: 0, seq: 7, headSeq: 7, comments: [{ id: thread.id }, { id: reply.id }] })
    expect(await answered(await by("viewer", "GET", "?sinceSeq=6"), 200)).toMatchObject({ comments: [{ id: reply.id }] })

    expect(await answered(await by("viewer", "GET", "/unread"), 200)).toEqual({ threads: 1, comments: 2, mentions: 2 })
    const mentions = () => ask(own.node, "GET", "/api/me/mentions?limit=1", shown["viewer"])
    const first = await mentions()
    expect(first.headers.get("link")).toMatch(/rel="next"/)
    expect(await answered(first, 200)).toMatchObject({ unread: 2, mentions: [{ fileId, commentId: reply.id, threadId: thread.id, body: "Yes", unread: true }] })
    expect((await by("viewer", "PUT", `/${thread.id}/read`, { seq: 7 })).status).toBe(204)
    expect(await answered(await mentions(), 200)).toMatchObject({ unread: 0, mentions: [{ unread: false }] })
    expect(await answered(await by("viewer", "GET", "/unread"), 200)).toEqual({ threads: 0, comments: 0, mentions: 0 })
    expect(await answered(await ask(own.node, "GET", "/api/me/mentions", shown["stranger"]), 200)).toEqual({ unread: 0, mentions: [] })

    const refused: ReadonlyArray<readonly [who: string, method: string, more: string, body: unknown, status: number]> = [
      ["nobody", "GET", "", undefined, 401],
      ["stranger", "GET", "", undefined, 403],
      ["viewer", "POST", "", { anchor, body: "x" }, 403],
      ["viewer", "POST", `/${thread.id}/replies`, { body: "x" }, 403],
      ["viewer", "PUT", liked, undefined, 403],
      ["editor", "PATCH", `/${thread.id}`, { body: "x" }, 403],
      ["editor", "DELETE", `/${thread.id}`, undefined, 403],
      ["commenter", "POST", "", { anchor, body: "" }, 400],
      ["commenter", "PATCH", `/${thread.id}`, {}, 400],
      ["commenter", "GET", "?sinceSeq=x", undefined, 400],
      ["commenter", "PUT", `/${thread.id}/reactions/${"x".repeat(33)}`, undefined, 400],
      ["commenter", "PATCH", `/${randomUUID()}`, { body: "x" }, 404],
      ["commenter", "DELETE", "/nothing", undefined, 404],
      ["commenter", "PUT", `/${thread.id}`, {}, 405]
    ]
    for (const [who, method, more, body, status] of refused) await expectProblem(await by(who, method, more, body), status)
    expect((await by("owner", "DELETE", `/${thread.id}`)).status).toBe(204)
    expect(await answered(await by("viewer", "GET"), 200)).toMatchObject({ comments: [], headSeq: 8 })
    expect(await answered(await mentions(), 200)).toEqual({ unread: 0, mentions: [] })
  })
})
