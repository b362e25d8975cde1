/** Steps of a file's state, written short, and what two states are compared by. */
import { digest, isRefusal, type Operation, validateOperation } from "@easel/document"
import type { OperationResult, Submission } from "@easel/protocol"
import * as FileState from "../../../cluster/file/FileState.ts"

export const nobodyRefused: ReadonlySet<string> = new Set()

/** An operation from what an editor would send; fails on a refusal, so that tests cannot send nonsense unawares. */
export const sent = (fields: {
  readonly id: string
  readonly operationType: string
  readonly objectId?: string
  readonly propertyPath?: string
  readonly newValue?: unknown
  readonly timestamp?: number
  readonly idempotencyKey?: string
}): Operation.Operation => {
  const operation = validateOperation({ objectId: "o", timestamp: 1_000, ...fields })
  if (isRefusal(operation)) throw new Error(`${operation.code}: ${operation.message}`)
  return operation
}

export const submission = (operations: ReadonlyArray<Operation.Operation>, clientId = "A", userId = "ann"): Submission => ({
  clientId,
  userId,
  operations
})

export const stepWith = (
  state: FileState.FileState,
  submissions: ReadonlyArray<Submission>,
  nowMillis = 1_000,
  refusedKeys = nobodyRefused
) => FileState.step(state, { submissions, nowMillis, refusedKeys, mayEdit: () => true })

/** One submission by client `A`: the next state and its results. */
export const stepOne = (
  state: FileState.FileState,
  operations: ReadonlyArray<Operation.Operation>,
  nowMillis = 1_000
): readonly [FileState.FileState, ReadonlyArray<OperationResult>] => {
  const [next, { results }] = stepWith(state, [submission(operations)], nowMillis)
  return [next, results[0] ?? []]
}

/** What a state is, apart from its internal sharing. */
export const summary = (state: FileState.FileState) => ({
  seq: state.seq,
  digest: digest(state.document),
  keys: [...state.recent.young, ...state.recent.old].toSorted(([a], [b]) => (a < b ? -1 : 1))
})
