/**
 * A whole file as JSON in paint order, with its digest, from its objects in order of id. No document is made of them, and
 * no object is kept: what tens of thousands of objects cost is above all the garbage collection that finds them alive.
 * The text of each is written at once, and put in its place when all are there.
 *
 * Files with cycles and orphans, which only a merge without a sequencer makes, are for `encodeSnapshot`.
 */
import { createHash } from "node:crypto"
import { canonicalObject, type Document, type Steps, toViewText } from "@easel/document"
import { sortSteps } from "./sortSteps.ts"

export interface WholeText {
  /** `{"id","name","objects","deleted"}`. */
  readonly body: Uint8Array
  readonly digest: string
}

/** Where the text of an object is, and where the object. */
interface Placed {
  readonly id: string
  readonly orderKey: string
  readonly isDeleted: boolean
  readonly chunk: Buffer
  readonly start: number
  readonly end: number
}

const chunkBytes = 1024 * 1024

/** Objects that are put in their place in one step. */
const placedPerStep = 1_000

/** `undefined`: some of the objects hang nowhere. */
export function* wholeSteps(fileId: string, name: string, groups: Document.ObjectsInOrder): Steps<WholeText | undefined> {
  const hash = createHash("sha256")
  const children = new Map<string | null, Array<Placed>>()
  let chunk = Buffer.alloc(0)
  let at = 0
  let count = 0
  for (const objects of groups) {
    const made = objects.filter(({ type }) => type !== undefined)
    const texts = made.map(toViewText)
    const text = texts.join("")
    if (at + text.length * utf8BytesMax > chunk.length) [chunk, at] = [Buffer.allocUnsafe(Math.max(chunkBytes, text.length * utf8BytesMax)), 0]
    const isAscii = chunk.write(text, at) === text.length
    for (const [index, { deleted, id, parent }] of made.entries()) {
      if (parent === undefined) return undefined
      const text = texts[index] ?? ""
      const end = at + (isAscii ? text.length : Buffer.byteLength(text))
      const placed = { id, orderKey: parent.orderKey, isDeleted: deleted, chunk, start: at, end }
      const siblings = children.get(parent.parentId)
      if (siblings === undefined) children.set(parent.parentId, [placed])
      else siblings.push(placed)
      at = end
    }
    if (made.length > 0) hash.update(`${count === 0 ? "[" : ","}${made.map(canonicalObject).join(",")}`, "utf8")
    count += made.length
    yield
  }
  hash.update(count === 0 ? "[]" : "]")
  const { deleted, shown } = yield* inPaintOrder(children)
  if (shown.length + deleted.length < count) return undefined
  const body = yield* written(`{"id":"${fileId}","name":${JSON.stringify(name)},"objects":[`, shown, `],"deleted":[`, deleted, "]}")
  return { body, digest: hash.digest("hex") }
}

const utf8BytesMax = 3

function* inPaintOrder(children: ReadonlyMap<string | null, ReadonlyArray<Placed>>): Steps<{ shown: ReadonlyArray<Placed>; deleted: ReadonlyArray<Placed> }> {
  const shown: Array<Placed> = []
  const deleted: Array<Placed> = []
  /** Of a parent. They came in order of id, which is what decides between equal keys. */
  const siblingsOf = function*(parentId: string | null, isHidden: boolean) {
    const sorted = yield* sortSteps(children.get(parentId) ?? [], (a, b) => (a.orderKey < b.orderKey ? -1 : a.orderKey > b.orderKey ? 1 : 0))
    return { siblings: sorted.values(), isHidden }
  }
  const stack = [yield* siblingsOf(null, false)]
  for (let top = stack.at(-1), count = 1; top !== undefined; top = stack.at(-1), count++) {
    if (count % placedPerStep === 0) yield
    const next = top.siblings.next()
    if (next.done === true) {
      stack.pop()
      continue
    }
    const isHidden = top.isHidden || next.value.isDeleted
    ;(isHidden ? deleted : shown).push(next.value)
    if (children.has(next.value.id)) stack.push(yield* siblingsOf(next.value.id, isHidden))
  }
  return { shown, deleted }
}

/** Texts, and between them lists with commas. */
function* written(...parts: ReadonlyArray<string | ReadonlyArray<Placed>>): Steps<Uint8Array> {
  const bytes = parts.reduce((sum, part) =>
    sum + (typeof part === "string" ? Buffer.byteLength(part) : part.reduce((sum, { end, start }) => sum + end - start + 1, 0)), 0)
  const body = Buffer.allocUnsafe(bytes)
  let at = 0
  for (const part of parts) {
    if (typeof part === "string") {
      at += body.write(part, at)
      continue
    }
    for (const [index, { chunk, end, start }] of part.entries()) {
      if (index > 0) body[at++] = comma
      at += chunk.copy(body, at, start, end)
      if (index % placedPerStep === 0) yield
    }
  }
  return body.subarray(0, at)
}

const comma = 0x2c
