/** The store as a node has it, over the test's own database and folder. */
import { join } from "node:path"
import { Checkpoints, Comments, CommitConnection, Files, FolderObjectStore, Journal, Log, Policy, Restores, Segments, Versions } from "@easel/store"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import * as Redacted from "effect/Redacted"
import { TestDatabase } from "./testDatabase.ts"

/** Faults are what these tests are made of: what is logged of them would hide what fails. */
export const quiet = Layer.succeed(References.MinimumLogLevel, "None")

/** The client of a node, and the policy for calls: what the store asks goes through it, commits excepted. */
export const sqlClient = Layer.unwrap(
  Effect.map(TestDatabase, ({ url }) =>
    Layer.merge(Policy.layer, PgClient.layer({ url: Redacted.make(url), applicationName: "easel", maxConnections: 12 })))
)

export const objectStore = Layer.unwrap(
  Effect.map(TestDatabase, ({ folder }) => FolderObjectStore.layer(join(folder, "objects")))
)

const commitConnection = Layer.unwrap(
  Effect.map(TestDatabase, ({ url }) => CommitConnection.layer({ url: Redacted.make(url) }))
)

/** The store over the database in context, with its commits on a connection of the test's. */
export const layerWith = <E, R>(commits: Layer.Layer<CommitConnection, E, R>) =>
  Layer.mergeAll(Files.layer, Log.layer, Journal.layer, Checkpoints.layer, Comments.layer, Restores.layer, Segments.layer, Versions.layer).pipe(
    Layer.provide(commits),
    Layer.provideMerge(objectStore),
    Layer.provide(sqlClient)
  )

/** The store over the database in context. */
export const layerOver = layerWith(commitConnection)

/** The store over a database and a folder of its own. */
export const layer = layerOver.pipe(Layer.provideMerge(TestDatabase.layer), Layer.provideMerge(quiet))
