/** What a slow socket missed, as an event with the newest of each register only. It is for one editor, and told whole. */
import { type Committed, squash, type WireOperation } from "@easel/protocol"
import { jsonValues } from "./EventFrames.ts"

export const squashed = (missed: Committed): Committed => {
  // SAFETY: the actor wrote the body of wire operations.
  const operations = jsonValues(missed.body) as ReadonlyArray<WireOperation>
  const kept = squash(operations)
  if (kept.length === operations.length) return missed
  const body = Buffer.from(kept.map((operation) => JSON.stringify(operation)).join(","), "utf8")
  return { ...missed, body, parts: [{ author: nobody, start: 0, end: body.length }] }
}

const nobody = ""
