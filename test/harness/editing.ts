/** Editors and operations for tests: short names for what every test does. Editors close with their test. */
import { randomUUID } from "node:crypto"
import { expect, onTestFinished } from "vitest"
import type { FileRead, SentOperation, Subscription } from "./contract.ts"
import type { EaselProcess } from "./EaselProcess.ts"
import type { EditorReplica } from "./EditorReplica.ts"
import type { Json } from "./model.ts"
import { type Format, RawEditor } from "./RawEditor.ts"

type Node = Pick<EaselProcess, "url" | "webSocketUrl">

export const createFile = async (node: Node, name = "A file"): Promise<string> => {
  const response = await fetch(`${node.url}/api/files`, { method: "POST", body: JSON.stringify({ name }) })
  expect(response.status).toBe(201)
  const { id }: { readonly id: string } = JSON.parse(await response.text())
  return id
}

export const readFile = async (node: Node, fileId: string): Promise<FileRead> => {
  const response = await fetch(`${node.url}/api/files/${fileId}`)
  const text = await response.text()
  expect(response.status, text).toBe(200)
  return JSON.parse(text)
}

/** A connection that has said nothing. */
export const connect = async (node: Node, replica?: EditorReplica, format?: Format): Promise<RawEditor> => {
  const editor = await RawEditor.connect(node.webSocketUrl, replica, format)
  onTestFinished(() => editor.terminate())
  return editor
}

/** An editor that has its `sync`. */
export const join = async (
  node: Node,
  fileId: string,
  { format, replica, ...subscription }: Partial<Subscription> & { readonly replica?: EditorReplica; readonly format?: Format } = {}
): Promise<RawEditor> => {
  const editor = await connect(node, replica, format)
  await editor.subscribe({ fileId, userId: `user-${randomUUID().slice(0, 8)}`, ...subscription })
  return editor
}

/** A broken replica breaks thousands of promises. */
const violationsShown = 5

/** Each editor has everything up to the server's seq, and the same document as the server. */
export const expectConverged = async (node: Node, fileId: string, ...editors: ReadonlyArray<RawEditor>): Promise<FileRead> => {
  const file = await readFile(node, fileId)
  for (const editor of editors) {
    await editor.reaches(file.seq)
    expect(editor.replica.violations.slice(0, violationsShown)).toEqual([])
    expect(editor.replica.seq).toBe(file.seq)
    expect(editor.replica.model.digest).toBe(file.digest)
  }
  return file
}

type Overrides = Partial<Pick<SentOperation, "id" | "idempotencyKey" | "timestamp" | "oldValue">>

const operation = (
  fields: Pick<SentOperation, "operationType" | "objectId"> & Partial<SentOperation>,
  overrides: Overrides = {}
): SentOperation => ({ id: randomUUID(), idempotencyKey: randomUUID(), timestamp: Date.now(), ...fields, ...overrides })

export const create = (objectId: string, properties: { readonly [key: string]: Json } = {}, overrides?: Overrides) =>
  operation({ operationType: "create", objectId, newValue: { type: "rectangle", ...properties } }, overrides)

export const update = (objectId: string, propertyPath: string, newValue: Json, overrides?: Overrides) =>
  operation({ operationType: "update", objectId, propertyPath, newValue }, overrides)

export const move = (objectId: string, parentId: string | null, orderKey?: string, overrides?: Overrides) =>
  operation(
    { operationType: "move", objectId, newValue: orderKey === undefined ? { parentId } : { parentId, orderKey } },
    overrides
  )

export const remove = (objectId: string, overrides?: Overrides) => operation({ operationType: "delete", objectId }, overrides)

export const restore = (objectId: string, overrides?: Overrides) => operation({ operationType: "restore", objectId }, overrides)
