/**
 * The objects of an import in the order they are made, checked against what a document can hold.
 */
import { jsonFault, type ObjectType } from "@easel/document"
import type { ImportedObject, Properties } from "./ImportedObject.ts"
import { objectsMax } from "./limits.ts"
import { SvgInvalid } from "./SvgInvalid.ts"
import type { Unsupported } from "./Unsupported.ts"

export class Objects {
  readonly #list: Array<ImportedObject> = []
  readonly #newId: () => string
  readonly #unsupported: Unsupported

  constructor(newId: () => string, unsupported: Unsupported) {
    this.#newId = newId
    this.#unsupported = unsupported
  }

  /** The id of the new object, or `undefined` if the document could not hold one of its values. */
  add(type: ObjectType, parentId: string | null, properties: Properties): string | undefined {
    for (const [name, value] of Object.entries(properties)) {
      const fault = jsonFault(value)
      if (fault === undefined) continue
      const problem = fault === "too_large" ? `a ${name} over 256 KiB` : `an endless ${name}`
      this.#unsupported.note(`${type} with ${problem}`)
      return undefined
    }
    if (this.#list.length >= objectsMax) throw new SvgInvalid(`the drawing has more than ${objectsMax} objects`)
    const id = this.#newId()
    this.#list.push({ id, type, parentId, properties })
    return id
  }

  /** Takes the last object back if nothing was added after it. */
  dropIfLast(id: string): void {
    if (this.#list.at(-1)?.id === id) this.#list.pop()
  }

  list(): ReadonlyArray<ImportedObject> {
    return this.#list
  }
}
