/** What `subscribe` says: which file, who, and what is known of it already. */
import { protocolVersion } from "@easel/protocol/editor"
import type { EditorFileOptions } from "./EditorFileOptions.ts"

export const subscriptionOf = (
  { fileId, userId, userName }: EditorFileOptions,
  credentials: object,
  clientId: string | undefined,
  seq: number | undefined
) => ({
  fileId,
  userId,
  ...(userName === undefined ? {} : { userName }),
  protocolVersion,
  compression: "deflate-raw",
  ...credentials,
  ...(clientId === undefined ? {} : { clientId }),
  // Under a new identity own operations without an answer would get wrong stamps; a snapshot holds them.
  ...(seq === undefined || clientId === undefined ? {} : { sinceSeq: seq })
})
