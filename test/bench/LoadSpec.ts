/**
 * What the bench asks of a load generator and what it gets back, across the boundary of the two processes.
 *
 * A load is one run against one server: the specification is the generator's argument, the result its only message.
 */
import { Schema } from "effect"
import { Latencies } from "./Histogram.ts"

const server = {
  /** `http://127.0.0.1:PORT` */
  url: Schema.String,
  /** Whose CPU time and memory count as the server's. */
  pid: Schema.Number,
  /** The server's PostgreSQL, so that its CPU time is told from that of strangers. */
  postgresPid: Schema.Number,
  /** Of a server that was started with its inspector, as those whose memory is measured are. */
  inspectorUrl: Schema.optionalKey(Schema.String)
}

/** Of loads of edits, which may spread over several files and servers. */
const edits = {
  ...server,
  /** The other servers, whose CPU time counts too. */
  beside: Schema.Array(Schema.Struct(server)),
  /** Editors are shared out evenly. */
  files: Schema.Number,
  /** All at the first server, each at any one, or each at the one that its file was created at. */
  editorsAt: Schema.Literals(["first", "random", "home"])
}

const window = { editors: Schema.Number, warmupMillis: Schema.Number, measureMillis: Schema.Number }

/** Closed loop: every editor has up to `framesInFlight` frames of `frameOperations` operations without an ack. */
export const Saturate = Schema.TaggedStruct("Saturate", {
  ...edits,
  ...window,
  framesInFlight: Schema.Number,
  frameOperations: Schema.Number
})
export type Saturate = typeof Saturate.Type

/** Open loop: every editor sends this many frames of one operation a second, whatever comes back. */
export const Paced = Schema.TaggedStruct("Paced", {
  ...edits,
  ...window,
  operationsPerSecond: Schema.Number,
  /** So many more join the first file and never read. They are filled up before the measured window. */
  consumers: Schema.optionalKey(Schema.Number)
})
export type Paced = typeof Paced.Type

/** Fills a file, then joins it over and over. */
export const Join = Schema.TaggedStruct("Join", { ...server, objects: Schema.Number, joins: Schema.Number })
export type Join = typeof Join.Type

/** Editors of one large file edit at a pace, while versions of it are saved, and while one is restored. */
export const Versions = Schema.TaggedStruct("Versions", {
  ...server,
  ...window,
  operationsPerSecond: Schema.Number,
  objects: Schema.Number,
  reads: Schema.Number
})
export type Versions = typeof Versions.Type

/** Imported drawings are edited in small steps, each of which is kept as a version. */
export const History = Schema.TaggedStruct("History", { ...server, drawings: Schema.Number, versions: Schema.Number, reads: Schema.Number })
export type History = typeof History.Type

/** One document with more objects than people draw. */
export const LargeDocument = Schema.TaggedStruct("LargeDocument", { ...server, objects: Schema.Number, edits: Schema.Number, saves: Schema.Number })
export type LargeDocument = typeof LargeDocument.Type

/** Every editor of one file moves its cursor. */
export const Presence = Schema.TaggedStruct("Presence", { ...server, ...window, hertz: Schema.Number })
export type Presence = typeof Presence.Type

/** The editors of one file begin threads, so many a second in all. */
export const Comments = Schema.TaggedStruct("Comments", { ...server, ...window, perSecond: Schema.Number })
export type Comments = typeof Comments.Type

/** All editors, over files of so many, lose their connections at once and come back. */
export const Storm = Schema.TaggedStruct("Storm", { ...server, editors: Schema.Number, editorsPerFile: Schema.Number })
export type Storm = typeof Storm.Type

/** Opens connections that only subscribe, in equal steps, over files of `editorsPerFile`. */
export const IdleConnections = Schema.TaggedStruct("IdleConnections", {
  ...server,
  connections: Schema.Number,
  steps: Schema.Number,
  editorsPerFile: Schema.Number
})
export type IdleConnections = typeof IdleConnections.Type

/** Fills files and keeps each open with one idle editor, in equal steps. */
export const IdleFiles = Schema.TaggedStruct("IdleFiles", {
  ...server,
  files: Schema.Number,
  steps: Schema.Number,
  objects: Schema.Number
})
export type IdleFiles = typeof IdleFiles.Type

