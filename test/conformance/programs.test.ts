/** H21: typed calls for programs against real nodes, one that asks who one is and one that does not. */
import { randomUUID } from "node:crypto"
import { type EaselRpc, easelRpc } from "@easel/client/rpc"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { sharedNode } from "../harness/easelNode.ts"
import { create, createFile, expectConverged, join, readFile, remove, update } from "../harness/editing.ts"
import { answered, ask, expectProblem } from "../harness/requests.ts"
import { makeFile, setRole } from "../harness/sharing.ts"
import { type Shown, takesTokens, tokenOf } from "../harness/tokens.ts"

const open = sharedNode()
const own = sharedNode({ environment: takesTokens })

/** What becomes of calls in somebody's name. */
const calling = <A, E>(shown: Shown, calls: (easel: EaselRpc) => Effect.Effect<A, E>, url = own.node.url): Promise<A> =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(easelRpc({ url, ...shown }), calls)))

const refusalOf = <A, E>(shown: Shown, calls: (easel: EaselRpc) => Effect.Effect<A, E>): Promise<E> =>
  calling(shown, (easel) => Effect.flip(calls(easel)))

/** A file and what shows who its owner is. */
const ownedFile = async () => {
  const userId = `owner-${randomUUID()}`
  const fileId = await makeFile(own.database.url)
  await setRole(own.database.url, "file", fileId, userId, "owner")
  return { fileId, userId, shown: { token: await tokenOf({ userId }) } }
}

/** One call as it is on the wire. */
const call = (tag: string, payload: unknown, headers: ReadonlyArray<readonly [string, string]> = []) => ({ _tag: "Request", id: "1", tag, payload, headers })
const send = (shown: Shown, body: unknown) => ask(own.node, "POST", "/rpc", shown, body)

