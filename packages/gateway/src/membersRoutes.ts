/** Who has a role in a file or a team, and giving and taking roles: the same for both. */
import { type Action, type Principal, problem } from "@easel/protocol"
import { Given } from "@easel/protocol/api"
import { type Circle, Members, tagOfMembers } from "@easel/store"
import * as Effect from "effect/Effect"
import { callerOf } from "./auth/requestCaller.ts"
import { requireInFile, requireInTeam, requireRolesApply } from "./auth/requireRole.ts"
import { fail } from "./httpProblems.ts"
import { bodyBy } from "./requestBody.ts"
import { existingFile, existingTeam, namedUser } from "./requestPath.ts"
import { askedTag, tagged } from "./revisions.ts"

const requireIn = ({ id, of }: Circle, principal: Principal, action: Action) =>
  of === "file" ? requireInFile(id, principal, action) : requireInTeam(id, principal, action)

const refusals = {
  LastOwner: () => fail(problem(409, "nobody would own it any more: make somebody else an owner first")),
  MembersChanged: () => fail(problem(412, "the members have changed since"))
}

/** Of what the path names. */
const membersOf = <E, R>(named: Effect.Effect<Circle, E, R>) => ({
  list: Effect.gen(function*() {
    const { principal } = yield* callerOf
    const circle = yield* named
    yield* requireIn(circle, principal, "read")
    const members = yield* (yield* Members).list(circle)
    return yield* tagged(`"${tagOfMembers(members)}"`, members)
  }),

  put: Effect.gen(function*() {
    const { principal } = yield* callerOf
    yield* requireRolesApply
    const circle = yield* named
    yield* requireIn(circle, principal, "share")
    const userId = yield* namedUser
    const { role } = yield* bodyBy(Given)
    yield* Effect.catchTags((yield* Members).put(circle, { userId, role }, yield* askedTag), refusals)
    return { userId, role }
  }),

  /** Everybody may leave. */
  remove: Effect.gen(function*() {
    const { principal } = yield* callerOf
    yield* requireRolesApply
    const circle = yield* named
    const userId = yield* namedUser
    if (userId !== principal.userId) yield* requireIn(circle, principal, "share")
    const wasThere = yield* Effect.catchTags((yield* Members).remove(circle, userId, yield* askedTag), refusals)
    if (!wasThere) return yield* fail(problem(404, "no member has this id"))
  })
})

export const fileMembers = membersOf(Effect.map(existingFile, ({ id }): Circle => ({ of: "file", id })))

export const teamMembers = membersOf(Effect.map(existingTeam, ({ id }): Circle => ({ of: "team", id })))
