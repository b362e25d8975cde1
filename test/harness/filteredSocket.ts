/** WebSockets for the SDK that lose or show what they receive. */
import { inflateRawSync } from "node:zlib"
import { WebSocket } from "ws"

export interface Received {
  readonly type: string
  readonly payload: { readonly [name: string]: unknown }
}

/** A class of sockets that hand on only the frames that the filter keeps. Binary ones are compressed. */
export const filteredSocket = (keep: (frame: Received) => boolean) =>
  class extends WebSocket {
    override emit(event: string | symbol, ...rest: ReadonlyArray<unknown>): boolean {
      const [data, isBinary] = rest
      if (event === "message" && (data instanceof Uint8Array || data instanceof ArrayBuffer)) {
        const bytes = new Uint8Array(data)
        const text = isBinary === true ? inflateRawSync(bytes) : bytes
        const frame: Received = JSON.parse(Buffer.from(text).toString("utf8"))
        if (!keep(frame)) return false
      }
      return super.emit(event, ...rest)
    }
  }

/** A class of sockets that keep what they receive in a list. */
export const recordingSocket = (record: Array<Received>) =>
  filteredSocket((frame) => {
    record.push(frame)
    return true
  })
