/** P20, P21: what an actor remembers of roles, with lookups that are under way at the same time. */
import type { Principal, Role } from "@easel/protocol"
import { Access, type Held } from "@easel/store"
import { it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { expect } from "vitest"
import * as FileRoles from "../../../cluster/file/FileRoles.ts"

const ada = { userId: "ada" }
const bob = { userId: "bob" }

/** Roles that the test changes, and answers that it may hold back. */
const lookups = () => {
  const roles = new Map<string, Role>()
  const asked: Array<ReadonlyArray<string>> = []
  const state: { held: Deferred.Deferred<void> | undefined } = { held: undefined }
  const rolesOf = (_fileId: string, principals: ReadonlyArray<Principal>) =>
    Effect.gen(function*() {
      asked.push(principals.map(({ userId }) => userId))
      const answer = principals.map(({ userId }): Held => ({ role: roles.get(userId) }))
      if (state.held !== undefined) yield* Deferred.await(state.held)
      return answer
    })
  const make = Effect.provideService(FileRoles.make("file"), Access, Access.of({ rolesOf }))
  return { roles, asked, state, make }
}

it.effect("P20: who may edit is asked for once while nothing changes, and a refusal every time", () =>
  Effect.gen(function*() {
    const { asked, make, roles } = lookups()
    roles.set("ada", "editor").set("bob", "viewer")
    const known = yield* make
    for (let round = 0; round < 2; round++) {
      const mayEdit = yield* known.mayEdit(1, [ada, bob])
      expect([mayEdit(ada), mayEdit(bob)]).toEqual([true, false])
    }
    expect(asked).toEqual([["ada", "bob"], ["bob"]])
    yield* known.mayEdit(2, [ada])
    expect(asked.at(-1)).toEqual(["ada"])
  }))

it.effect("P20: nobody is refused because somebody else was asked for at a newer value meanwhile", () =>
  Effect.gen(function*() {
    const { make, roles, state } = lookups()
    roles.set("ada", "editor").set("bob", "editor")
    const known = yield* make
    yield* known.mayEdit(1, [ada])
    const slow = yield* Deferred.make<void>()
    state.held = slow
    const waiting = yield* Effect.forkChild(known.mayEdit(1, [ada, bob]), { startImmediately: true })
    state.held = undefined
    yield* known.require(2, { userId: "bob" }, "read")
    yield* Deferred.succeed(slow, undefined)
    const mayEdit = yield* Fiber.join(waiting)
    expect([mayEdit(ada), mayEdit(bob)]).toEqual([true, true])
  }))

it.effect("P20: who joins is not refused because his operations were looked at meanwhile", () =>
  Effect.gen(function*() {
    const { make, roles, state } = lookups()
    roles.set("bob", "viewer")
    const known = yield* make
    const slow = yield* Deferred.make<void>()
    state.held = slow
    const joining = yield* Effect.forkChild(known.require(1, bob, "read"), { startImmediately: true })
    const submitting = yield* Effect.forkChild(known.mayEdit(2, [bob]), { startImmediately: true })
    yield* Deferred.succeed(slow, undefined)
    expect((yield* Fiber.join(joining)).role).toBe("viewer")
    expect((yield* Fiber.join(submitting))(bob)).toBe(false)
  }))
