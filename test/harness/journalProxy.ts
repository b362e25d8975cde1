/** Nodes whose way to the database is a proxy: of their commits, or of everything. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as cluster from "./fileCluster.ts"
import { TcpProxy } from "./TcpProxy.ts"
import { TestDatabase } from "./testDatabase.ts"

export class JournalProxy extends Context.Service<JournalProxy, TcpProxy>()("@easel/test/JournalProxy") {
  static readonly layer = Layer.effect(
    JournalProxy,
    Effect.flatMap(TestDatabase, ({ url }) =>
      Effect.acquireRelease(
        Effect.promise(() => TcpProxy.start(url)),
        (proxy) => Effect.promise(() => proxy.stop())
      ))
  )
}

/** A node whose commits go through the proxy in context. */
export const clusterOver = Layer.unwrap(Effect.map(JournalProxy, ({ url }) => cluster.layerOver({ journalUrl: url })))

/** A node with nothing but the proxy. */
export const clusterBehind = Layer.unwrap(
  Effect.map(JournalProxy, ({ url }) => cluster.layerOver({ databaseUrl: url, journalUrl: url }))
)

/** A database and the proxy before it. */
export const database = Layer.provideMerge(JournalProxy.layer, cluster.database)

export const layer = Layer.provideMerge(clusterOver, database)
