/**
 * The services of the store over `StoreModel`, as far as actors and the cluster use them; whatever else is called dies.
 * The journal and the logic of leases are the real ones, and so is the policy of deadlines and retries.
 */
import { Checkpoint, finish } from "@easel/document"
import { FileMissing } from "@easel/protocol"
import { Checkpoints, ClusterMembers, Comments, CommitConnection, EpochStale, Files, type Grant, Journal, LeaseMissing, Log, Policy, Quarantine, Restores, Segments, ShardLeases, toEntry, Versions } from "@easel/store"
import type * as PgTypes from "@effect/sql-pg/PgTypes"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import * as SqlError from "effect/sql/SqlError"
import { type CommitRecord, type FileRecord, type OperationRecord, Refused, type StoreModel } from "./StoreModel.ts"

/** The way of one process to the database. */
export interface StoreLink {
  /** Runs a statement there; how it fails says whether it was refused, or the connection broke and nobody knows. */
  readonly ask: <A>(statement: (store: StoreModel) => A) => Effect.Effect<A, SqlError.SqlError>
  /** The same on the connection of commits, which keeps the order of its statements. */
  readonly commit: <A>(statement: (store: StoreModel) => A) => Effect.Effect<A, SqlError.SqlError>
  /** An id for a new row. */
  readonly newId: () => string
}

/** A link to a store that is always there. */
export const directLink = (store: StoreModel): StoreLink => {
  const ask = <A>(statement: (store: StoreModel) => A): Effect.Effect<A, SqlError.SqlError> =>
    Effect.try({ try: () => statement(store), catch: refusalOf })
  return { ask, commit: ask, newId: () => crypto.randomUUID() }
}

/** Of what a statement threw. */
export const refusalOf = (cause: unknown): SqlError.SqlError => {
  if (!(cause instanceof Refused)) throw cause
  return new SqlError.SqlError({ reason: new SqlError.UnknownError({ cause: { code: cause.sqlState }, message: cause.message }) })
}

export const connectionLost = (message: string): SqlError.SqlError =>
  new SqlError.SqlError({ reason: new SqlError.ConnectionError({ cause: new Error(message), message }) })

const grantOf = ({ access, epoch, headSeq, id, name }: FileRecord): Grant =>
  ({ fileId: id, name, epoch, headSeq, access, commentSeq: 0, hasPendingRestores: false, versionSeq: 0, quarantine: null })

const fileRow = (id: string, name: string, seq: number) =>
  ({ id, name, seq, teamId: null, projectId: null, revision: 0, createdAt: 0, updatedAt: 0, trashedAt: null })

const files = ({ ask, newId }: StoreLink, policy: Policy["Service"]) => {
  const query = <A>(operation: string, statement: (store: StoreModel) => A) => policy.postgres(operation, ask(statement))
  const rowOf = (fileId: string, file: FileRecord | undefined) =>
    file === undefined
      ? Effect.fail(new FileMissing({ fileId }))
      : Effect.succeed(fileRow(file.id, file.name, file.headSeq))
  return Files.of({
    create: (name) => {
      const id = newId()
      return Effect.flatMap(query("Files.create", (store) => store.file(id) ?? store.createFile(id, name)), () =>
        Effect.succeed(fileRow(id, name, 0)))
    },
    find: (fileId) => Effect.flatMap(query("Files.find", (store) => store.file(fileId)), (file) => rowOf(fileId, file)),
    rename: notModelled,
    copy: notModelled,
    move: notModelled,
    trash: notModelled,
    findKept: notModelled,
    list: notModelled,
    activate: (fileId, { address, shardId }) =>
      Effect.gen(function*() {
        const granted = yield* query("Files.activate", (store) => store.activate(fileId, shardId, address))
        if (granted !== undefined) return grantOf(granted)
        const found = yield* query("Files.group", (store) => store.file(fileId)?.group)
        return yield* found === undefined ? new FileMissing({ fileId }) : new LeaseMissing({ fileId, group: found })
      }),
    ownershipOf: (fileId) =>
      Effect.flatMap(policy.always("Files.ownershipOf")(ask((store) => store.file(fileId))), (file) =>
        file === undefined ? Effect.fail(new FileMissing({ fileId })) : Effect.succeed({ epoch: file.epoch, access: file.access })),
    place: (fileId, epoch, group) => query("Files.place", (store) => store.place(fileId, epoch, group)),
    reclaim: (fileId, epoch) =>
      Effect.flatMap(policy.once("Files.reclaim")(ask((store) => store.reclaim(fileId, epoch))), (file) =>
        file === undefined ? Effect.fail(new EpochStale({ fileId, epoch })) : Effect.succeed(grantOf(file)))
  })
}

