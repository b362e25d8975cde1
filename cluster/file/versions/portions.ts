/**
 * A restore in portions, each of which is one commit and one frame. A portion is what an editor may send in one frame,
 * so nobody on its way, the loop of the actor least of all, has more to do at once than editors give it anyway.
 */
import { type Change, type Operation, toOperation } from "@easel/document"
import { Limits } from "@easel/protocol"

/** JSON of the changes of one portion, in characters; a single change may be larger. What sockets and the ring of commits hold with ease. */
const portionCharsMax = 64 * 1024

/** The id of an operation, which is its key, says what it is a part of; the same part has the same id whenever it is made. */
export function* portionsOf(changes: ReadonlyArray<Change>, name: string, timestamp: number): Generator<ReadonlyArray<Operation.Operation>> {
  let portion: Array<Operation.Operation> = []
  let chars = 0
  for (const [index, change] of changes.entries()) {
    const size = JSON.stringify(change).length
    if (portion.length === Limits.frameOperationsMax || (portion.length > 0 && chars + size > portionCharsMax)) {
      yield portion
      portion = []
      chars = 0
    }
    portion.push(toOperation(change, `${name}:${index}`, timestamp))
    chars += size
  }
  if (portion.length > 0) yield portion
}
