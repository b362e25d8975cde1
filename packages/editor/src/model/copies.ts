/**
 * Objects outside of a file: what copying puts on the clipboard, and what pasting and duplicating make of it.
 *
 * The format is JSON text with a marker. Roots are placed in page coordinates, so that a paste into another parent or
 * another file looks alike. What comes from a clipboard is a stranger's: anything that does not fit the schema is left
 * out.
 */
import type { Placement } from "@easel/client"
import { checkProperty, deletedPath, DesignObject, isObjectType, type Json, jsonFault, type ObjectType, parentPath, Stamp, typePath } from "@easel/document"
import * as Matrix from "../scene/Matrix.ts"
import type { Scene, SceneNode } from "../scene/Scene.ts"
import { matrixOf } from "./arrange.ts"
import type { Editing } from "./Editing.ts"
import { inPaintOrder } from "./paintOrder.ts"
import { outermost } from "./picking.ts"
import { type Properties, transformObject } from "./transformObject.ts"

/** One object; `parent` is the index of another before it in the list, or `null` for a root. */
export interface ObjectCopy {
  readonly type: ObjectType
  readonly parent: number | null
  readonly properties: Properties
}

/** Objects on the clipboard. */
export interface Copied {
  /** The file that they are of, when that is known: it has their images. */
  readonly fileId: string | undefined
  readonly objects: ReadonlyArray<ObjectCopy>
}

/** Most objects in one paste. */
const copiesMax = 20_000

const marker = "easel/objects"
const version = 1

/** Objects with all that is in them; roots in page coordinates, lowest first. */
export const copiesOf = (scene: Scene, ids: Iterable<string>): ReadonlyArray<ObjectCopy> => {
  const copies: Array<ObjectCopy> = []
  const add = (node: SceneNode, parent: number | null): void => {
    const { object } = node
    if (object.type === undefined || !isObjectType(object.type) || copies.length >= copiesMax) return
    const placed = parent === null ? transformObject(object, matrixOf(scene, node.parentId)) : {}
    copies.push({ type: object.type, parent, properties: withoutNulls({ ...propertiesOf(object), ...placed }) })
    const index = copies.length - 1
    for (const child of scene.childrenOf(node.id)) add(child, index)
  }
  for (const id of inPaintOrder(scene, outermost(scene, ids))) {
    const node = scene.get(id)
    if (node !== undefined) add(node, null)
  }
  return copies
}

interface Target {
  readonly parentId: string | null
  readonly place?: Placement
  /** On the page. */
  readonly shift: { readonly x: number; readonly y: number }
}

/** Creates the objects and answers the ids of the roots. To be called inside one step of undo. */
export const createCopies = ({ file, scene }: Editing, copies: ReadonlyArray<ObjectCopy>, { parentId, place = "last", shift }: Target): ReadonlyArray<string> => {
  const inner = Matrix.invert(matrixOf(scene, parentId)) ?? Matrix.identity
  const map = Matrix.multiply(inner, Matrix.translation(shift.x, shift.y))
  const ids: Array<string> = []
  const roots: Array<string> = []
  for (const { parent, properties, type } of copies) {
    const parentCopy = parent === null ? undefined : ids[parent]
    if (parentCopy !== undefined) {
      ids.push(file.create(type, properties, { parentId: parentCopy }))
      continue
    }
    const after = roots.at(-1)
    const at = after === undefined || place === "last" ? place : { after }
    const placed = withoutNulls({ ...properties, ...transformObject(asObject(type, properties), map) })
    const id = file.create(type, placed, { parentId, place: at })
    ids.push(id)
    roots.push(id)
  }
  return roots
}

export const toText = ({ fileId, objects }: Copied): string => JSON.stringify({ [marker]: version, fileId, objects })

/** The objects of a text that `toText` made, or `undefined` for any other text. */
export const fromText = (text: string): Copied | undefined => {
  if (!text.startsWith(`{"${marker}":`)) return undefined
  const parsed = parsedJson(text)
  const objects = isRecord(parsed) && parsed[marker] === version ? parsed.objects : undefined
  if (!Array.isArray(objects)) return undefined
  const copies: Array<ObjectCopy> = []
  for (const value of objects.slice(0, copiesMax)) {
    const copy = copyFrom(value, copies.length)
    // One left out would shift the indices of all that follow it.
    if (copy === undefined) return undefined
    copies.push(copy)
  }
  return { fileId: isRecord(parsed) && isFileId(parsed.fileId) ? parsed.fileId : undefined, objects: copies }
}

const isFileId = (value: unknown): value is string => typeof value === "string" && /^[0-9a-f-]{36}$/i.test(value)

/** Images that the objects show and that are another file's, as far as is known. */
export const imagesElsewhere = ({ fileId, objects }: Copied, here: string): ReadonlyArray<string> =>
  fileId === undefined || fileId === here ? [] : [...new Set(objects.flatMap(({ properties: { assetId }, type }) => type === "image" && typeof assetId === "string" && assetId !== "" ? [assetId] : []))]

const copyFrom = (value: unknown, index: number): ObjectCopy | undefined => {
  if (!isRecord(value) || typeof value.type !== "string" || !isObjectType(value.type) || !isRecord(value.properties)) return undefined
  const { parent, type } = value
  const isParent = parent === null || (typeof parent === "number" && Number.isInteger(parent) && parent >= 0 && parent < index)
  if (!isParent) return undefined
  const properties: Record<string, Json> = {}
  for (const [path, property] of Object.entries(value.properties)) {
    if (jsonFault(property) !== undefined) continue
    // SAFETY: jsonFault found nothing, so the value is Json.
    const json = property as Json
    if (json !== null && checkProperty(type, path, json) === undefined) properties[path] = json
  }
  return { type, parent, properties }
}

/** All properties of an object, free data included; not where it hangs. */
const propertiesOf = (object: DesignObject): Properties => {
  const properties: Record<string, Json> = {}
  for (const [index, path] of object.paths.entries()) {
    const value = object.values[index]
    if (path !== typePath && path !== parentPath && path !== deletedPath && value !== undefined) properties[path] = value
  }
  return properties
}

const asObject = (type: ObjectType, properties: Properties): DesignObject =>
  new DesignObject("copy", [typePath, ...Object.keys(properties)], [type, ...Object.values(properties)], Stamp.zero)

const withoutNulls = (properties: Properties): Properties => Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null))

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !Array.isArray(value)

const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