const log = ({ ask }: StoreLink, policy: Policy["Service"]) => {
  const read: Log["Service"]["read"] = (fileId, afterSeq, upToSeq, limit) =>
    Effect.map(policy.postgres("Log.read", ask((store) => store.read(fileId, afterSeq, upToSeq, limit))), (rows) => rows.map(entryOf))
  return Log.of({
    read,
    readRecent: read,
    findKeys: (fileId, keys) =>
      Effect.map(policy.postgres("Log.findKeys", ask((store) => store.findKeys(fileId, keys))), (rows) => rows.map(entryOf))
  })
}

const entryOf = ({ key, newValue, oldValue, operationId, ...row }: OperationRecord) =>
  toEntry({
    ...row,
    id: operationId,
    idempotencyKey: key,
    status: row.status === "superseded" ? "superseded" : "applied",
    oldValue: oldValue === null ? null : JSON.parse(oldValue),
    hasOldValue: oldValue !== null,
    newValue: newValue === null ? null : JSON.parse(newValue)
  })

const checkpoints = ({ ask }: StoreLink, policy: Policy["Service"]) =>
  Checkpoints.of({
    save: (fileId, _epoch, seq, document) => {
      const text = [...Checkpoint.encode(document)].join("")
      return policy.postgres("Checkpoints.save", ask((store) => store.saveCheckpoint(fileId, { seq, text })))
    },
    aside: (save) => Effect.asVoid(Effect.forkDetach(save)),
    load: (fileId, upToSeq) =>
      Effect.map(policy.postgres("Checkpoints.load", ask((store) => store.loadCheckpoint(fileId, upToSeq))), (found) =>
        found === undefined ? undefined : { seq: found.seq, document: Checkpoint.decode(found.text) }),
    read: (fileId, seq, make) =>
      Effect.map(policy.postgres("Checkpoints.read", ask((store) => store.loadCheckpoint(fileId, seq))), (found) =>
        found?.seq === seq ? finish(make(Checkpoint.objectsOf(found.text.split("\n")))) : undefined),
    forgetOld: notModelled
  })

const members = ({ ask }: StoreLink, policy: Policy["Service"]) => {
  const query = <A>(operation: string, statement: (store: StoreModel) => A) => policy.postgres(`ClusterMembers.${operation}`, ask(statement))
  return ClusterMembers.of({
    join: (address, runner) => query("join", (store) => store.join(address, runner)),
    tookMillisAgo: (address) => query("tookMillisAgo", (store) => store.tookMillisAgo(address)),
    leave: (address) => query("leave", (store) => store.leave(address)),
    remove: (address) => query("remove", (store) => store.remove(address)),
    beat: (address, status) => query("beat", (store) => store.beat(address, status)),
    silent: (address, silentMillisMax) => query("silent", (store) => store.silent(address, silentMillisMax)),
    bury: ({ address, silentMillis }) => query("bury", (store) => store.bury(address, silentMillis)),
    runners: query("runners", (store) => store.runners()),
    hosts: (group) => query("hosts", (store) => store.hosts(group)),
    all: notModelled(),
    shards: notModelled()
  })
}

export const leaseRows = ({ ask }: StoreLink, policy: Policy["Service"]) => {
  const query = <A>(operation: string, statement: (store: StoreModel) => A) => policy.postgres(`ShardLeases.${operation}`, ask(statement))
  return {
    take: (address: string, shardIds: ReadonlyArray<string>) => query("take", (store) => store.take(address, shardIds)),
    held: (address: string) => query("held", (store) => store.held(address)),
    release: (address: string, shardIds: ReadonlyArray<string>) => query("release", (store) => store.release(address, shardIds)),
    releaseAll: (address: string) => query("releaseAll", (store) => store.release(address, store.held(address)))
  }
}

