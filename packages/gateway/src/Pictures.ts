/** What decodes and paints images. It is done elsewhere than in the thread of a node, and may fail without harm to it. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** It cannot be painted: the image is damaged, or takes more time or memory than an image may. */
export class Unpaintable extends Schema.TaggedError<Unpaintable>()("Unpaintable", { reason: Schema.String }) {}

/** There is too much to paint already, or nothing to paint with. */
export class PicturesBusy extends Schema.TaggedError<PicturesBusy>()("PicturesBusy", { reason: Schema.String }) {}

export class Pictures extends Context.Service<Pictures, {
  /** An image of any known kind as a PNG whose longer side has at most so many pixels. */
  readonly shrunk: (image: Uint8Array, pixelsMax: number) => Effect.Effect<Uint8Array, Unpaintable | PicturesBusy>
}>()("@easel/gateway/Pictures") {}
