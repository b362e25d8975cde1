/** What decodes and paints. It is done elsewhere than in the thread of a node, and may fail without harm to it. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** It cannot be painted: the image is damaged, or takes more time or memory than it may. */
export class Unpaintable extends Schema.TaggedError<Unpaintable>()("Unpaintable", { reason: Schema.String }) {}

/** What is to be drawn is not there, or there is nothing to be seen of it. */
export class NothingToDraw extends Schema.TaggedError<NothingToDraw>()("NothingToDraw", { reason: Schema.String }) {}

/** There is too much to paint already, or nothing to paint with. */
export class PicturesBusy extends Schema.TaggedError<PicturesBusy>()("PicturesBusy", { reason: Schema.String }) {}

/** How a document is to be drawn. */
export interface Look {
  readonly format: "svg" | "png"
  /** Of a PNG: pixels for one unit of the document, or how many its longer side has at most. */
  readonly size: { readonly scale: number } | { readonly pixelsMax: number }
  /** Objects to be drawn, with what is in them; absent: all. */
  readonly ids?: ReadonlyArray<string>
}

export interface ImageBytes {
  readonly contentType: string
  readonly bytes: Uint8Array
}

export class Pictures extends Context.Service<Pictures, {
  /** An image of any known kind as a PNG whose longer side has at most so many pixels. */
  readonly shrunk: (image: Uint8Array, pixelsMax: number) => Effect.Effect<Uint8Array, Unpaintable | PicturesBusy>
  /** `document` as H2 answers it, without head. The images that are seen of it are asked for; what is not there is not drawn. */
  readonly drawn: <E>(
    document: Uint8Array,
    look: Look,
    imageOf: (assetId: string) => Effect.Effect<ImageBytes | undefined, E>
  ) => Effect.Effect<Uint8Array, E | Unpaintable | NothingToDraw | PicturesBusy>
}>()("@easel/gateway/Pictures") {}
