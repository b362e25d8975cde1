/** The loads by name: what each asks of its generator, and how long it may take. */
import type { LoadSpec } from "./LoadSpec.ts"
import type { Topology } from "./Topology.ts"

/**
 * `limit` is the yardstick; `remote` and `apart` are Easel in the shape that it is compared with; `advisory` is Effect's
 * own storage of shards in place of Easel's.
 */
export type Contender = "limit" | "easel" | "remote" | "apart" | "advisory"

export const loadNames = [
  "saturation-50",
  "paced-50",
  "paced-200",
  "presence-200",
  "comments-50",
  "reconnect-storm",
  "slow-consumers-0",
  "slow-consumers-1000",
  "versions-25000",
  "versions-history",
  "document-120000",
  "join-10000",
  "join-100000",
  "memory-connections",
  "memory-files",
  "remote-calls",
  "remote-paced-50",
  "remote-saturation-50",
  "two-nodes",
  "failover",
  "idle-files-leave",
  "idle-files-10000",
  "idle-files-100000"
] as const
export type LoadName = (typeof loadNames)[number]

/** Files without an editor leave memory after this long in `idle-files-leave`: longer than opening them takes on a busy machine. */
export const leaveAfterSeconds = 60

const minutesMax: { readonly [name in LoadName]?: number } = { "reconnect-storm": 4, "versions-25000": 4, "versions-history": 4, "document-120000": 4, "two-nodes": 5, failover: 8, "idle-files-leave": 6, "idle-files-10000": 5, "idle-files-100000": 30 }

/** Opening thousands of files or sockets takes its time. */
export const loadMillisMax = (name: LoadName): number => (minutesMax[name] ?? 1.5) * 60_000

export const specOf = (name: LoadName, contender: Contender, { databaseUrl, dataFolder, members }: Topology, isQuick: boolean): LoadSpec => {
  const [server = nowhere, ...beside] = members
  const times = isQuick ? { warmupMillis: 1_000, measureMillis: 3_000 } : { warmupMillis: 5_000, measureMillis: 5_000 }
  // A server runs for days: what counts is how it does once its code is compiled, which takes longer at a gentle pace.
  const pacedTimes = isQuick ? times : { ...times, warmupMillis: 20_000 }
  const edits = { ...server, ...times, beside, files: 1, editorsAt: "first" } as const
  switch (name) {
    case "saturation-50":
    case "remote-saturation-50":
      return { _tag: "Saturate", ...edits, editors: 50, framesInFlight: 2, frameOperations: 10 }
    case "paced-50":
    case "remote-paced-50":
      return { _tag: "Paced", ...edits, ...pacedTimes, editors: 50, operationsPerSecond: 30 }
    case "paced-200":
      return { _tag: "Paced", ...edits, ...pacedTimes, editors: 200, operationsPerSecond: 30 }
    case "presence-200":
      return { _tag: "Presence", ...server, ...times, editors: 200, hertz: 30 }
    case "comments-50":
      return { _tag: "Comments", ...server, ...times, editors: 50, perSecond: 20 }
    case "reconnect-storm":
      return { _tag: "Storm", ...server, editors: isQuick ? 1_000 : 10_000, editorsPerFile: 50 }
    // Long enough for those that do not read to be given up, which takes ten to fifteen seconds.
    case "slow-consumers-0":
      return { _tag: "Paced", ...edits, ...besideConsumers, consumers: 0 }
    case "slow-consumers-1000":
      return { _tag: "Paced", ...edits, ...besideConsumers, consumers: 1_000 }
    case "versions-25000":
      return { _tag: "Versions", ...server, ...times, editors: 50, operationsPerSecond: 10, objects: 25_000, reads: isQuick ? 3 : 7 }
    case "versions-history":
      return { _tag: "History", ...server, drawings: 300, versions: isQuick ? 200 : 1_000, reads: 20 }
    case "document-120000":
      return { _tag: "LargeDocument", ...server, objects: 120_000, edits: isQuick ? 100 : 500, saves: isQuick ? 2 : 5 }
    case "join-10000":
      return { _tag: "Join", ...server, objects: 10_000, joins: isQuick ? 5 : 31 }
    case "join-100000":
      return { _tag: "Join", ...server, objects: 100_000, joins: isQuick ? 2 : 9 }
    case "memory-connections":
      return { _tag: "IdleConnections", ...server, connections: isQuick ? 400 : 1_000, steps: 5, editorsPerFile: 50 }
    case "memory-files":
      return { _tag: "IdleFiles", ...server, files: isQuick ? 60 : 200, steps: 5, objects: 1_000 }
    case "remote-calls":
      return {
        _tag: "Calls",
        databaseUrl,
        dataFolder,
        role: contender === "remote" ? "gateway" : "node",
        hostPids: members.map(({ pid }) => pid),
        ...(isQuick ? times : { warmupMillis: 2_000, measureMillis: 4_000 })
      }
    case "two-nodes": {
      const editorsAt = contender === "apart" ? "home" : "random"
      return { _tag: "Saturate", ...edits, files: 500, editors: 1_000, editorsAt, framesInFlight: 2, frameOperations: 10 }
    }
    case "failover":
      return { _tag: "Failover", databaseUrl, locks: contender === "advisory" ? "advisory" : "leases", trials: isQuick ? 1 : 3 }
    case "idle-files-leave":
      return { _tag: "IdleActors", ...server, databaseUrl, files: 2_000, objects: 10, leaveMillisMax: 60_000 + leaveAfterSeconds * 1_000 }
    case "idle-files-10000":
      return { _tag: "IdleActors", ...server, databaseUrl, files: 10_000, objects: 10, leaveMillisMax: 0 }
    case "idle-files-100000":
      return { _tag: "IdleActors", ...server, databaseUrl, files: 100_000, objects: 10, leaveMillisMax: 0 }
  }
}

const besideConsumers = { editors: 20, operationsPerSecond: 30, warmupMillis: 3_000, measureMillis: 18_000 }

/** Loads whose own process is the server have none. */
const nowhere = { url: "", pid: 0, postgresPid: 0 }
