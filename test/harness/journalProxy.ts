/** A node whose commits go through a proxy, so that a test can lose their replies and nothing else. */
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

/** A node over the database and the proxy in context. */
export const clusterOver = Layer.unwrap(Effect.map(JournalProxy, ({ url }) => cluster.layerOver({ journalUrl: url })))

export const layer = clusterOver.pipe(Layer.provideMerge(JournalProxy.layer), Layer.provideMerge(cluster.database))
