/** What all that is done with the versions of one file needs: the file for somebody, a version, a state. */
import type { Document } from "@easel/document"
import { type Action, type At, type Principal, VersionMissing } from "@easel/protocol"
import { type DocumentBase, Versions } from "@easel/store"
import * as Effect from "effect/Effect"
import type { Actor } from "../FileActor.ts"
import * as stateAt from "./stateAt.ts"

export type VersionedFile = Effect.Success<ReturnType<typeof make>>

export const make = Effect.fnUntraced(function*(fileId: string, actor: Actor) {
  const versions = yield* Versions

  const existing = Effect.fnUntraced(function*(versionId: string) {
    return (yield* versions.find(fileId, versionId)) ?? (yield* new VersionMissing({ versionId }))
  })

  /** What the next state that is kept may be a delta from. */
  let base: DocumentBase | undefined

  return {
    fileId,
    actor,
    existing,
    /** Stores the document of a version that is about to be made. */
    keep: Effect.fnUntraced(function*(document: Document.Document) {
      const kept = yield* versions.keep(document, base)
      base = kept.base
      return kept.blob
    }),
    stateAt: yield* stateAt.make,
    /** The file for somebody who may do this with it. */
    fileFor: Effect.fnUntraced(function*(by: Principal, action: Action) {
      const file = yield* actor.confirmed
      yield* actor.require(file, by, action)
      return file
    }),
    seqOf: Effect.fnUntraced(function*(at: At) {
      return at._tag === "Seq" ? at.seq : (yield* existing(at.versionId)).seq
    })
  }
})
