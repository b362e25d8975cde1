import type { Committed, FrameFormat, PresenceChanged } from "@easel/protocol"
import { decode, encode } from "@easel/protocol/msgpack"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { committedEvent, joinParts, toRows } from "../../../cluster/file/committedEvent.ts"
import { EventFrames } from "../../../packages/gateway/src/EventFrames.ts"
import { payloadOf } from "../../../packages/gateway/src/webSocketFrame.ts"
import { clientId, clientIds, logEntries, runs, spicyText } from "../../harness/arbitraries.ts"
import { partTexts, valuesOf } from "./encodedParts.ts"

const readers = [...clientIds, "onlooker"]

const formats = ["json", "msgpack"] as const

/** A frame as an editor reads it. In MessagePack it has the very bytes that its value has. */
const parsed = (frame: Parameters<typeof payloadOf>[0], format: FrameFormat): unknown => {
  const payload = payloadOf(frame)
  if (format === "json") return JSON.parse(payload.toString("utf8"))
  const value = decode(payload)
  expect(payload.equals(encode(value))).toBe(true)
  return value
}

const readings = readers.flatMap((reader) => formats.map((format) => [reader, format] as const))

/** The values that are not the reader's own. */
const othersIn = (event: Committed | PresenceChanged, reader: string) =>
  partTexts(event).filter(({ author }) => author !== reader).flatMap(({ text }) => valuesOf(text))

test("P4 P15 T1: an editor gets the operations of the others, all of them and in order, and no frame when there are none", () => {
  fc.assert(
    fc.property(logEntries(10), fc.nat(100), (entries, fromSeq) => {
      const event = committedEvent(3, fromSeq, toRows(entries))
      const frames = new EventFrames(event)
      const tentative = new EventFrames({ _tag: "Tentative", body: event.body, parts: event.parts })
      for (const [reader, format] of readings) {
        const [frame, tentativeFrame] = [frames.for(reader, format), tentative.for(reader, format)]
        const operations = othersIn(event, reader)
        if (operations.length === 0) expect([frame, tentativeFrame]).toEqual([undefined, undefined])
        else {
          expect(frame && parsed(frame, format)).toEqual({ type: "operation", payload: { operations, seq: event.seq, epoch: 3 } })
          expect(tentativeFrame && parsed(tentativeFrame, format)).toEqual({ type: "tentative", payload: { operations } })
        }
      }
    }),
    runs(2000)
  )
})

test("P6 P15: an editor gets the presence of the others and who left, and no frame when there is neither", () => {
  const entry = fc.tuple(clientId, spicyText).map(([clientId, userName]) => ({ author: clientId, text: JSON.stringify({ clientId, userName }) }))
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 6 }), fc.array(clientId, { maxLength: 2 }), (entries, left) => {
      const event: PresenceChanged = { _tag: "PresenceChanged", ...joinParts(entries), left }
      const frames = new EventFrames(event)
      for (const [reader, format] of readings) {
        const frame = frames.for(reader, format)
        const presence = othersIn(event, reader)
        if (presence.length === 0 && left.length === 0) expect(frame).toBeUndefined()
        else expect(frame && parsed(frame, format)).toEqual({ type: "presence", payload: { presence, left } })
      }
    }),
    runs(2000)
  )
})

test("P4 P15: every combination of own and foreign parts leaves a valid frame", () => {
  for (let bits = 0; bits < 2 ** 8; bits++) {
    const writers = Array.from({ length: 8 }, (_, index) => (bits >> index) % 2 === 0 ? "me" : `other${index % 3}`)
    const event: Committed = {
      _tag: "Committed",
      epoch: 1,
      fromSeq: 0,
      seq: 8,
      ...joinParts(writers.map((clientId, index) => ({ author: clientId, text: JSON.stringify({ clientId, index, text: "中😀," }) })))
    }
    const operations = othersIn(event, "me")
    for (const format of formats) {
      const frame = new EventFrames(event).for("me", format)
      expect(frame && parsed(frame, format)).toEqual(operations.length === 0 ? undefined : { type: "operation", payload: { operations, seq: 8, epoch: 1 } })
    }
  }
})

test("P4 P15: those who wrote nothing of an event share one frame of each format", () => {
  fc.assert(
    fc.property(logEntries(6), (entries) => {
      const frames = new EventFrames(committedEvent(1, 0, toRows(entries)))
      for (const format of formats) {
        const one = frames.for("onlooker", format)
        expect(frames.for("another onlooker", format)).toBe(one)
        if (one !== undefined) expect(frames.whole(format)).toBe(one)
      }
    }),
    runs(300)
  )
})
