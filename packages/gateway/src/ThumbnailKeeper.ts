/**
 * Makes the thumbnails that are wanted, one at a time and with a rest after each: nobody waits for them, and a node does
 * other things first. Every node does; which file is whose says a claim in the database.
 */
import { Limits } from "@easel/protocol"
import { Assets, ObjectStore, supervisedLoop, type ThumbnailClaim, Thumbnails } from "@easel/store"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { drawFile } from "./drawFile.ts"
import { FileClients } from "./FileClients.ts"
import { whileMoving } from "./whileMoving.ts"

/** Between two looks at what is wanted, and after each that was made. */
const rest = Schedule.jittered(Schedule.spaced("3 seconds"))

/** In whose name files are read. */
const keeper = { userId: "easel:thumbnails", isAdmin: true }

const look = { format: "png", size: { pixelsMax: Limits.fileThumbnailPixelsMax } } as const

export const layer = Layer.effectDiscard(Effect.gen(function*() {
  const [clients, objects, thumbnails] = [yield* FileClients, yield* ObjectStore, yield* Thumbnails]
  const services = yield* Effect.context<Assets | ObjectStore>()

  const make = Effect.fn("ThumbnailKeeper.make")(function*(claim: ThumbnailClaim) {
    const { body } = yield* whileMoving(clients.of(claim.fileId).Read({ by: keeper }))
    const sha256 = yield* drawFile(claim.fileId, body, look).pipe(
      Effect.flatMap(objects.put),
      Effect.catchTags({ NothingToDraw: () => Effect.succeed(null), Unpaintable: () => Effect.succeed(null) })
    )
    yield* thumbnails.put(claim, sha256)
  })

  yield* supervisedLoop("ThumbnailKeeper", thumbnails.claim.pipe(
    Effect.flatMap((claim) => claim === undefined ? Effect.void : make(claim)),
    // What could not be made is wanted again when its claim is over.
    Effect.catch((error) => Effect.logDebug("A thumbnail was not made", error)),
    Effect.repeat(rest),
    Effect.provideContext(services)
  ))
}))
