/** Pairs of states to tell apart, and the difference of two of them made by an editor. */
import { canonicalText, type Change, difference, Document, type Json, type Operation, type Scope, toOperation } from "@easel/document"
import * as fc from "fast-check"
import * as FileState from "../../../cluster/file/FileState.ts"
import { objectIds } from "../../harness/arbitraries.ts"
import { stepOne, stepWith } from "./fileFixture.ts"
import { type Batch, history } from "./history.ts"

/** The states of a history, from the empty one on. Half of its moves want their very key, so that siblings share some. */
export const states: fc.Arbitrary<ReadonlyArray<FileState.FileState>> = history(40).map((batches) => {
  const all = [FileState.empty]
  for (const { nowMillis, submissions } of batches.map(withExactMoves)) {
    const [next] = stepWith(all.at(-1) ?? FileState.empty, submissions, nowMillis)
    all.push(next)
  }
  return all
})

export interface Pair {
  readonly from: FileState.FileState
  readonly to: FileState.FileState
}

/** Two states of one history, in either order, or of two files that know nothing of each other. */
export const pair: fc.Arbitrary<Pair> = fc.tuple(states, states, fc.nat(), fc.nat(), fc.boolean()).map(([one, other, a, b, related]) => ({
  from: pick(one, a),
  to: pick(related ? one : other, b)
}))

const pick = (all: ReadonlyArray<FileState.FileState>, at: number): FileState.FileState => all[at % all.length] ?? FileState.empty

const withExactMoves = (batch: Batch): Batch => ({
  ...batch,
  submissions: batch.submissions.map((submission) => ({ ...submission, operations: submission.operations.map(withExactMove).map(withTypeOfItsId) }))
})

const withExactMove = (operation: Operation.Operation): Operation.Operation =>
  operation.operationType === "move" && operation.timestamp % 1_400 === 0 ? { ...operation, exact: true } : operation

const types = ["group", "frame", "text", "page", "path", "star"] as const

/** An object has one type for ever, so files that have it in common agree on that. */
const withTypeOfItsId = (operation: Operation.Operation): Operation.Operation =>
  operation.operationType === "create" ? { ...operation, objectType: types[objectIds.findIndex((id) => id === operation.objectId)] ?? "group" } : operation

/** An editor makes the changes, later than all that is in the file: the next state, and what became of each. */
export const made = (state: FileState.FileState, changes: ReadonlyArray<Change>) => {
  const nowMillis = 1_000_000 + state.latestTimestamp
  const [next, results] = stepOne(state, changes.map((change, index) => toOperation(change, `${state.seq}-${index}`, nowMillis)), nowMillis)
  return { next, statuses: results.map(({ reason, status }) => reason ?? status) }
}

export const restored = (from: FileState.FileState, to: Document.Document, scope?: Scope) => {
  const changes = difference(from.document, to, scope)
  return { changes, ...made(from, changes) }
}

/** Objects as readers see them: type, place, whether they are deleted, and properties that are set. */
export const objectsIn = (document: Document.Document): ReadonlyMap<string, string> =>
  new Map(Array.from(document.all(), (object) => {
    const registers = object.paths.map((path, index): [string, Json] => [path, object.values[index] ?? null])
    return [object.id, canonicalText(Object.fromEntries(registers.filter(([path, value]) => value !== null && (path !== "_deleted" || value))))]
  }))

/** The register that a change writes; a create writes all that its object has then. */
export const registerOf = (change: Change): string =>
  `${change.objectId} ${change.operationType === "update" ? change.propertyPath : change.operationType === "restore" ? "delete" : change.operationType}`
