/** Which files somebody may read, for those who listen to all of them: what was found out holds for some seconds. */
import { may, type Principal } from "@easel/protocol"
import { Access } from "@easel/store"
import * as Cache from "effect/Cache"
import * as Effect from "effect/Effect"

const rememberedMax = 1_000
const remembered = "5 seconds"

export const readableFiles = Effect.fnUntraced(function*(principal: Principal) {
  const access = yield* Access
  const cache = yield* Cache.make({
    capacity: rememberedMax,
    timeToLive: remembered,
    lookup: (fileId: string) => Effect.map(access.rolesOf(fileId, [principal]), ([held]) => may(held?.role, "read"))
  })
  /** What cannot be asked for is not shown. */
  return (fileId: string) => Effect.orElseSucceed(Cache.get(cache, fileId), () => false)
})
