import type { Committed, LogEntry } from "@easel/protocol"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { committedEvent, joinParts, toRows } from "../../../cluster/file/committedEvent.ts"
import { CommitRing } from "../../../cluster/file/CommitRing.ts"
import { clientId, logEntries, runs, spicyText } from "../../harness/arbitraries.ts"
import { partTexts, valuesOf } from "./encodedParts.ts"

test("P4: joined parts can be cut out again by their byte ranges, whatever characters they hold", () => {
  const part = fc.record({ author: clientId, text: spicyText.map((text) => JSON.stringify([text])) })
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const joined = joinParts(parts)
      expect(Buffer.from(joined.body).toString("utf8")).toBe(parts.map(({ text }) => text).join(","))
      expect(partTexts(joined)).toEqual(parts)
    }),
    runs(2000)
  )
})

test("P4 A2: an event shows the applied operations in order of seq, and who wrote which part; superseded ones only count", () => {
  fc.assert(
    fc.property(logEntries(12), fc.nat(1_000), (entries, fromSeq) => {
      const event = committedEvent(7, fromSeq, toRows(entries))
      expect(event).toMatchObject({ _tag: "Committed", epoch: 7, fromSeq, seq: fromSeq + entries.length })
      expect(seqsOf(event)).toEqual(appliedSeqs(entries))
      const shown = partTexts(event).flatMap(({ author, text }) => valuesOf(text).map((operation) => [author, operation]))
      expect(shown).toEqual(entries.filter(({ status }) => status === "applied").map((entry) => [
        entry.clientId,
        expect.objectContaining({ clientId: entry.clientId, userId: entry.userId, seq: entry.seq, id: entry.operation.id })
      ]))
      // A part is a whole run: neighbours differ.
      event.parts.forEach(({ author }, index) => expect(author).not.toBe(event.parts[index - 1]?.author))
    }),
    runs(2000)
  )
})

/** Entries cut into commits, as they would follow each other. */
const commits = fc.tuple(logEntries(20), fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 20 })).map(([entries, sizes]) => {
  const events: Array<Committed> = []
  let from = 0
  for (const size of [...sizes, entries.length]) {
    const slice = entries.slice(from, from + size)
    if (slice.length > 0) events.push(committedEvent(1, from, toRows(slice)))
    from += slice.length
  }
  return { entries, events }
})

test("A10: what the ring gives since a seq is everything after it, without gap or repeat, with ranges that still fit", () => {
  fc.assert(
    fc.property(commits, ({ entries, events }) => {
      const ring = new CommitRing()
      for (const event of events) ring.push(event)
      for (const { fromSeq } of events) {
        const since = ring.since(fromSeq)
        expect(since).toMatchObject({ fromSeq, seq: entries.length })
        if (since === undefined) continue
        expect(seqsOf(since)).toEqual(appliedSeqs(entries.slice(fromSeq)))
        for (const { author, text } of partTexts(since)) {
          for (const operation of valuesOf(text)) expect(operation).toMatchObject({ clientId: author })
        }
      }
      // Between two commits, and where nothing followed, the ring does not know.
      const starts = new Set(events.map(({ fromSeq }) => fromSeq))
      for (let seq = 0; seq <= entries.length + 1; seq++) if (!starts.has(seq)) expect(ring.since(seq)).toBeUndefined()
    }),
    runs(1500)
  )
})

const eventOf = (fromSeq: number, bodyBytes: number): Committed => {
  const body = Buffer.from(JSON.stringify("x".repeat(Math.max(0, bodyBytes - 2))))
  return bodyBytes === 0
    ? { _tag: "Committed", epoch: 1, fromSeq, seq: fromSeq + 1, body: new Uint8Array(), parts: [] }
    : { _tag: "Committed", epoch: 1, fromSeq, seq: fromSeq + 1, body, parts: [{ author: "A", start: 0, end: body.length }] }
}

const kept = (ring: CommitRing, upTo: number): number => {
  let count = 0
  for (let seq = upTo; seq > 0 && ring.since(seq - 1) !== undefined; seq--) count++
  return count
}

test("A10: the ring is bounded: it forgets the oldest commits, and one that is larger than all of it", () => {
  const ring = new CommitRing()
  for (let seq = 0; seq < 1_000; seq++) ring.push(eventOf(seq, 1_024))
  expect(kept(ring, 1_000)).toBeGreaterThan(100)
  expect(kept(ring, 1_000)).toBeLessThanOrEqual(256)
  ring.push(eventOf(1_000, 1024 * 1024))
  expect(ring.since(1_000)).toBeUndefined()
  ring.push(eventOf(1_001, 10))
  expect(ring.since(1_001)).toMatchObject({ fromSeq: 1_001, seq: 1_002 })
})

test("A10: the ring is bounded also when nothing but superseded operations, which have no text, is committed", () => {
  const ring = new CommitRing()
  for (let seq = 0; seq < 20_000; seq++) ring.push(eventOf(seq, 0))
  expect(ring.since(19_999)).toMatchObject({ fromSeq: 19_999, seq: 20_000 })
  expect(ring.since(0)).toBeUndefined()
})

const appliedSeqs = (entries: ReadonlyArray<LogEntry>): ReadonlyArray<number> =>
  entries.filter(({ status }) => status === "applied").map(({ seq }) => seq)

const seqsOf = (event: Committed): ReadonlyArray<unknown> =>
  valuesOf(Buffer.from(event.body).toString("utf8")).map((operation) => operation.seq)
