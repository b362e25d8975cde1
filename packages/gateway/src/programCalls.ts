/**
 * The typed calls for programs: each HTTP request is served by an RPC server of its own, in the name of whoever its
 * headers show. What the calls themselves carry as headers counts for nothing.
 */
import { type FileMoved, FileUnavailable, type Principal, ProgramRpcs, type Snapshot } from "@easel/protocol"
import { Calls } from "@easel/protocol/api"
import type { AlreadyProcessingMessage, EntityNotAssignedToRunner, MailboxFull, PersistenceError } from "effect/cluster/ClusterError"
import * as Effect from "effect/Effect"
import * as RpcSerialization from "effect/rpc/RpcSerialization"
import * as RpcServer from "effect/rpc/RpcServer"
import { callerOf } from "./auth/requestCaller.ts"
import type { FileClient } from "./FileClient.ts"
import { FileClients } from "./FileClients.ts"
import { bodyBy } from "./requestBody.ts"
import { whileMoving } from "./whileMoving.ts"

export const answerCalls = Effect.gen(function*() {
  const { principal } = yield* callerOf
  yield* bodyBy(Calls)
  const handlers = yield* ProgramRpcs.toHandlers(handlersFor(principal, yield* FileClients))
  const answer = yield* RpcServer.toHttpEffect(ProgramRpcs).pipe(
    Effect.provideContext(handlers),
    Effect.provideService(RpcSerialization.RpcSerialization, RpcSerialization.json)
  )
  return yield* answer
})

const handlersFor = (by: Principal, clients: FileClients["Service"]) => {
  const ask = <A, E extends Tagged>(fileId: string, call: (file: FileClient) => Effect.Effect<A, E>) => answered(fileId, call(clients.of(fileId)))
  return ProgramRpcs.of({
    Read: ({ fileId }) => Effect.map(ask(fileId, (file) => file.Read({ by })), documentOf),
    SaveVersion: ({ fileId, ...version }) => ask(fileId, (file) => file.SaveVersion({ ...version, by })),
    ListVersions: ({ fileId, ...page }) => ask(fileId, (file) => file.ListVersions({ ...page, by })),
    GetVersion: ({ fileId, versionId }) => ask(fileId, (file) => file.GetVersion({ versionId, by })),
    RenameVersion: ({ fileId, ...change }) => ask(fileId, (file) => file.RenameVersion({ ...change, by })),
    PinVersion: ({ fileId, ...change }) => ask(fileId, (file) => file.PinVersion({ ...change, by })),
    ReadAt: ({ at, fileId }) => Effect.map(ask(fileId, (file) => file.ReadAt({ at, by })), documentOf),
    RestoreVersion: ({ fileId, ...restore }) => ask(fileId, (file) => file.RestoreVersion({ ...restore, by })),
    UndoRestore: ({ fileId, ...undo }) => ask(fileId, (file) => file.UndoRestore({ ...undo, by })),
    DiffVersions: ({ fileId, from, to }) => ask(fileId, (file) => file.DiffVersions({ from, to, by })),
    Blame: ({ fileId, objectId, propertyPath }) => ask(fileId, (file) => file.Blame({ objectId, propertyPath, by }))
  })
}

type Internal = AlreadyProcessingMessage | EntityNotAssignedToRunner | FileMoved | MailboxFull | PersistenceError

const internal = new Set<string>(["AlreadyProcessingMessage", "EntityNotAssignedToRunner", "FileMoved", "MailboxFull", "PersistenceError"])

interface Tagged {
  readonly _tag: string
}

/** What the cluster is at odds about is a file that cannot be had now; what nobody expected is logged, and not told. */
const answered = <A, E extends Tagged>(fileId: string, call: Effect.Effect<A, E>) => {
  const unavailable = (reason: string) => new FileUnavailable({ fileId, reason })
  return whileMoving(call).pipe(
    Effect.catchIf((error): error is Extract<E, Internal> => internal.has(error._tag), () => Effect.fail(unavailable("the file's actor cannot be reached now"))),
    Effect.catchDefect((defect) => Effect.andThen(Effect.logError("A call failed", defect), Effect.fail(unavailable("the server failed"))))
  )
}

const documentOf = ({ body, digest, epoch, seq }: Pick<Snapshot, "body" | "epoch" | "seq"> & { readonly digest: string }) => ({
  ...JSON.parse(Buffer.from(body).toString("utf8")),
  seq,
  epoch,
  digest
})
