/** What the store cannot do now is a reason to ask the file again later. */
import { FileUnavailable } from "@easel/protocol"
import { StoreUnavailable } from "@easel/store"
import * as Effect from "effect/Effect"

export const available = (fileId: string) =>
<A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, Exclude<E, StoreUnavailable> | FileUnavailable, R> =>
  Effect.mapError(effect, (error) =>
    isOther(error) ? error : new FileUnavailable({ fileId, reason: "the store does not answer now" }))

const isOther = <E>(error: E): error is Exclude<E, StoreUnavailable> => !(error instanceof StoreUnavailable)