describe("programs", () => {
  it("H21 V13 V16: a program saves, lists, reads, compares, brings back and undoes, and editors see it", async () => {
    const { node } = open
    const fileId = await createFile(node)
    const editor = await join(node, fileId)
    await editor.edit(create("a", { x: 1 }), create("b"))
    const before = await readFile(node, fileId)
    await calling({}, (easel) =>
      Effect.gen(function*() {
        expect(yield* easel.Read({ fileId })).toEqual(before)
        const version = yield* easel.SaveVersion({ fileId, requestId: randomUUID(), name: "First", atLeastSeq: 2 })
        expect(version).toMatchObject({ name: "First", seq: 2, kind: "named", createdBy: "anonymous" })
        yield* Effect.promise(() => editor.edit(update("a", "x", 2), remove("b")))
        expect(yield* easel.ListVersions({ fileId, limit: 10 })).toEqual([version])
        expect(yield* easel.GetVersion({ fileId, versionId: version.id })).toEqual(version)
        expect(yield* easel.RenameVersion({ fileId, versionId: version.id, name: "1" })).toEqual({ ...version, name: "1" })
        expect((yield* easel.PinVersion({ fileId, versionId: version.id, pinned: true })).pinned).toBe(true)
        const at = { _tag: "Version", versionId: version.id } as const
        expect(yield* easel.ReadAt({ fileId, at })).toEqual(before)
        const difference = yield* easel.DiffVersions({ fileId, from: at, to: { _tag: "Seq", seq: 4 } })
        expect(difference).toMatchObject({ deleted: ["b"], changed: [{ objectId: "a", paths: [{ path: "x", from: 1, to: 2 }] }] })
        expect(yield* easel.Blame({ fileId, objectId: "a", propertyPath: "x" })).toMatchObject({ value: 2, seq: 3 })
        const restored = yield* easel.RestoreVersion({ fileId, requestId: randomUUID(), at })
        expect((yield* easel.Read({ fileId })).objects).toEqual(before.objects)
        yield* easel.UndoRestore({ fileId, requestId: randomUUID(), restoreId: restored.restoreId })
      }), node.url)
    const { deleted, objects } = await expectConverged(node, fileId, editor)
    expect([objects, deleted]).toMatchObject([[{ id: "a", x: 2 }], [{ id: "b" }]])
  })

  it("H21 H7: who calls is whom the request's headers show, and has his roles", async () => {
    const { fileId, shown, userId } = await ownedFile()
    const save = (easel: EaselRpc) => easel.SaveVersion({ fileId, requestId: randomUUID(), name: "Saved" })
    expect((await calling(shown, save)).createdBy).toBe(userId)
    const viewer = { token: await tokenOf({ userId: `viewer-${userId}` }) }
    await setRole(own.database.url, "file", fileId, `viewer-${userId}`, "viewer")
    expect(await calling(viewer, (easel) => easel.ListVersions({ fileId, limit: 1 }))).toHaveLength(1)
    expect(await refusalOf(viewer, save)).toMatchObject({ _tag: "Forbidden", fileId })
    expect(await refusalOf(viewer, (easel) => easel.RestoreVersion({ fileId, requestId: randomUUID(), at: { _tag: "Seq", seq: 0 } }))).toMatchObject({ _tag: "Forbidden" })
    const stranger = { token: await tokenOf({ userId: "stranger" }) }
    expect(await refusalOf(stranger, (easel) => easel.Read({ fileId }))).toMatchObject({ _tag: "Forbidden" })
    const { secret } = await answered<{ readonly secret: string }>(await ask(own.node, "POST", `/api/files/${fileId}/links`, shown, { role: "viewer" }), 201)
    expect((await calling({ link: secret }, (easel) => easel.Read({ fileId }))).id).toBe(fileId)
    expect(await refusalOf({ link: secret }, save)).toMatchObject({ _tag: "Forbidden" })
    expect(await refusalOf({}, save)).toMatchObject({ _tag: "RpcClientError", reason: { kind: "StatusCodeError", cause: { response: { status: 401 } } } })
    await expectProblem(await send({}, call("Read", { fileId })), 401)
    // What stands in the call itself counts for nothing.
    await expectProblem(await send({}, call("Read", { fileId }, [["authorization", `Bearer ${shown.token}`]])), 401)
    const asStranger = await answered(await send(stranger, call("Read", { fileId, by: { userId } }, [["authorization", `Bearer ${shown.token}`]])), 200)
    expect(JSON.stringify(asStranger)).toContain("Forbidden")
  })

  it("H21 V10 V14: a call that comes again under its request id has one effect and one answer", async () => {
    const { fileId, shown, userId } = await ownedFile()
    const editor = await join(own.node, fileId, { ...shown, userId })
    await editor.edit(create("a", { x: 1 }))
    const [saveId, restoreId] = [randomUUID(), randomUUID()]
    const thrice = <A, E>(one: Effect.Effect<A, E>) => Effect.all([one, one, one], { concurrency: "unbounded" })
    await calling(shown, (easel) =>
      Effect.gen(function*() {
        const [version, ...saves] = yield* thrice(easel.SaveVersion({ fileId, requestId: saveId, name: "Once" }))
        expect(saves).toEqual([version, version])
        yield* Effect.promise(() => editor.edit(update("a", "x", 2)))
        const at = { _tag: "Version", versionId: version.id } as const
        const [restored, ...restores] = yield* thrice(easel.RestoreVersion({ fileId, requestId: restoreId.toUpperCase(), at }))
        expect(restores).toEqual([restored, restored])
        expect((yield* easel.Read({ fileId })).seq).toBe(restored.seq)
        expect(yield* easel.RestoreVersion({ fileId, requestId: restoreId, at })).toEqual(restored)
        expect(yield* easel.ListVersions({ fileId, limit: 10 })).toHaveLength(2)
      }))
    const other = await ownedFile()
    expect(await refusalOf(other.shown, (easel) => easel.SaveVersion({ fileId: other.fileId, requestId: saveId, name: "Once" }))).toMatchObject({ _tag: "RequestConflict" })
  })

  it("H21: what is missing is an error that says what", async () => {
    const { fileId, shown } = await ownedFile()
    const versionId = randomUUID()
    expect(await refusalOf(shown, (easel) => easel.Read({ fileId: versionId }))).toMatchObject({ _tag: "FileMissing", fileId: versionId })
    expect(await refusalOf(shown, (easel) => easel.GetVersion({ fileId, versionId }))).toMatchObject({ _tag: "VersionMissing", versionId })
    expect(await refusalOf(shown, (easel) => easel.ReadAt({ fileId, at: { _tag: "Seq", seq: 9 } }))).toMatchObject({ _tag: "SeqNotCovered", seq: 9 })
    expect(await refusalOf(shown, (easel) => easel.UndoRestore({ fileId, requestId: randomUUID(), restoreId: versionId }))).toMatchObject({ _tag: "RestoreMissing" })
    expect(await refusalOf(shown, (easel) => easel.Blame({ fileId, objectId: "a", propertyPath: "x" }))).toMatchObject({ _tag: "RegisterMissing" })
  })

  it("H21 H3: a request that is no list of calls is a problem, and a call that is none says so", async () => {
    const { fileId, shown } = await ownedFile()
    const read = call("Read", { fileId })
    const requests = ["", "null", "[]", "{}", "[null]", `[{"_tag":"Ping"}]`, { ...read, id: null }, { ...read, headers: undefined }, { ...read, payload: undefined },
      Array.from({ length: 17 }, (_, id) => ({ ...read, id })), [read, read], call("Read", "x".repeat(70_000))]
    for (const body of requests) await expectProblem(await send(shown, body), 400)
    expect(await answered<ReadonlyArray<unknown>>(await send(shown, Array.from({ length: 16 }, (_, id) => ({ ...read, id: String(id) }))), 200)).toHaveLength(16)
    const calls = [call("Drop", {}), call("__proto__", {}), call("Read", {}), call("Read", { fileId: "' OR 1=1 --" }), call("Read", null),
      call("ReadAt", { fileId, at: { _tag: "Version", versionId: "x" } }), call("ReadAt", { fileId, at: { _tag: "Seq", seq: -1 } }),
      call("SaveVersion", { fileId, requestId: randomUUID(), name: "" }), call("SaveVersion", { fileId, name: "x" }), call("ListVersions", { fileId, limit: 201 })]
    for (const body of calls) {
      const [exit] = await answered<ReadonlyArray<unknown>>(await send(shown, body), 200)
      expect(exit, JSON.stringify(body)).toMatchObject({ _tag: "Exit", requestId: "1", exit: { _tag: "Failure", cause: [{ _tag: "Die" }] } })
      expect(JSON.stringify(exit)).not.toMatch(/\bat \S+ ?\(|node_modules|\.[mt]s:\d+|SELECT|INSERT/)
    }
    const response = await ask(own.node, "GET", "/rpc", shown)
    await expectProblem(response, 405)
    expect(response.headers.get("allow")).toBe("POST")
  })
})
