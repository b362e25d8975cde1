/**
 * What a socket that fell behind needs of the operations that it missed: of each register's writes the one that wins by
 * D2. Who merges these has the same document as who merges all (P16), because the others lose wherever they are merged.
 * Pure; costs one look at each register written.
 */
import { dataPrefix, deletedPath, parentPath, Stamp, typePath } from "@easel/document"
import type { WireOperation } from "./frames.ts"

/** Those that win at least one register, in the order given. */
export const squash = <Operation extends WireOperation>(operations: ReadonlyArray<Operation>): ReadonlyArray<Operation> => {
  const winners = new Map<string, Map<string, Operation>>()
  for (const operation of operations) {
    let registers = winners.get(operation.objectId)
    if (registers === undefined) winners.set(operation.objectId, registers = new Map())
    for (const path of pathsOf(operation)) {
      const best = registers.get(path)
      if (best === undefined || Stamp.compare(stampOf(operation), stampOf(best)) > 0) registers.set(path, operation)
    }
  }
  const kept = new Set<Operation>()
  for (const registers of winners.values()) for (const winner of registers.values()) kept.add(winner)
  return kept.size === operations.length ? operations : operations.filter((operation) => kept.has(operation))
}

const stampOf = ({ clientId, seq, timestamp }: WireOperation): Stamp.Stamp => ({ timestamp, clientId, counter: seq })

/** The registers that an operation writes. */
const pathsOf = ({ newValue, operationType, propertyPath }: WireOperation): ReadonlyArray<string> => {
  switch (operationType) {
    case "create":
      return [typePath, parentPath, ...propertyPathsOf(newValue)]
    case "update":
      return [propertyPath ?? ""]
    case "move":
      return [parentPath]
    case "delete":
    case "restore":
      return [deletedPath]
  }
}

const propertyPathsOf = (properties: WireOperation["newValue"]): ReadonlyArray<string> =>
  typeof properties !== "object" || properties === null ? [] : Object.entries(properties).flatMap(([path, value]) =>
    path === "data" && typeof value === "object" && value !== null ? Object.keys(value).map((key) => dataPrefix + key) : path)
