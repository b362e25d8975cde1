/** Who may do what, as a node with a secret asks for it, over a database of its own. */
import { Access, Files, Members, Revocations, ShareLinks, Teams, Tickets } from "@easel/store"
import * as Layer from "effect/Layer"
import { quiet, sqlClient } from "./storeLayer.ts"
import { TestDatabase } from "./testDatabase.ts"

export const layer = Layer.mergeAll(Access.layer, Files.layer, Members.layer, Revocations.layer, ShareLinks.layer, Teams.layer, Tickets.layer).pipe(
  Layer.provide(sqlClient),
  Layer.provideMerge(TestDatabase.layer),
  Layer.provideMerge(quiet)
)
