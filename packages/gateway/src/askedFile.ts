/** The file that a request's path names, as its actor, and in whose name it is asked. */
import * as Effect from "effect/Effect"
import { callerOf } from "./auth/requestCaller.ts"
import { FileClients } from "./FileClients.ts"
import { existingFile } from "./requestPath.ts"

export const askedFile = Effect.gen(function*() {
  const { principal: by, userName } = yield* callerOf
  const { id: fileId } = yield* existingFile
  return { by, userName, fileId, file: (yield* FileClients).of(fileId) }
})
