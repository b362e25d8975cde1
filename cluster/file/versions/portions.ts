/**
 * A restore in portions, each of which is one commit and one frame. They are small, because an edit of somebody else
 * waits for one at each turn of its way: with the actor, in the journal, at the sockets.
 */
import { type Change, type Operation, toOperation } from "@easel/document"

const portionOperationsMax = 100

/** JSON of the changes of one portion, in characters; a single change may be larger. What sockets and the ring of commits hold with ease. */
const portionCharsMax = 32 * 1024

/** The id of an operation, which is its key, says what it is a part of; the same part has the same id whenever it is made. */
export function* portionsOf(changes: ReadonlyArray<Change>, name: string, timestamp: number): Generator<ReadonlyArray<Operation.Operation>> {
  let portion: Array<Operation.Operation> = []
  let chars = 0
  for (const [index, change] of changes.entries()) {
    const size = JSON.stringify(change).length
    if (portion.length === portionOperationsMax || (portion.length > 0 && chars + size > portionCharsMax)) {
      yield portion
      portion = []
      chars = 0
    }
    portion.push(toOperation(change, `${name}:${index}`, timestamp))
    chars += size
  }
  if (portion.length > 0) yield portion
}
