/** Nodes whose way to the database is a proxy: of their commits, or of everything. */
import { CommitConnection } from "@easel/store"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as cluster from "./fileCluster.ts"
import * as store from "./storeLayer.ts"
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

/** The store alone, with its commits through the proxy in context. */
export const storeOver = Layer.unwrap(
  Effect.map(JournalProxy, ({ url }) => store.layerWith(CommitConnection.layer({ url: Redacted.make(url) })))
)

/** A database and the proxy before it. */
export const database = Layer.provideMerge(JournalProxy.layer, cluster.database)

export const layer = Layer.provideMerge(clusterOver, database)
