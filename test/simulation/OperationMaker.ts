/** Operations on one file that its editors may well ask for, and some that are refused: by the document, or by PostgreSQL. */
import type { Operation } from "@easel/document"
import type { SeededRandom } from "./SeededRandom.ts"

/** Objects that editors fight over. */
const contestedIds = ["contested-1", "contested-2", "contested-3"] as const

const poisonProbability = 0.005

export class OperationMaker {
  private readonly random: SeededRandom
  private readonly now: () => number
  private readonly objectIds: Array<string> = []

  /** `now` is the editor's clock, in milliseconds since 1970. */
  constructor(random: SeededRandom, now: () => number) {
    this.random = random
    this.now = now
  }

  accepted({ objectId, operationType }: Operation.Operation): void {
    if (operationType === "create") this.objectIds.push(objectId)
  }

  next(): Operation.Operation {
    const { random } = this
    const kind = random.nextDoubleUnsafe()
    const objectId = random.chance(0.3) ? random.oneOf(contestedIds) : random.oneOf(this.objectIds) ?? random.oneOf(contestedIds)
    const id = random.uuid()
    const common = { id, idempotencyKey: random.chance(0.5) ? id : random.uuid(), timestamp: Math.floor(this.now()), objectId }
    if (kind < 0.25) {
      const created = random.chance(0.2) ? objectId : `object-${random.uuid().slice(0, 8)}`
      return { ...common, objectId: created, operationType: "create", objectType: "rectangle", newValue: { x: random.below(100), "data.note": "new" }, parentId: null }
    }
    if (kind < 0.35) return { ...common, operationType: "move", parentId: random.chance(0.5) ? null : random.oneOf(this.objectIds) ?? null }
    if (kind < 0.42) return { ...common, operationType: "delete" }
    if (kind < 0.5) return { ...common, operationType: "restore" }
    if (random.chance(poisonProbability / 0.5)) return { ...common, operationType: "update", propertyPath: "data.note", newValue: "\u0000" }
    return { ...common, operationType: "update", propertyPath: random.oneOf(["x", "y", "data.value"]), newValue: random.below(1_000) }
  }
}