/** Typed calls to the actor of one file, which the load's own process hosts or another one. */
export const Calls = Schema.TaggedStruct("Calls", {
  databaseUrl: Schema.String,
  dataFolder: Schema.String,
  /** As what the load's process joins the cluster: a node hosts the file, a gateway has to call it. */
  role: Schema.Literals(["node", "gateway"]),
  /** The other processes that take part in a call. */
  hostPids: Schema.Array(Schema.Number),
  warmupMillis: Schema.Number,
  measureMillis: Schema.Number
})
export type Calls = typeof Calls.Type

/** Opens files without an editor by typed calls, and may wait until they have left memory. */
export const IdleActors = Schema.TaggedStruct("IdleActors", {
  ...server,
  databaseUrl: Schema.String,
  files: Schema.Number,
  objects: Schema.Number,
  /** Within so long after the last one is opened; 0 does not wait. */
  leaveMillisMax: Schema.Number
})
export type IdleActors = typeof IdleActors.Type

/** Two runners without files share shards, and one is struck. */
export const Failover = Schema.TaggedStruct("Failover", {
  databaseUrl: Schema.String,
  /** Easel's leases, or the advisory locks of Effect's own storage. */
  locks: Schema.Literals(["leases", "advisory"]),
  trials: Schema.Number
})
export type Failover = typeof Failover.Type

export const LoadSpec = Schema.Union([Saturate, Paced, Versions, History, LargeDocument, Presence, Comments, Storm, Join, IdleConnections, IdleFiles, Calls, IdleActors, Failover])
export type LoadSpec = typeof LoadSpec.Type

export const EditResult = Schema.TaggedStruct("Edit", {
  /** Acked in the measured window. */
  operationsPerSecond: Schema.Number,
  ackMillis: Latencies,
  /** From the send to the receipt by every other editor, one count each, of sampled operations. */
  syncMillis: Latencies,
  /** Sampled and applied, but not received by every other editor. */
  samplesUnseen: Schema.Number,
  /** Applied operations of the others less what the observer counted: 0 when all arrived. */
  observerMissed: Schema.Number,
  statuses: Schema.Record(Schema.String, Schema.Number),
  /** Sent and never acked. */
  unacked: Schema.Number,
  disconnected: Schema.Number,
  errors: Schema.Array(Schema.String),
  /** How late the pacer sent: a generator that could not keep up measures itself. */
  latenessMillis: Latencies,
  receivedMegabytesPerSecond: Schema.Number,
  framesPerSecond: Schema.Number,
  /** Cores, 0 to 1: the generator is one thread. */
  generatorCpu: Schema.Number,
  serverCpu: Schema.Number,
  postgresCpu: Schema.Number,
  /** Cores that had nothing to do with the load: where they are many, the round says little. */
  strangersCpu: Schema.Number,
  serverCpuMillisPer1000: Schema.Number,
  serverRssBytes: Schema.Number,
  /** What those that never read have cost, and how many of them were closed with 4008. */
  consumers: Schema.optionalKey(Schema.Struct({ bytesEach: Schema.Number, closed: Schema.Number }))
})
export type EditResult = typeof EditResult.Type

export const PresenceResult = Schema.TaggedStruct("Presence", {
  /** Of a cursor where it is read, since it was there. */
  ageMillis: Latencies,
  bytesPerEditorSecond: Schema.Number,
  framesPerEditorSecond: Schema.Number,
  /** Cores. */
  serverCpu: Schema.Number,
  generatorCpu: Schema.Number,
  disconnected: Schema.Number
})
export type PresenceResult = typeof PresenceResult.Type

export const CommentsResult = Schema.TaggedStruct("Comments", {
  written: Schema.Number,
  /** From the send of a comment to its arrival at each of the others. */
  toldMillis: Latencies,
  /** Of what should have arrived. */
  missed: Schema.Number,
  disconnected: Schema.Number
})
export type CommentsResult = typeof CommentsResult.Type

export const StormResult = Schema.TaggedStruct("Storm", {
  editors: Schema.Number,
  /** Connections that were begun, which is more than editors when some had to try again. */
  tries: Schema.Number,
  /** From the loss of all connections to the `sync`. */
  syncedMillis: Latencies
})
export type StormResult = typeof StormResult.Type

const Joining = Schema.Struct({ millis: Schema.Number, receivedMillis: Schema.Number, wireBytes: Schema.Number })
export type Joining = typeof Joining.Type

export const JoinResult = Schema.TaggedStruct("Join", { fillMillis: Schema.Number, joins: Schema.Array(Joining) })
export type JoinResult = typeof JoinResult.Type

