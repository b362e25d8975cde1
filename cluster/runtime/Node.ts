/**
 * A whole node: database, migrations, store, cluster, file actors and the editors' door, started in this order and
 * stopped in reverse. Stopping closes the door and sends editors away, lets files finish, gives the shards back, saves
 * the last checkpoints, and only then lets go of the database.
 *
 * The actors live beside the door in one thread, or in workers, or (in a gateway) on other nodes only.
 */
import { fileURLToPath } from "node:url"
import { FileClients, Hubs, type ListenFailed, Page, serve, ThumbnailKeeper } from "@easel/gateway"
import { Assets, ClusterMembers, Comments, Exports, Files, Thumbnails } from "@easel/store"
import { saidBy } from "@easel/store/sqlState"
import type { ConfigError } from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as PictureProcess from "../pictures/PictureProcess.ts"
import { layerAccess } from "./accessLayers.ts"
import * as Cluster from "./Cluster.ts"
import { embeddedConnectionsMax, type EmbeddedPostgresFailed, make as makeEmbedded } from "./EmbeddedPostgres.ts"
import { MemberStatus } from "./MemberStatus.ts"
import { mergedMetrics } from "./mergedMetrics.ts"
import * as Migrate from "./Migrate.ts"
import * as Runner from "./Runner.ts"
import { checked, type Settings, SettingsConflict, urlOf } from "./Settings.ts"
import { connectionsOf, layerObjects, layerShared, layerSql } from "./storeLayers.ts"
import * as Workers from "./Workers.ts"

/** The database cannot be used. */
export class DatabaseUnusable extends Schema.TaggedError<DatabaseUnusable>()("DatabaseUnusable", { reason: Schema.String }) {}

export interface Node {
  readonly url: string
  /** Fails when something that it cannot live without ends by itself, such as the embedded database. */
  readonly died: Effect.Effect<never, { readonly reason: string }>
}

/** Beside the program that the build makes; a node that runs from sources looks where the build puts it. */
const pageFolder = fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "../../dist/page/" : "./page/", import.meta.url))

export type StartFailed =
  | EmbeddedPostgresFailed
  | DatabaseUnusable
  | Migrate.MigrationFailed
  | ListenFailed
  | Cluster.RunnerListenFailed
  | Page.PageUnreadable
  | SettingsConflict
  | ConfigError

/** A node by itself: with a database of its own unless it is given one. */
export const start = Effect.fn("Node.start")(function*(settings: Settings): Effect.fn.Return<Node, StartFailed, Scope.Scope> {
  const database = yield* databaseOf(settings)
  return { url: yield* join(settings, database.url, "node"), died: database.died }
})

/** The database of the settings, or one for so many nodes that lives as long as the scope. */
export const databaseOf = ({ databaseUrl, dataFolder, workers }: Settings, nodes = 1) =>
  Effect.gen(function*() {
    if (Option.isSome(databaseUrl)) return { died: Effect.never, url: databaseUrl.value }
    if (nodes * connectionsOf(workers) > embeddedConnectionsMax - spareConnections) {
      const reason = `${nodes} nodes of ${workers} workers need more sessions than the embedded PostgreSQL has (${embeddedConnectionsMax})`
      return yield* new SettingsConflict({ reason })
    }
    const { died, url } = yield* makeEmbedded({ dataFolder })
    return { died, url: Redacted.make(url) }
  })

/** Sessions for migrations, operators and PostgreSQL itself. */
const spareConnections = 20

/** A member of the cluster whose database it is. Returns where editors connect. */
export const join = Effect.fn("Node.join")(function*(
  settings: Settings,
  url: Redacted.Redacted,
  role: "node" | "gateway"
): Effect.fn.Return<string, StartFailed, Scope.Scope> {
  const runner = { ...(yield* checked(settings)), url, rolesApply: Option.isSome(settings.tokens) }
  const page = yield* Page.load(pageFolder)
  if (Option.isNone(settings.redisUrl)) yield* Effect.logInfo("REDIS_URL is not set: presence is kept in this process and not shared with others")
  if (!runner.rolesApply) {
    yield* Effect.logInfo("EASEL_JWT_SECRET and EASEL_JWKS_URL are not set: nobody is asked who he is, everybody may edit everything, and only this machine is served")
  }
  const services = yield* Layer.build(layerMember(runner, role === "node" && settings.workers === 0)).pipe(
    Effect.catchTag("SqlError", (error) =>
      Effect.fail(new DatabaseUnusable({ reason: `the database cannot be used: ${saidBy(error)}` })))
  )
  const members = Context.get(services, ClusterMembers)
  const workers = yield* Workers.supervise(runner, role === "node" ? settings.workers : 0, (address) => Effect.ignore(members.remove(address)))
  const metrics = Effect.zipWith(PrometheusMetrics.format(), workers.metrics, mergedMetrics)
  const address = yield* serve({ ...settings, edge: settings, metrics }, page).pipe(Effect.provideContext(services))
  const served = urlOf(address.host, address.port)
  Context.get(services, MemberStatus).servesAt(served)
  return served
})

/** What a member consists of, but for the door itself. */
export const layerMember = (runner: Runner.RunnerSettings, hostsShards: boolean) =>
  (hostsShards ? layerNode(runner) : layerGateway(runner)).pipe(
    Layer.provideMerge(migrated),
    Layer.provide(layerSql(runner.url, hostsShards ? "shards" : "no shards"))
  )

/** The editors' side: over whatever hosts the files. */
const layerDoor = (settings: Settings) =>
  Layer.merge(Hubs.layer, ThumbnailKeeper.layer).pipe(
    Layer.provideMerge(FileClients.layer),
    Layer.provideMerge(layerAccess(settings.tokens)),
    Layer.provideMerge(Layer.mergeAll(Assets.layer, Exports.layer, Thumbnails.layer, PictureProcess.layer, layerObjects(settings)))
  )

const layerNode = (settings: Runner.RunnerSettings) => Layer.provideMerge(layerDoor(settings), Runner.layer(settings, { role: "node" }))

const layerGateway = (settings: Settings) =>
  layerDoor(settings).pipe(
    Layer.provideMerge(Cluster.layerGateway(settings)),
    Layer.provideMerge(Layer.merge(Comments.layer, Files.layer)),
    Layer.provideMerge(layerShared(settings.redisUrl)),
    Layer.provideMerge(MemberStatus.layer({ node: settings.nodeName, role: "gateway", groups: [] }))
  )

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
