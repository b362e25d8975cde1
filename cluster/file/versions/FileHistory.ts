/** Questions about what became of a file: objects of its states, what differs between two of them, and who wrote what stands in it. */
import { describe, toView } from "@easel/document"
import { type At, type Blamed, type Nodes, type Principal, RegisterMissing } from "@easel/protocol"
import { Log } from "@easel/store"
import * as Effect from "effect/Effect"
import { available } from "../available.ts"
import type { VersionedFile } from "./VersionedFile.ts"

export const make = Effect.fnUntraced(function*({ fileFor, fileId, seqOf, stateAt }: VersionedFile) {
  const log = yield* Log

  return {
    nodes: ({ by, objectIds, seq }: { readonly by: Principal; readonly objectIds: ReadonlyArray<string>; readonly seq?: number | undefined }) =>
      Effect.gen(function*() {
        const file = yield* fileFor(by, "read")
        const state = yield* stateAt(file, seq ?? file.state.seq)
        const objects = objectIds.map((id) => state.document.get(id))
        const nodes: Nodes = {
          seq: state.seq,
          epoch: file.epoch,
          nodes: objects.flatMap((object) => object?.type === undefined ? [] : [toView(object)]),
          missing: objectIds.filter((_, index) => objects[index]?.type === undefined)
        }
        return nodes
      }).pipe(available(fileId)),

    diff: ({ by, from, to }: { readonly by: Principal; readonly from: At; readonly to: At }) =>
      Effect.gen(function*() {
        const file = yield* fileFor(by, "read")
        const before = yield* stateAt(file, yield* seqOf(from))
        const after = yield* stateAt(file, yield* seqOf(to))
        return describe(before.document, after.document)
      }).pipe(available(fileId)),

    /** The stamp of a register has the seq of the operation that wrote it, so one row of the log is read. */
    blame: ({ by, objectId, propertyPath }: { readonly by: Principal; readonly objectId: string; readonly propertyPath: string }) =>
      Effect.gen(function*() {
        const { state } = yield* fileFor(by, "read")
        const object = state.document.get(objectId)
        const stamp = object?.stampOf(propertyPath)
        if (stamp === undefined) return yield* new RegisterMissing({ objectId, propertyPath })
        const { clientId, counter: seq, timestamp } = stamp
        const [entry] = yield* log.read(fileId, seq - 1, seq, 1)
        const blamed: Blamed = { objectId, propertyPath, value: object?.get(propertyPath) ?? null, seq, timestamp, clientId, userId: entry?.userId ?? null }
        return blamed
      }).pipe(available(fileId))
  }
})
