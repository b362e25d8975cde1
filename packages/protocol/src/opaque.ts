/**
 * Schemas for values that are already validated: inside one process they pass by reference, between nodes as JSON
 * text. Decoding an operation twice would cost more than committing it.
 */
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

/** A JSON value that was checked where it entered the system. */
export const opaque = <A>(expected: string) =>
  Schema.declare<A>((value): value is A => typeof value === "object" && value !== null, {
    expected,
    toCodecJson: () =>
      Schema.link<A>()(
        Schema.String,
        SchemaTransformation.transform<A, string>({
          // SAFETY: written by `encode` below on another node of the same version.
          decode: (text) => JSON.parse(text) as A,
          encode: (value) => JSON.stringify(value)
        })
      )
  })