/** The columns of the commit statement, in the order of `JournalRows`; the values of each as they were given. */
const rowsOf = (columns: ReadonlyArray<ReadonlyArray<unknown>>): ReadonlyArray<OperationRecord & { readonly fileId: string }> =>
  (columns[0] ?? []).map((fileId, row) => {
    const at = (column: number): unknown => columns[column]?.[row]
    const text = (column: number): string => String(at(column))
    const nullable = (column: number): string | null => at(column) === null || at(column) === undefined ? null : text(column)
    return {
      fileId: String(fileId),
      seq: Number(at(1)),
      epoch: Number(at(2)),
      operationId: text(3),
      key: text(4),
      contentHash: text(5),
      status: text(6),
      operationType: text(7),
      objectId: text(8),
      propertyPath: nullable(9),
      oldValue: nullable(10),
      newValue: nullable(11),
      timestamp: Number(at(12)),
      userId: text(13),
      clientId: text(14)
    }
  })

const valuesOf = (parameters: ReadonlyArray<unknown>): ReadonlyArray<ReadonlyArray<unknown>> =>
  // SAFETY: every parameter of these statements is an array that `JournalRows.array` made.
  (parameters as ReadonlyArray<PgTypes.Parameter>).map(({ value }) => value as ReadonlyArray<unknown>)

const batchesOf = (parameters: ReadonlyArray<unknown>): ReadonlyArray<CommitRecord> => {
  const [fileIds = [], epochs = [], access = [], expectedSeqs = [], headSeqs = [], ...columns] = valuesOf(parameters)
  const rows = rowsOf(columns)
  return fileIds.map((fileId, index) => ({
    fileId: String(fileId),
    epoch: Number(epochs[index]),
    access: Number(access[index]),
    expectedSeq: Number(expectedSeqs[index]),
    headSeq: Number(headSeqs[index]),
    rows: rows.filter((row) => row.fileId === fileId)
  }))
}

const commits = ({ commit }: StoreLink) =>
  CommitConnection.of({
    queryValues: (_statement, parameters) =>
      Effect.map(commit((store) => store.commit(batchesOf(parameters))), (fileIds) => fileIds.map((fileId) => [fileId]))
  })

/** What the journal asks besides: whether rows could be inserted, in a transaction that is rolled back. */
const probes = ({ ask }: StoreLink) => {
  const unsafe = (_statement: string, parameters: ReadonlyArray<unknown>) =>
    ask((store) => {
      const [row, ...rest] = rowsOf(valuesOf(parameters))
      if (row !== undefined) store.refuseOrAccept(row.fileId, [row, ...rest])
      return []
    })
  // SAFETY: the journal calls nothing else of it.
  return { unsafe, withTransaction: <A>(effect: A): A => effect } as unknown as SqlClient.SqlClient
}

const notModelled = (): Effect.Effect<never> => Effect.die(new Error("the model of the store does not have this"))

const unused = <Identifier, Service extends object>(service: Context.Key<Identifier, Service>) =>
  // SAFETY: whatever is called of it dies.
  Layer.succeed(service, new Proxy({}, { get: () => notModelled }) as Service)

/** The store as a runner has it, over a link. */
export const layerOver = (link: StoreLink) =>
  Layer.mergeAll(
    Layer.effect(Files, Effect.map(Policy, (policy) => files(link, policy))),
    Layer.effect(Log, Effect.map(Policy, (policy) => log(link, policy))),
    Layer.effect(Checkpoints, Effect.map(Policy, (policy) => checkpoints(link, policy))),
    Journal.layer.pipe(Layer.provide([Layer.succeed(CommitConnection, commits(link)), Layer.succeed(SqlClient.SqlClient, probes(link))])),
    Layer.effect(ClusterMembers, Effect.map(Policy, (policy) => members(link, policy))),
    unused(Quarantine),
    unused(Comments),
    unused(Restores),
    unused(Segments),
    unused(Versions)
  )

export const layerLeases = (link: StoreLink) => Layer.unwrap(Effect.map(Policy, (policy) => ShardLeases.layerOver(leaseRows(link, policy))))
