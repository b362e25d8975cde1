/**
 * The load generator's process: takes one specification, runs it against one server, answers with one result.
 *
 * It is a process of its own so that its work is not the server's. It ends when its parent does, and everything it
 * waits for has a deadline; the bench ends it when a whole load takes too long.
 */
import { Schema } from "effect"
import { runCallLoad } from "./CallLoad.ts"
import { runEditLoad } from "./EditLoad.ts"
import { runCommentLoad } from "./CommentLoad.ts"
import { runFailover } from "./FailoverLoad.ts"
import { runHistoryLoad } from "./HistoryLoad.ts"
import { runIdleActors } from "./IdleActorsLoad.ts"
import { runJoinLoad } from "./JoinLoad.ts"
import { runLargeDocument } from "./LargeDocumentLoad.ts"
import { type LoadResult, LoadSpec } from "./LoadSpec.ts"
import { runPresenceLoad } from "./PresenceLoad.ts"
import { runStormLoad } from "./StormLoad.ts"
import { runVersionLoad } from "./VersionLoad.ts"
import { runIdleConnections, runIdleFiles } from "./MemoryLoad.ts"

export const main = async (specText: string): Promise<void> => {
  process.on("disconnect", () => process.exit(1))
  const result = await run(Schema.decodeUnknownSync(LoadSpec)(JSON.parse(specText)))
    .catch((cause: unknown): LoadResult => ({ _tag: "Failure", reason: cause instanceof Error ? cause.message : String(cause) }))
  process.send?.(result, () => process.exit(0))
}

const run = (spec: LoadSpec): Promise<LoadResult> => {
  switch (spec._tag) {
    case "Saturate":
    case "Paced":
      return runEditLoad(spec)
    case "Versions":
      return runVersionLoad(spec)
    case "History":
      return runHistoryLoad(spec)
    case "LargeDocument":
      return runLargeDocument(spec)
    case "Presence":
      return runPresenceLoad(spec)
    case "Comments":
      return runCommentLoad(spec)
    case "Storm":
      return runStormLoad(spec)
    case "Join":
      return runJoinLoad(spec)
    case "IdleConnections":
      return runIdleConnections(spec)
    case "IdleFiles":
      return runIdleFiles(spec)
    case "Calls":
      return runCallLoad(spec)
    case "IdleActors":
      return runIdleActors(spec)
    case "Failover":
      return runFailover(spec)
  }
}
