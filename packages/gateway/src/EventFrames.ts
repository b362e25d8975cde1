/**
 * What an actor tells of its file, as frames. Bodies come from the actor as JSON, encoded once; here they are put
 * between head and tail, once per event, and once more for each editor whose own part has to be left out. For editors
 * that speak MessagePack the body is translated, once per event as well.
 */
import type { Committed, FrameFormat, PresenceChanged, Tentative } from "@easel/protocol"
import * as msgpack from "@easel/protocol/msgpack"
import { binaryMessage, type Message, textMessage } from "./webSocketFrame.ts"

/** An event that has a frame of its own. */
export type Event = Committed | PresenceChanged | Tentative

/** Values one after the other, and which of them came from whom, in one format. */
interface Body {
  readonly bytes: Uint8Array
  readonly parts: ReadonlyArray<{ readonly author: string; readonly start: number; readonly end: number }>
  /** Values in each part. A frame of MessagePack says how many there are in all; one of JSON does not need to know. */
  readonly counts: ReadonlyArray<number>
  /** Between two values. */
  readonly separatorBytes: number
}

/** Some values of a body, and how many they are. */
interface Excerpt {
  readonly pieces: ReadonlyArray<Uint8Array>
  readonly count: number
}

export class EventFrames {
  private readonly event: Event
  private readonly authors: ReadonlySet<string>
  private readonly bodies: { [Format in FrameFormat]?: Body } = {}
  private readonly shared: { [Format in FrameFormat]?: Message } = {}

  constructor(event: Event) {
    this.event = event
    this.authors = new Set(event.parts.map(({ author }) => author))
  }

  /** The frame with everybody's parts. */
  whole(format: FrameFormat): Message {
    return this.shared[format] ??= [Buffer.concat(frameOf(this.event, everything(this.body(format)), format))]
  }

  /** The frame for an editor, or `undefined` when the event holds nothing but its own. */
  for(author: string, format: FrameFormat): Message | undefined {
    const { event } = this
    if (this.authors.has(author)) {
      const others = withoutOwn(this.body(format), author)
      return others.pieces.length === 0 && !someLeft(event) ? undefined : frameOf(event, others, format)
    }
    return event.parts.length === 0 && !someLeft(event) ? undefined : this.whole(format)
  }

  private body(format: FrameFormat): Body {
    return this.bodies[format] ??= format === "json" ? jsonBody(this.event) : msgpackBody(this.event)
  }
}

const someLeft = (event: Event): boolean => event._tag === "PresenceChanged" && event.left.length > 0

const jsonBody = ({ body, parts }: Event): Body => ({ bytes: body, parts, counts: [], separatorBytes: 1 })

const msgpackBody = ({ body, parts }: Event): Body => {
  const translated: Array<Body["parts"][number]> = []
  const counts: Array<number> = []
  const writer = new msgpack.Writer(body.length)
  let start = 0
  for (const part of parts) {
    const values = jsonValues(body.subarray(part.start, part.end))
    for (const value of values) writer.value(value)
    const end = writer.size
    translated.push({ author: part.author, start, end })
    counts.push(values.length)
    start = end
  }
  return { bytes: writer.written, parts: translated, counts, separatorBytes: 0 }
}

/** What the actor encoded as comma-joined JSON. */
export const jsonValues = (body: Uint8Array): ReadonlyArray<unknown> =>
  // SAFETY: brackets around JSON values with commas between them make an array.
  JSON.parse(`[${Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8")}]`) as ReadonlyArray<unknown>

const everything = ({ bytes, counts }: Body): Excerpt => ({ pieces: [bytes], count: counts.reduce((sum, count) => sum + count, 0) })

/**
 * The stretches of a body between an editor's own parts. They are views of the body, not copies; one that is followed
 * by another takes the separator behind it along.
 */
const withoutOwn = ({ bytes, counts, parts, separatorBytes }: Body, author: string): Excerpt => {
  const stretches: Array<{ readonly start: number; end: number }> = []
  let joins = false
  let count = 0
  for (const [index, part] of parts.entries()) {
    const last = stretches.at(-1)
    if (part.author === author) {
      joins = false
      continue
    }
    count += counts[index] ?? 0
    if (last !== undefined && joins) last.end = part.end
    else {
      stretches.push({ start: part.start, end: part.end })
      joins = true
    }
  }
  const pieces = stretches.map(({ end, start }, index) => bytes.subarray(start, index === stretches.length - 1 ? end : end + separatorBytes))
  return { pieces, count }
}

const frameOf = (event: Event, values: Excerpt, format: FrameFormat): Message =>
  format === "json" ? jsonFrame(event, values) : msgpackFrame(event, values)

const jsonFrame = (event: Event, { pieces }: Excerpt): Message => {
  switch (event._tag) {
    case "Committed":
      return textMessage(`{"type":"operation","payload":{"operations":[`, pieces, `],"seq":${event.seq},"epoch":${event.epoch}}}`)
    case "Tentative":
      return textMessage(`{"type":"tentative","payload":{"operations":[`, pieces, "]}}")
    case "PresenceChanged":
      return textMessage(`{"type":"presence","payload":{"presence":[`, pieces, `],"left":${JSON.stringify(event.left)}}}`)
  }
}

const msgpackFrame = (event: Event, { count, pieces }: Excerpt): Message => {
  const head = new msgpack.Writer().map(2).text("type")
  const tail = new msgpack.Writer()
  switch (event._tag) {
    case "Committed":
      head.text("operation").text("payload").map(3).text("operations").array(count)
      tail.text("seq").value(event.seq).text("epoch").value(event.epoch)
      break
    case "Tentative":
      head.text("tentative").text("payload").map(1).text("operations").array(count)
      break
    case "PresenceChanged":
      head.text("presence").text("payload").map(2).text("presence").array(count)
      tail.text("left").value(event.left)
  }
  return binaryMessage(head.written, [...pieces, tail.written])
}
