/** The clients of file actors, by file. */
import { FileEntity } from "@easel/protocol"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { FileClient } from "./FileClient.ts"
import { FilePlaces } from "./FilePlaces.ts"

export class FileClients extends Context.Service<FileClients, {
  readonly of: (fileId: string) => FileClient
}>()("@easel/gateway/FileClients") {
  static readonly layer = Layer.effect(
    FileClients,
    Effect.gen(function*() {
      const actors = yield* FileEntity.client
      const places = yield* FilePlaces
      return FileClients.of({ of: (fileId) => new FileClient(fileId, actors, places) })
    })
  ).pipe(Layer.provide(FilePlaces.layer))
}
