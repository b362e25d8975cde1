/** The store that actors rely on: PostgreSQL, and the model of it that the simulation puts in its place. */
import { expect, layer } from "@effect/vitest"
import { ClusterMembers, Policy } from "@easel/store"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { make as makeLeaseRows } from "../../packages/store/src/leaseRows.ts"
import { forAll } from "../harness/property.ts"
import { answersTo, commands } from "../harness/store/storeCommands.ts"
import { Backdoor, Leases, storeContract, type StoreServices } from "../harness/store/storeContract.ts"
import { directLink, layerOver, leaseRows } from "../harness/store/modelStore.ts"
import { StoreModel } from "../harness/store/StoreModel.ts"
import * as store from "../harness/storeLayer.ts"
import { TestDatabase } from "../harness/testDatabase.ts"

const model = Layer.unwrap(Effect.sync(() => {
  const rows = new StoreModel(Date.now)
  const link = directLink(rows)
  const change = (fileId: string, changes: { readonly isDeleted?: boolean; readonly access?: number }) =>
    Effect.sync(() => void Object.assign(rows.files.get(fileId) ?? {}, changes))
  return Layer.mergeAll(
    layerOver(link),
    Layer.effect(Leases, Effect.map(Policy, (policy) => leaseRows(link, policy))),
    Layer.succeed(Backdoor, {
      create: (fileId) => Effect.sync(() => rows.createFile(fileId, "Contract")),
      raiseAccess: (fileId) => change(fileId, { access: (rows.file(fileId)?.access ?? 0) + 1 }),
      remove: (fileId) => change(fileId, { isDeleted: true })
    })
  ).pipe(Layer.provide(Policy.layer))
}))

const backdoor = Layer.effect(
  Backdoor,
  Effect.map(TestDatabase, ({ sql }) =>
    Backdoor.of({
      create: (fileId) => Effect.orDie(Effect.asVoid(sql`INSERT INTO files (id, name) VALUES (${fileId}::uuid, 'Contract')`)),
      raiseAccess: (fileId) => Effect.orDie(Effect.asVoid(sql`UPDATE files SET access = access + 1 WHERE id = ${fileId}::uuid`)),
      remove: (fileId) => Effect.orDie(Effect.asVoid(sql`UPDATE files SET deleted_at = now() WHERE id = ${fileId}::uuid`))
    }))
)

const postgres = Layer.mergeAll(backdoor, ClusterMembers.layer, Layer.effect(Leases, makeLeaseRows)).pipe(
  Layer.provide(store.sqlClient),
  Layer.provideMerge(store.layer)
)

storeContract("the store in PostgreSQL", postgres)
storeContract("the model of the store", model)

class Both extends Context.Service<Both, { readonly [name in "postgres" | "model"]: Context.Context<StoreServices> }>()("@easel/test/Both") {
  static readonly layer = Layer.effect(Both, Effect.all({ postgres: Layer.build(postgres), model: Layer.build(model) }))
}

layer(Both.layer, { excludeTestServices: true })("the model of the store and PostgreSQL", (it) => {
  it.effect("A9 J2 J4 K1: answer the same, whatever they are asked for", () =>
    Effect.gen(function*() {
      const both = yield* Both
      yield* forAll(commands, (list) =>
        Effect.gen(function*() {
          const run = crypto.randomUUID()
          const fileIds = [crypto.randomUUID(), crypto.randomUUID()]
          const ask = (services: Context.Context<StoreServices>) =>
            Effect.provideContext(
              Effect.andThen(Effect.flatMap(Backdoor, ({ create }) => Effect.forEach(fileIds, create)), answersTo(run, fileIds, list)),
              services
            )
          expect(yield* ask(both.model)).toEqual(yield* ask(both.postgres))
        }).pipe(Effect.orDie), { numRuns: 60 })
    }), 60_000)
})
