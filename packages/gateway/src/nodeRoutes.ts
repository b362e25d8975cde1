/** Objects of a file: reading some of them, now or at a seq, and editing by operations, as editors do. */
import { isId, isRefusal, type Operation, validateOperation } from "@easel/document"
import { Limits, type OperationResult, problem } from "@easel/protocol"
import { type NodesQuery, NodeOperations } from "@easel/protocol/api"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { askedFile } from "./askedFile.ts"
import { requireInFile } from "./auth/requireRole.ts"
import { fail, fileProblem } from "./httpProblems.ts"
import { madeId, once } from "./keyedRequest.ts"
import { bodyBy } from "./requestBody.ts"
import { whileMoving } from "./whileMoving.ts"

/** Objects read in one call. */
const idsMax = 200

/** The ids of operations make it safe to send them again while nobody knows what became of them. */
const resending = { while: ({ _tag }: { readonly _tag: string }) => resent.has(_tag), times: 20, schedule: Schedule.spaced("100 millis") }
const resent: ReadonlySet<string> = new Set(["CommitIndeterminate", "FileBusy", "FileUnavailable"])

export const readNodes = Effect.fnUntraced(function*({ ids = "", seq }: NodesQuery) {
  const { by, file } = yield* askedFile
  const objectIds = ids.split(",")
  if (objectIds.length > idsMax || !objectIds.every(isId)) return yield* fail(problem(400, `ids are 1 to ${idsMax} ids of objects with commas between`))
  return yield* whileMoving(file.ReadNodes({ by, objectIds, seq })).pipe(Effect.catch(fileProblem))
})

/** What is wrong with an operation is told of it alone; the others are done. */
export const patchNodes = once(Effect.gen(function*() {
  const { by, file, fileId } = yield* askedFile
  yield* requireInFile(fileId, by, "edit")
  const { operations: sent } = yield* bodyBy(NodeOperations)
  const requestId = yield* madeId
  const timestamp = yield* Clock.currentTimeMillis
  const judged = sent.map((operation, index) => validateOperation({ id: `${requestId}:${index}`, timestamp, ...operation }))
  const operations = judged.filter((operation): operation is Operation.Operation => !isRefusal(operation))
  const submission = { ...by, clientId: `http:${requestId}`, operations }
  const { results: [answers = []], seq } = yield* file.Submit({ submissions: [submission] }).pipe(Effect.retry(resending), Effect.catch(fileProblem))
  const answered = answers[Symbol.iterator]()
  const results = judged.map((operation, index): OperationResult =>
    isRefusal(operation)
      ? { id: String(sent[index]?.["id"] ?? `${requestId}:${index}`), status: "rejected", seq: 0, reason: operation.code, message: operation.message }
      : answered.next().value ?? lost(operation.id))
  return { seq, results }
}))

const lost = (id: string): never => {
  throw new Error(`the file's actor gave no result of operation ${id}, of ${Limits.frameOperationsMax} at most`)
}
