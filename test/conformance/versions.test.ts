/** H13: versions over HTTP, as somebody uses them who has only the contract. */
import { randomUUID } from "node:crypto"
import { describe, expect, it } from "vitest"
import type { FileRead } from "../harness/contract.ts"
import { sharedNode } from "../harness/easelNode.ts"
import { create, createFile, expectConverged, join, readFile, remove, update } from "../harness/editing.ts"
import { answered, ask, expectProblem } from "../harness/requests.ts"
import { makeFile, setRole } from "../harness/sharing.ts"
import { takesTokens, tokenOf } from "../harness/tokens.ts"

const own = sharedNode()

interface Version {
  readonly id: string
  readonly seq: number
  readonly name: string | null
  readonly pinned: boolean
}

interface Restored {
  readonly restoreId: string
  readonly beforeVersion: string
  readonly seq: number
}

const request = (method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${own.node.url}/api/files/${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })

const get = async <A>(path: string): Promise<A> => answered<A>(await request("GET", path), 200)
const save = async (fileId: string, name: string): Promise<Version> => answered<Version>(await request("POST", `${fileId}/versions`, { name }), 201)

/** A file with a state that is kept, and what was done to it afterwards. */
const editedFile = async () => {
  const fileId = await createFile(own.node)
  const editor = await join(own.node, fileId)
  await editor.edit(create("a", { x: 1 }), create("b", { x: 1 }))
  const before = await readFile(own.node, fileId)
  const version = await save(fileId, "First")
  await editor.edit(update("a", "x", 2), remove("b"), create("c"))
  return { fileId, editor, before, version }
}

describe("versions", () => {
  it("H13: a version is made, found, listed in pages, read, named and pinned", async () => {
    const { before, fileId, version } = await editedFile()
    expect(version).toMatchObject({ kind: "named", name: "First", seq: 2, pinned: false, createdBy: "anonymous", createdAt: expect.stringMatching(/Z$/) })
    const second = await save(fileId, "Second")
    expect(await get(`${fileId}/versions`)).toEqual([second, version])
    const page = await request("GET", `${fileId}/versions?limit=1`)
    const next = /^<([^>]+)>; rel="next"$/.exec(page.headers.get("link") ?? "")?.[1] ?? ""
    expect(await answered(page, 200)).toEqual([second])
    expect(await answered(await ask(own.node, "GET", next), 200)).toEqual([version])
    expect(await get(`${fileId}/versions/${version.id}`)).toEqual(version)
    expect(await get(`${fileId}/versions/${version.id}/document`)).toEqual(before)
    expect(await get(`${fileId}/at/2`)).toEqual(before)
    expect((await get<FileRead>(`${fileId}/at/1`)).objects.map(({ id }) => id)).toEqual(["a"])
    expect(await answered(await request("PATCH", `${fileId}/versions/${version.id}`, { name: "1" }), 200)).toEqual({ ...version, name: "1" })
    expect(await answered(await request("PATCH", `${fileId}/versions/${version.id}`, { pinned: true }), 200)).toEqual({ ...version, name: "1", pinned: true })
  })

  it("H13: a request that comes again under its Idempotency-Key has one effect and one answer", async () => {
    const { fileId, version } = await editedFile()
    const key = { "idempotency-key": randomUUID() }
    const saves = await Promise.all([1, 2, 3].map(async () => answered(await request("POST", `${fileId}/versions`, { name: "Once" }, key), 201)))
    expect(saves[1]).toEqual(saves[0])
    expect(saves[2]).toEqual(saves[0])
    const restores = await Promise.all([1, 2, 3].map(async () => answered(await request("POST", `${fileId}/restore`, { versionId: version.id }, key), 200)))
    expect(restores[1]).toEqual(restores[0])
    expect(restores[2]).toEqual(restores[0])
    expect(await get<ReadonlyArray<Version>>(`${fileId}/versions`)).toHaveLength(3)
    await expectProblem(await request("POST", `${fileId}/versions`, { name: "Once" }, { "idempotency-key": "again" }), 400)
    await expectProblem(await request("POST", `${await createFile(own.node)}/versions`, { name: "Once" }, key), 409)
  })

  it("H13 V13 V16: a restore and its undo reach the editors, who stay connected", async () => {
    const { before, editor, fileId, version } = await editedFile()
    const edited = await expectConverged(own.node, fileId, editor)
    const restored = await answered<Restored>(await request("POST", `${fileId}/restore`, { versionId: version.id }), 200)
    const file = await expectConverged(own.node, fileId, editor)
    expect([file.seq, file.objects]).toEqual([restored.seq, before.objects])
    const undone = await answered<Restored>(await request("POST", `${fileId}/restores/${restored.restoreId}/undo`, {}), 200)
    expect((await expectConverged(own.node, fileId, editor)).objects).toEqual(edited.objects)
    expect((await get<FileRead>(`${fileId}/versions/${undone.beforeVersion}/document`)).objects).toEqual(before.objects)
    await answered(await request("POST", `${fileId}/restore`, { seq: 2, scope: { objects: ["b"] } }), 200)
    expect((await expectConverged(own.node, fileId, editor)).objects.map(({ id }) => id).toSorted()).toEqual(["a", "b", "c"])
    expect(editor.isOpen).toBe(true)
  })

  it("H13 V17: states are compared, and a register tells who wrote it", async () => {
    const { editor, fileId, version } = await editedFile()
    expect(await get(`${fileId}/diff?from=${version.id}&to=5`)).toEqual({
      created: ["c"],
      deleted: ["b"],
      changed: [{ objectId: "a", paths: [{ path: "x", from: 1, to: 2 }] }],
      moved: [],
      truncated: { created: 0, deleted: 0, changed: 0, moved: 0 }
    })
    expect(await get(`${fileId}/blame?objectId=a&propertyPath=x`)).toEqual({
      objectId: "a",
      propertyPath: "x",
      value: 2,
      seq: 3,
      timestamp: expect.any(Number),
      clientId: editor.clientId,
      userId: expect.stringMatching(/^user-/)
    })
  })

  it("H13: what does not exist, or cannot be, is a problem", async () => {
    const { fileId, version } = await editedFile()
    const unknown = randomUUID()
    const missing = [
      `${unknown}/versions`,
      `${fileId}/versions/${unknown}`,
      `${fileId}/versions/nonsense`,
      `${fileId}/versions/${unknown}/document`,
      `${fileId}/at/99`,
      `${fileId}/diff?from=${version.id}&to=99`,
      `${fileId}/blame?objectId=a&propertyPath=y`,
      `${fileId}/blame?objectId=z&propertyPath=x`
    ]
    for (const path of missing) await expectProblem(await request("GET", path), 404)
    for (const path of [`${fileId}/at/x`, `${fileId}/diff?from=1`, `${fileId}/blame`, `${fileId}/versions?limit=0`, `${fileId}/versions?cursor=x`]) {
      await expectProblem(await request("GET", path), 400)
    }
    for (const body of [{}, { seq: -1 }, { seq: 1.5 }, { seq: 1, versionId: version.id }, { versionId: "x" }, { seq: 1, scope: { objects: "b" } }]) {
      await expectProblem(await request("POST", `${fileId}/restore`, body), 400)
    }
    for (const body of [{}, { name: "" }, { name: 7 }]) await expectProblem(await request("POST", `${fileId}/versions`, body), 400)
    await expectProblem(await request("POST", `${fileId}/restore`, { seq: 99 }), 404)
    await expectProblem(await request("POST", `${fileId}/restore`, { versionId: unknown }), 404)
    await expectProblem(await request("POST", `${fileId}/restores/${unknown}/undo`, {}), 404)
    await expectProblem(await request("PATCH", `${fileId}/versions/${version.id}`, {}), 400)
    await expectProblem(await request("DELETE", `${fileId}/versions/${version.id}`), 405)
    await expectProblem(await request("GET", `${fileId}/restore`), 405)
  })
})

