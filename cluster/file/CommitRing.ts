/**
 * The latest commits of a file as their watchers got them: what an editor missed in a short absence is answered from
 * memory. Bounded in bytes; the log in the database has the rest.
 */
import type { Committed } from "@easel/protocol"

/** Bytes of operation text kept per file. */
const ringBytesMax = 128 * 1024

/** What a commit weighs besides its text: one of superseded operations only has none, and must be forgotten too. */
const eventBytes = 64

export class CommitRing {
  private events: Array<Committed> = []
  private bytes = 0

  push(event: Committed): void {
    this.events.push(event)
    this.bytes += eventBytes + event.body.length
    while (this.bytes > ringBytesMax) this.bytes -= eventBytes + (this.events.shift()?.body.length ?? 0)
  }

  /** Everything after `seq`, as one event, or `undefined` when the ring does not reach back so far. */
  since(seq: number): Committed | undefined {
    const first = this.events.findIndex((event) => event.fromSeq === seq)
    return first === -1 ? undefined : concat(this.events.slice(first))
  }
}

const concat = (events: ReadonlyArray<Committed>): Committed | undefined => {
  const [first, ...rest] = events
  const last = events.at(-1)
  if (first === undefined || last === undefined) return undefined
  if (rest.length === 0) return first
  const bodies: Array<Uint8Array> = []
  const parts: Array<Committed["parts"][number]> = []
  let offset = 0
  for (const { body, parts: ranges } of events) {
    if (body.length === 0) continue
    if (offset > 0) {
      bodies.push(comma)
      offset++
    }
    for (const { author, start, end } of ranges) parts.push({ author, start: start + offset, end: end + offset })
    bodies.push(body)
    offset += body.length
  }
  return { _tag: "Committed", epoch: last.epoch, fromSeq: first.fromSeq, seq: last.seq, body: Buffer.concat(bodies), parts }
}

const comma = Buffer.from(",")
