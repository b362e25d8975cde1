/** Whether somebody may do what he asks for over HTTP. What goes to a file's actor is checked there. */
import { type Action, may, type Principal, problem } from "@easel/protocol"
import { Access, Teams } from "@easel/store"
import * as Effect from "effect/Effect"
import { fail, forbidden } from "../httpProblems.ts"
import { Authenticator } from "./Authenticator.ts"

export const requireInFile = Effect.fnUntraced(function*(fileId: string, principal: Principal, action: Action) {
  const [held] = yield* (yield* Access).rolesOf(fileId, [principal])
  if (!may(held?.role, action)) return yield* forbidden
})

export const requireInTeam = Effect.fnUntraced(function*(teamId: string, principal: Principal, action: Action) {
  const role = yield* (yield* Teams).roleOf(teamId, principal)
  return role !== undefined && may(role, action) ? role : yield* forbidden
})

/** Where nobody is asked who he is, roles say nothing and are not changed. */
export const requireRolesApply = Effect.gen(function*() {
  const { isOpen } = yield* Authenticator
  if (isOpen) return yield* fail(problem(409, "roles need EASEL_JWT_SECRET or EASEL_JWKS_URL"))
})
