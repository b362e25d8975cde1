/**
 * What an import makes: objects of the document's schema, ready to be created one by one in the given order.
 */
import type { Json, ObjectType } from "@easel/document"

export type Properties = Record<string, Json>

export interface ImportedObject {
  readonly id: string
  readonly type: ObjectType
  /** An object earlier in the list, or the parent the caller named. */
  readonly parentId: string | null
  /** Without `null`s: a property that is absent has the initial value SVG gives it; an absent stroke is `none`. */
  readonly properties: Readonly<Properties>
}
