/** The database and the store over it, as each thread of a node builds them for itself. */
import { join } from "node:path"
import {
  Checkpoints,
  Comments,
  CommitConnection,
  Files,
  FolderObjectStore,
  Journal,
  Log,
  Policy,
  PresenceStore,
  Quarantine,
  RedisConnection,
  RedisPresenceStore,
  Restores,
  S3ObjectStore,
  type S3Settings,
  Segments,
  UsageStore,
  Versions
} from "@easel/store"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"

/** Connections to PostgreSQL of one runner, besides the journal's; and of a gateway that hosts no shards. */
const runnerConnectionsMax = 10
const gatewayConnectionsMax = 6

/** The way to the database, and the policy for calls on it. */
export const layerSql = (url: Redacted.Redacted, hosts: "shards" | "no shards") =>
  Layer.merge(
    Policy.layer,
    PgClient.layer({ url, applicationName: "easel", maxConnections: hosts === "shards" ? runnerConnectionsMax : gatewayConnectionsMax })
  )

/** Sessions of a node, commits included. */
export const connectionsOf = (workers: number): number =>
  workers === 0 ? runnerConnectionsMax + 1 : gatewayConnectionsMax + workers * (runnerConnectionsMax + 1)

export interface ObjectSettings {
  /** A bucket that all nodes know; without one blobs are in the data folder. */
  readonly s3: Option.Option<S3Settings>
  readonly dataFolder: string
}

export const layerObjects = ({ dataFolder, s3 }: ObjectSettings) =>
  Option.match(s3, { onNone: () => FolderObjectStore.layer(join(dataFolder, "objects")), onSome: (bucket) => S3ObjectStore.layer(bucket) })

/** What file actors need. */
export const layerStore = (settings: ObjectSettings & { readonly url: Redacted.Redacted }) =>
  Layer.mergeAll(Files.layer, Log.layer, Journal.layer, Checkpoints.layer, Comments.layer, Quarantine.layer, Restores.layer, Segments.layer, Versions.layer).pipe(
    Layer.provide([CommitConnection.layer({ url: settings.url }), layerObjects(settings)])
  )

/** Who is where, and who sends how much: in Redis, or in this process alone. */
export const layerShared = (redisUrl: Option.Option<Redacted.Redacted>): Layer.Layer<PresenceStore | UsageStore> =>
  Option.match(redisUrl, {
    onNone: () => Layer.merge(PresenceStore.layerMemory, UsageStore.layerLocal),
    onSome: (url) => Layer.merge(RedisPresenceStore.layer, UsageStore.layerRedis).pipe(Layer.provide(RedisConnection.layer(url)))
  })
