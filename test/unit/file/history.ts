/** Random histories of a file: batches of submissions with resends, stolen keys, skewed clocks and missing order keys. */
import type { Operation } from "@easel/document"
import type { Submission } from "@easel/protocol"
import * as fc from "fast-check"
import { clientIds, create, deletion, move, objectIds, restoration, update } from "../../harness/arbitraries.ts"

export interface Batch {
  readonly submissions: ReadonlyArray<Submission>
  readonly nowMillis: number
}

export const history = (operationsMax: number): fc.Arbitrary<ReadonlyArray<Batch>> =>
  fc.tuple(fc.nat(4), fc.array(action, { maxLength: operationsMax, size: "max" })).map(([seeds, actions]) => {
    const sent: Array<Operation.Operation> = seeded.slice(0, seeds)
    const batches: Array<{ submissions: Array<Submission>; readonly nowMillis: number }> = [
      { submissions: [{ clientId: "A", userId: "user-A", operations: [...sent] }], nowMillis: 0 }
    ]
    actions.forEach(({ again, client, content, keyless, lead, next }, index) => {
      const operation = again < 3 && sent.length > 0 ? resent(sent, again, index, content) : fresh(content, index, keyless)
      sent.push(operation)
      const clientId = clientIds[client] ?? "A"
      const submission = { clientId, userId: `user-${clientId}`, operations: [operation] }
      const last = batches.at(-1)
      if (last === undefined || next === 0) batches.push({ submissions: [submission], nowMillis: Math.max(0, content.timestamp - lead) })
      else last.submissions = next === 1 ? [...last.submissions, submission] : joined(last.submissions, operation)
    })
    return batches
  })

/** What most histories begin with, so that there is something to edit. */
const seeded: ReadonlyArray<Operation.Operation> = objectIds.map((objectId) => ({
  id: `seed-${objectId}`,
  idempotencyKey: `seed-${objectId}`,
  timestamp: 0,
  objectId,
  operationType: "create",
  objectType: "group",
  newValue: {},
  parentId: null,
  orderKey: "a0"
}))

const content: fc.Arbitrary<Operation.Operation> = fc.oneof(
  { weight: 4, arbitrary: create },
  { weight: 4, arbitrary: update },
  { weight: 4, arbitrary: move },
  { weight: 1, arbitrary: deletion },
  { weight: 1, arbitrary: restoration }
).map((operation) => ({ ...operation, timestamp: operation.timestamp * 700 }))

const action = fc.record({
  content,
  client: fc.nat(clientIds.length - 1),
  keyless: fc.boolean(),
  /** How far the editor's clock is ahead of the server's. */
  lead: fc.constantFrom(0, 0, 500, 1_500, -5_000),
  /** 0: a new batch, 1: another submission, 2: the same submission. */
  next: fc.nat(2),
  /** 0: an exact resend, 1: the same id and key with other content, 2: the same content with a key of its own. */
  again: fc.nat(12)
})

const resent = (sent: ReadonlyArray<Operation.Operation>, again: number, index: number, other: Operation.Operation): Operation.Operation => {
  const former = sent[(index * 7) % sent.length] ?? other
  if (again === 0) return former
  if (again === 1) return { ...other, id: `op${index}`, idempotencyKey: former.idempotencyKey }
  return { ...former, id: `op${index}`, idempotencyKey: `key${index}` }
}

const fresh = (operation: Operation.Operation, index: number, keyless: boolean): Operation.Operation => {
  const named = { ...operation, id: `op${index}`, idempotencyKey: `key${index}` }
  if (!keyless || (named.operationType !== "create" && named.operationType !== "move")) return named
  const { orderKey: _, ...withoutKey } = named
  return withoutKey
}

const joined = (submissions: ReadonlyArray<Submission>, operation: Operation.Operation): Array<Submission> => {
  const last = submissions.at(-1)
  return last === undefined ? [] : [...submissions.slice(0, -1), { ...last, operations: [...last.operations, operation] }]
}
