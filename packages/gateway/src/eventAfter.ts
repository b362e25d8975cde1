/**
 * The part of an event that follows a seq. Events of an actor end where its commits ended; what a new owner reads from
 * the log to bring a gateway up to date does not, and an editor that joined meanwhile has the beginning already.
 */
import type { Committed, WireOperation } from "@easel/protocol"
import { jsonValues } from "./EventFrames.ts"

/** It is told whole: whose the operations are is not kept, as after a recovery (P4). */
export const eventAfter = (event: Committed, seq: number): Committed => {
  // SAFETY: the actor wrote the body of wire operations.
  const operations = jsonValues(event.body) as ReadonlyArray<WireOperation>
  const rest = operations.filter((operation) => operation.seq > seq)
  const body = Buffer.from(rest.map((operation) => JSON.stringify(operation)).join(","), "utf8")
  return { ...event, fromSeq: seq, body, parts: rest.length === 0 ? [] : [{ author: nobody, start: 0, end: body.length }] }
}

const nobody = ""
