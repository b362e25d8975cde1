/** What an `ObjectStore` is made over: named bytes in two areas, kept whole or not at all. It verifies nothing. */
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { StoreUnavailable } from "./StoreUnavailable.ts"

/** Where a blob is: stored for whoever refers to it, or taken out of use and soon removed. */
export type Area = "in use" | "aside"

export interface StoredBlob {
  readonly sha256: string
  readonly bytes: number
  /** Milliseconds since 1970, by the storage's clock, at which it was put into its area. */
  readonly storedAtMillis: number
}

/** What the storage says of a blob that is read by its address. */
export interface LinkedAs {
  readonly contentType: string
  readonly contentDisposition: string
}

export interface BlobMedium {
  /** Writes into use. What is there already stays with `where absent`. Either way readers see all of a blob or none. */
  readonly write: (sha256: string, bytes: Uint8Array, mode: "where absent" | "over") => Effect.Effect<void, StoreUnavailable>
  readonly read: (area: Area, sha256: string) => Effect.Effect<Uint8Array | undefined, StoreUnavailable>
  /** The same as it is read, of a blob that is there; one that has gone meanwhile is a failure. */
  readonly stream: (area: Area, sha256: string) => Stream.Stream<Uint8Array, StoreUnavailable>
  /** Where whoever has the address reads the blob for some minutes, from the storage itself, if it can be read so. */
  readonly link?: (sha256: string, as: LinkedAs) => Effect.Effect<string>
  readonly size: (area: Area, sha256: string) => Effect.Effect<number | undefined, StoreUnavailable>
  /** In the order of the names, without what has no blob's name. */
  readonly list: (area: Area) => Stream.Stream<StoredBlob, StoreUnavailable>
  /** Moves a blob aside, over what is there; at no moment it is in neither area. One that is not in use is no fault. */
  readonly setAside: (sha256: string) => Effect.Effect<void, StoreUnavailable>
  /** Removes from aside. One that is not there is no fault. */
  readonly remove: (sha256: string) => Effect.Effect<void, StoreUnavailable>
}