describe("versions where users have roles", () => {
  const guarded = sharedNode({ environment: takesTokens })

  const outcomes = `
                | list get document at  diff blame save rename pin restore undo
    nobody      | 401  401 401      401 401  401   401  401    401 401     401
    a stranger  | 403  403 403      403 403  403   403  403    403 403     403
    a viewer    | 200  200 200      200 200  200   403  403    403 403     403
    a commenter | 200  200 200      200 200  200   403  403    403 403     403
    an editor   | 200  200 200      200 200  200   201  200    200 200     200
  `

  it("H13 P20: who may view may read versions, who may edit may make, change and bring them back", async () => {
    const fileId = await makeFile(guarded.database.url)
    const shown = new Map<string, { readonly token?: string }>([["nobody", {}]])
    for (const [who, role] of [["a stranger"], ["a viewer", "viewer"], ["a commenter", "commenter"], ["an editor", "editor"]] as const) {
      if (role !== undefined) await setRole(guarded.database.url, "file", fileId, who, role)
      shown.set(who, { token: await tokenOf({ userId: who }) })
    }
    const path = `/api/files/${fileId}`
    const editing = shown.get("an editor") ?? {}
    await (await join(guarded.node, fileId, editing)).edit(create("a", { x: 1 }))
    const { id } = await answered<Version>(await ask(guarded.node, "POST", `${path}/versions`, editing, { name: "Mine" }), 201)
    const { restoreId } = await answered<Restored>(await ask(guarded.node, "POST", `${path}/restore`, editing, { seq: 0 }), 200)
    const requests: Readonly<Record<string, readonly [method: string, path: string, body?: unknown]>> = {
      list: ["GET", "versions"],
      get: ["GET", `versions/${id}`],
      document: ["GET", `versions/${id}/document`],
      at: ["GET", "at/0"],
      diff: ["GET", `diff?from=0&to=${id}`],
      blame: ["GET", "blame?objectId=a&propertyPath=x"],
      save: ["POST", "versions", { name: "Another" }],
      rename: ["PATCH", `versions/${id}`, { name: "Renamed" }],
      pin: ["PATCH", `versions/${id}`, { pinned: true }],
      restore: ["POST", "restore", { versionId: id }],
      undo: ["POST", `restores/${restoreId}/undo`, {}]
    }
    const [head = "", ...lines] = outcomes.trim().split("\n")
    const names = head.replace("|", "").trim().split(/ +/)
    for (const line of lines) {
      const [who = "", cells = ""] = line.split("|").map((text) => text.trim())
      const answers: Array<string> = []
      for (const name of names) {
        const [method = "", of = "", body] = requests[name] ?? []
        const answer = await ask(guarded.node, method, `${path}/${of}`, shown.get(who), body)
        answers.push(`${name} ${answer.status}`)
        if (answer.status >= 400) await expectProblem(answer, answer.status)
      }
      expect(answers, who).toEqual(cells.split(/ +/).map((status, index) => `${names[index]} ${status}`))
    }
  })
})
