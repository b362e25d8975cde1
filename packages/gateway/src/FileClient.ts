/** The typed client of one file's actor, as `FileEntity.client` makes it. */
import type { FileEntity } from "@easel/protocol"
import type * as Effect from "effect/Effect"

type FileClients = Effect.Success<typeof FileEntity.client>
export type FileClient = ReturnType<FileClients>
