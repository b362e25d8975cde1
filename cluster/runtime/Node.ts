/**
 * A whole node: database, migrations, store, cluster, file actors and the editors' door, started in this order and
 * stopped in reverse. Stopping closes the door, lets files finish and save their checkpoints, gives the shards back,
 * and only then lets go of the database.
 */
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Hubs, type ListenFailed, Page, serve } from "@easel/gateway"
import { Checkpoints, CommitConnection, Files, Journal, Log, ObjectStore } from "@easel/store"
import * as PgClient from "@effect/sql-pg/PgClient"
import type { ConfigError } from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as FileEntityLayer from "../file/FileEntityLayer.ts"
import * as Cluster from "./Cluster.ts"
import { EmbeddedPostgresFailed, make as makeEmbedded } from "./EmbeddedPostgres.ts"
import * as Migrate from "./Migrate.ts"
import { type Settings, urlOf } from "./Settings.ts"

/** The database cannot be used. */
export class DatabaseUnusable extends Schema.TaggedError<DatabaseUnusable>()("DatabaseUnusable", { reason: Schema.String }) {}

export interface Node {
  readonly url: string
  /** Fails when the embedded database ends by itself. */
  readonly died: Effect.Effect<never, EmbeddedPostgresFailed>
}

/** Beside the program that the build makes. A node that runs from sources has no page. */
const pageFolder = fileURLToPath(new URL("./page/", import.meta.url))

/** Connections to PostgreSQL of one node, besides the journal's. */
const connectionsMax = 12

export type StartFailed = EmbeddedPostgresFailed | DatabaseUnusable | Migrate.MigrationFailed | ListenFailed | Page.PageUnreadable | ConfigError

export const start = Effect.fn("Node.start")(function*(
  settings: Settings
): Effect.fn.Return<Node, StartFailed, Scope.Scope> {
  const page = yield* Page.load(pageFolder)
  const database = yield* Option.match(settings.databaseUrl, {
    onNone: () =>
      Effect.map(makeEmbedded({ dataFolder: settings.dataFolder }), ({ died, url }) => ({ died, url: Redacted.make(url) })),
    onSome: (url) => Effect.succeed({ died: Effect.never, url })
  })
  const services = yield* Layer.build(layer(database.url, settings)).pipe(
    Effect.catchTag("SqlError", (error) =>
      Effect.fail(new DatabaseUnusable({ reason: `the database cannot be used: ${oneLine(error.message)}` })))
  )
  const address = yield* serve(settings, page).pipe(Effect.provideContext(services))
  return { url: urlOf(address.host, address.port), died: database.died }
})

const layer = (url: Redacted.Redacted, settings: Settings) => {
  const sql = PgClient.layer({ url, applicationName: "easel", maxConnections: connectionsMax })
  const migrated = Layer.effectDiscard(Effect.gen(function*() {
    yield* Migrate.run
    yield* Migrate.warnIfNotDurable
    yield* Migrate.ensurePartitions.pipe(
      Effect.catch((error) => Effect.logError("Making the log's next partitions failed", error)),
      Effect.delay("1 day"),
      Effect.forever,
      Effect.forkScoped
    )
  }))
  const store = Layer.mergeAll(Files.layer, Log.layer, Journal.layer, Checkpoints.layer).pipe(
    Layer.provide([CommitConnection.layer({ url }), ObjectStore.layerFolder(join(settings.dataFolder, "objects"))])
  )
  const actors = FileEntityLayer.layer({ idle: settings.fileIdle })
  return Layer.mergeAll(actors, Hubs.layer).pipe(
    Layer.provideMerge(Layer.mergeAll(store, Cluster.layerSingleNode)),
    Layer.provideMerge(migrated),
    Layer.provide(sql)
  )
}

const oneLine = (text: string): string => text.split("\n", 1)[0] ?? text