const MemoryPoint = Schema.Struct({
  count: Schema.Number,
  /** Both are of an idle server after a collection. */
  liveBytes: Schema.Number,
  rssBytes: Schema.Number
})
export type MemoryPoint = typeof MemoryPoint.Type

export const MemoryResult = Schema.TaggedStruct("Memory", {
  points: Schema.Array(MemoryPoint),
  disconnected: Schema.Number
})
export type MemoryResult = typeof MemoryResult.Type

const Call = Schema.Struct({
  /** `MovePresence` waits for nothing, `Submit` for its commit, `Watch` until the submitted operation arrives. */
  name: Schema.Literals(["MovePresence", "Submit", "Watch"]),
  concurrency: Schema.Number,
  perSecond: Schema.Number,
  millis: Latencies,
  /** Of all processes but PostgreSQL; the least dependent on what else the machine does. */
  cpuMicros: Schema.Number
})
export type Call = typeof Call.Type

export const CallResult = Schema.TaggedStruct("Calls", { calls: Schema.Array(Call) })
export type CallResult = typeof CallResult.Type

export const ActorResult = Schema.TaggedStruct("Actors", {
  files: Schema.Number,
  filesPerSecond: Schema.Number,
  /** Live memory of a server that has been at work, with `baseFiles` files open, and with all of them. */
  baseFiles: Schema.Number,
  baseBytes: Schema.Number,
  fullBytes: Schema.Number,
  fullRssBytes: Schema.Number,
  /** Live memory when all files have left, `NaN` when it was not waited for, and from when all were open until then. */
  leftBytes: Schema.Number,
  leftMillis: Schema.Number
})
export type ActorResult = typeof ActorResult.Type

export const FailoverResult = Schema.TaggedStruct("Failover", {
  /** Until the other runner holds all shards, one for each trial. */
  killedMillis: Schema.Array(Schema.Number),
  frozenMillis: Schema.Array(Schema.Number),
  /** The least share of its shards that a living runner had after its sessions with PostgreSQL were ended. */
  keptWithoutSession: Schema.Array(Schema.Number)
})
export type FailoverResult = typeof FailoverResult.Type

export const VersionsResult = Schema.TaggedStruct("Versions", {
  /** From the send of an edit to its receipt by every other editor: alone, beside saves, beside the restore. */
  aloneMillis: Latencies,
  savingMillis: Latencies,
  restoringMillis: Latencies,
  /** Of the restore itself, and of reads of the version. */
  restoreMillis: Schema.Number,
  readMillis: Schema.Array(Schema.Number),
  /** Objects that are not as they were in the version, for readers or for the observer. */
  wrong: Schema.Number,
  /** Edits that did not reach everybody or were never acked, and editors that were disconnected. */
  lost: Schema.Number,
  errors: Schema.Array(Schema.String)
})
export type VersionsResult = typeof VersionsResult.Type

export const HistoryResult = Schema.TaggedStruct("History", {
  objects: Schema.Number,
  versions: Schema.Number,
  /** Stored for a version, on average, and the file as JSON. */
  bytesEach: Schema.Number,
  fullBytes: Schema.Number,
  saveMillis: Latencies,
  readMillis: Latencies,
  /** Reads that were not what was kept. */
  wrong: Schema.Number
})
export type HistoryResult = typeof HistoryResult.Type

export const LargeDocumentResult = Schema.TaggedStruct("LargeDocument", {
  /** What the server's memory grew by, live and resident. */
  liveBytes: Schema.Number,
  rssBytes: Schema.Number,
  fillMillis: Schema.Number,
  /** From the send of an operation to its ack: alone, and while versions are saved. */
  editMillis: Latencies,
  savingMillis: Latencies,
  saveMillis: Schema.Array(Schema.Number),
  readMillis: Schema.Array(Schema.Number),
  /** Until a joining editor has parsed the document: while it is in memory, and when it has to be loaded. */
  warmMillis: Schema.Number,
  coldMillis: Schema.Number
})
export type LargeDocumentResult = typeof LargeDocumentResult.Type

const Failure = Schema.TaggedStruct("Failure", { reason: Schema.String })

export const LoadResult = Schema.Union([EditResult, VersionsResult, HistoryResult, LargeDocumentResult, PresenceResult, CommentsResult, StormResult, JoinResult, MemoryResult, CallResult, ActorResult, FailoverResult, Failure])
export type LoadResult = typeof LoadResult.Type
