/** Tells the editors of this gateway what has become of their roles, as soon as PostgreSQL announces a change. */
import { AccessNews } from "@easel/store"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { Hubs } from "../Hubs.ts"

export const run = Effect.gen(function*() {
  const { news } = yield* AccessNews
  const hubs = yield* Hubs
  yield* Stream.runForEach(news, (item) =>
    Effect.sync(() => {
      if (item.of === "revocations") return
      for (const hub of hubs.open(item.of === "file" ? item.fileId : undefined)) hub.regrantSoon()
    }))
})
