/**
 * The file actors of one node as `cluster/runtime/Node.ts` builds them, without the gateway: real sharding, real
 * entities, a real database. Commits may go another way than the rest, so that a proxy can cut them alone.
 */
import { join } from "node:path"
import { FileEntity, type OperationResult } from "@easel/protocol"
import type { Operation } from "@easel/document"
import { Access, Checkpoints, Comments, CommitConnection, Files, FolderObjectStore, Journal, Log, Policy, PresenceStore, Quarantine, Restores, Segments, Versions } from "@easel/store"
import * as PgClient from "@effect/sql-pg/PgClient"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as FileEntityLayer from "../../cluster/file/FileEntityLayer.ts"
import { ResidentFiles } from "../../cluster/file/ResidentFiles.ts"
import * as Cluster from "../../cluster/runtime/Cluster.ts"
import { MemberStatus } from "../../cluster/runtime/MemberStatus.ts"
import { quiet } from "./storeLayer.ts"
import { TestDatabase } from "./testDatabase.ts"

export interface FileClusterOptions {
  /** A file that nobody calls leaves memory after this long. */
  readonly idle?: Duration.Input
  /** Ways to the database instead of its own url. */
  readonly databaseUrl?: string
  readonly journalUrl?: string
  /** Those of members of the file and its team, instead of everybody being an owner. */
  readonly roles?: "members"
}

/** A node over the database in context. Each build is another node. */
export const layerOver = (options: FileClusterOptions = {}) =>
  Layer.unwrap(Effect.map(TestDatabase, ({ folder, url }) => {
    const databaseUrl = Redacted.make(options.databaseUrl ?? url)
    const journalUrl = Redacted.make(options.journalUrl ?? url)
    const store = Layer.mergeAll(Files.layer, Log.layer, Journal.layer, Checkpoints.layer, Comments.layer, Quarantine.layer, Restores.layer, Segments.layer, Versions.layer).pipe(
      Layer.provide([CommitConnection.layer({ url: journalUrl }), FolderObjectStore.layer(join(folder, "objects"))])
    )
    return FileEntityLayer.layer({ idle: options.idle ?? "5 minutes" }).pipe(
      Layer.provide(ResidentFiles.layer),
      Layer.provide(options.roles === "members" ? Access.layer : Access.layerEverybody),
      Layer.provide(PresenceStore.layerMemory),
      Layer.provideMerge(Layer.mergeAll(store, cluster)),
      Layer.provide([Policy.layer, PgClient.layer({ url: databaseUrl, applicationName: "easel", maxConnections: 12 })]),
      Layer.fresh
    )
  }))

const cluster = Cluster.layerRunner({
  host: "127.0.0.1",
  port: 0,
  listenHost: "127.0.0.1",
  groups: ["default"],
  shardsPerGroup: 30,
  residentFilesMax: 20_000
}).pipe(Layer.provide(MemberStatus.layer({ node: "test", role: "node", groups: ["default"] })))

export const database = Layer.provideMerge(TestDatabase.layer, quiet)

/** A node with a database of its own. */
export const layer = (options: FileClusterOptions = {}) => Layer.provideMerge(layerOver(options), database)

/** A new file and its actor's client. */
export const newFile = Effect.flatMap(Files, (files) => Effect.flatMap(files.create("Test"), ({ id }) => fileOf(id)))

const reader = { userId: "reader" }

/** A file as a gateway sees it. */
export const fileOf = (fileId: string) =>
  Effect.map(FileEntity.client, (clients) => {
    const client = clients(fileId)
    const submit = (operations: ReadonlyArray<Operation.Operation>, clientId = "ada") =>
      Effect.map(
        client.Submit({ submissions: [{ clientId, userId: `user-${clientId}`, operations }] }),
        ({ results }): ReadonlyArray<OperationResult> => results[0] ?? []
      )
    return {
      id: fileId,
      client,
      submit,
      /** Seats an editor, as a gateway does when one subscribes. */
      join: ({ gatewayId = "gateway", sinceSeq, userName = "Ada", clientId = "ada" }: JoinFields = {}) =>
        client.Join({
          gatewayId,
          clientId,
          userId: `user-${clientId}`,
          userName,
          format: "json",
          compressed: false,
          ...(sinceSeq === undefined ? {} : { sinceSeq })
        }),
      /** The committed file with its digest. */
      read: Effect.map(client.Read({ by: reader }), ({ body, digest, epoch, seq }) => ({ digest, epoch, seq, ...viewOf(body) }))
    }
  })

interface JoinFields {
  readonly gatewayId?: string
  readonly clientId?: string
  readonly userName?: string
  readonly sinceSeq?: number
}

export type TestFile = Effect.Success<ReturnType<typeof fileOf>>

interface ObjectView {
  readonly id: string
  readonly [property: string]: unknown
}

interface View {
  readonly objects: ReadonlyArray<ObjectView>
  readonly deleted: ReadonlyArray<ObjectView>
}

/** The body of a snapshot. */
export const viewOf = (body: Uint8Array): View => JSON.parse(Buffer.from(body).toString("utf8"))

/** What stands in the log of a file, as another session sees it. */
export const logOf = (fileId: string) =>
  Effect.flatMap(TestDatabase, ({ sql }) =>
    sql<{ seq: number; epoch: number; key: string; status: string }>`
      SELECT seq::int AS seq, epoch::int AS epoch, idempotency_key AS key, status FROM operations
      WHERE file_id = ${fileId}::uuid ORDER BY seq`)

export const upTo = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, index) => index + 1)
