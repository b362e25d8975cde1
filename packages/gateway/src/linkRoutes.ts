/** Share links of a file. The secret of one is in the answer that made it, and nowhere else. */
import { problem } from "@easel/protocol"
import { NewLink } from "@easel/protocol/api"
import { type ShareLink, ShareLinks } from "@easel/store"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { callerOf } from "./auth/requestCaller.ts"
import { requireInFile, requireRolesApply } from "./auth/requireRole.ts"
import { fail } from "./httpProblems.ts"
import { bodyBy } from "./requestBody.ts"
import { existingFile, isUuid } from "./requestPath.ts"

/** Links of one file that have not expired. */
const fileLinksMax = 100

/** The file in the path, if the caller may share it. */
const sharedFile = Effect.gen(function*() {
  const { principal } = yield* callerOf
  const { id } = yield* existingFile
  yield* requireInFile(id, principal, "share")
  return { fileId: id, createdBy: principal.userId }
})

export const createLink = Effect.gen(function*() {
  const file = yield* sharedFile
  yield* requireRolesApply
  const { expiresAt: expiry, role } = yield* bodyBy(NewLink)
  const expiresAt = typeof expiry === "string" ? Date.parse(expiry) : null
  if (expiresAt !== null && expiresAt <= (yield* Clock.currentTimeMillis)) return yield* fail(problem(400, "expiresAt is in the future"))
  const { link, secret } = yield* (yield* ShareLinks).create({ ...file, role, expiresAt }, fileLinksMax).pipe(
    Effect.catchTag("TooManyLinks", () => fail(problem(409, `a file has at most ${fileLinksMax} links: take some back first`)))
  )
  return { ...linkBody(link), secret }
})

export const listLinks = Effect.gen(function*() {
  const { fileId } = yield* sharedFile
  return (yield* (yield* ShareLinks).list(fileId)).map(linkBody)
})

export const removeLink = Effect.gen(function*() {
  const { fileId } = yield* sharedFile
  yield* requireRolesApply
  const { linkId = "" } = yield* HttpRouter.params
  const wasThere = isUuid(linkId) && (yield* (yield* ShareLinks).remove(fileId, linkId))
  if (!wasThere) return yield* fail(problem(404, "no link of this file has this id"))
})

const linkBody = ({ createdAt, createdBy, expiresAt, id, role }: ShareLink) => ({
  id,
  role,
  expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
  createdAt: new Date(createdAt).toISOString(),
  createdBy
})
