/**
 * One WebSocket at a time, for ever: reconnects with full jitter, notices silence, and hands on whole frames. It knows
 * nothing of documents.
 */
import { closeCodes, type FrameFormat, Limits, type ServerFrame } from "@easel/protocol/editor"
import { jsonCodec, type FrameCodec } from "./frameCodec.ts"

/** The part of the browser's WebSocket that is used; `ws` has it too. */
export interface WebSocketLike {
  readonly readyState: number
  binaryType: string
  send(data: string | Uint8Array<ArrayBuffer>): void
  close(code?: number, reason?: string): void
  addEventListener(type: "open", listener: () => void): void
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: "close", listener: (event: { readonly code: number }) => void): void
  addEventListener(type: "error", listener: () => void): void
}

export type WebSocketConstructor = new(url: string, protocols?: Array<string>) => WebSocketLike

export interface ConnectionHandlers {
  /** What must be done before each connection; when it fails, that counts as a connection which was lost. */
  readonly prepare: () => Promise<void> | undefined
  readonly onOpen: () => void
  readonly onFrame: (frame: ServerFrame) => void
  /** `retryInMillis` is when the next try starts. */
  readonly onClose: (close: { readonly code: number; readonly retryInMillis: number }) => void
}

/** The longest wait before the n-th try in a row, in milliseconds; the wait itself is drawn from zero up to it. */
const retryMillis = { base: 250, max: 10_000 }

const openState = 1

/** Where editors connect at a server. */
export const socketUrlOf = (url: string): string => `${url.replace(/^http/, "ws").replace(/\/$/, "")}/ws`

export class Connection {
  private readonly urls: ReadonlyArray<string>
  private readonly handlers: ConnectionHandlers
  private readonly WebSocket: WebSocketConstructor
  private readonly format: FrameFormat
  /** Absent until it is loaded. */
  private codec: FrameCodec | undefined
  private socket: WebSocketLike | undefined
  private retryTimer: ReturnType<typeof setTimeout> | undefined
  private silenceTimer: ReturnType<typeof setInterval> | undefined
  private heardMillis = 0
  private attempts = 0
  private preparing = false
  /** Which of the urls is next. */
  private turn = 0
  private closed = false

  /** Of several urls the next one is tried when one does not answer or sends its editors away. */
  constructor(urls: ReadonlyArray<string>, WebSocket: WebSocketConstructor, format: FrameFormat, handlers: ConnectionHandlers) {
    this.urls = urls
    this.WebSocket = WebSocket
    this.format = format
    this.handlers = handlers
    this.start()
  }

  get isOpen(): boolean {
    return this.socket?.readyState === openState
  }

  send(type: string, payload: unknown): void {
    if (this.codec !== undefined && this.isOpen) this.socket?.send(this.codec.encode({ type, payload }))
  }

  /** The peer has answered sensibly: the next loss starts with a short wait again. */
  settled(): void {
    this.attempts = 0
  }

  /** Drops the socket and connects anew, as if the network had failed; between two tries the next one starts now. */
  reconnect(): void {
    if (this.socket !== undefined) this.socket.close()
    else if (!this.closed) {
      clearTimeout(this.retryTimer)
      this.start()
    }
  }

  close(): void {
    this.closed = true
    clearTimeout(this.retryTimer)
    clearInterval(this.silenceTimer)
    this.socket?.close(1000)
  }

  private start(): void {
    if (this.preparing) return
    const codec = this.format === "json" ? jsonCodec : this.codec
    const prepared = this.handlers.prepare()
    if (codec !== undefined && prepared === undefined) return this.open(codec)
    this.preparing = true
    const loaded = codec ?? import("./msgpackCodec.ts").then(({ msgpackCodec }) => msgpackCodec)
    Promise.all([loaded, prepared]).finally(() => {
      this.preparing = false
    }).then(([ready]) => {
      if (!this.closed) this.open(ready)
    }, () => {
      // Whoever has the codec, or gives tokens, is away, and is asked again as often as a connection is tried.
      if (!this.closed) this.retry(1006)
    })
  }

  /** Tells of a loss, and when it will be tried again. */
  private retry(code: number): void {
    const longest = Math.min(retryMillis.max, retryMillis.base * 2 ** this.attempts++)
    const retryInMillis = Math.random() * (code === closeCodes.serviceRestart ? Math.max(longest, 1_000) : longest)
    if (!this.closed) this.retryTimer = setTimeout(() => this.start(), retryInMillis)
    this.handlers.onClose({ code, retryInMillis })
  }

  private open(codec: FrameCodec): void {
    this.codec = codec
    const url = this.urls[this.turn % this.urls.length] ?? ""
    const socket = codec.subprotocol === undefined ? new this.WebSocket(url) : new this.WebSocket(url, [codec.subprotocol])
    socket.binaryType = "arraybuffer"
    this.socket = socket
    this.heardMillis = Date.now()
    let ended = false
    const end = (code: number) => {
      if (ended) return
      ended = true
      clearInterval(this.silenceTimer)
      if (this.socket === socket) this.socket = undefined
      if (this.attempts > 0 || code === closeCodes.serviceRestart) this.turn++
      this.retry(code)
    }
    /** As if the line had broken: what was said on it is asked for again on the next one. */
    const lose = () => {
      end(1006)
      socket.close()
    }
    socket.addEventListener("open", () => {
      this.silenceTimer = setInterval(() => this.checkSilence(lose), Limits.pingIntervalMillis / 2)
      this.handlers.onOpen()
    })
    // A compressed frame takes a while to open, and the frames behind it wait for it.
    let opening: Promise<void> | undefined
    const hear = (data: unknown) => {
      if (ended) return
      const frame = decoded(codec, data)
      // SAFETY: frames come from the server of this SDK's protocol version, checked at sync.
      if (frame === unreadable) lose()
      else this.handlers.onFrame(frame as ServerFrame)
    }
    socket.addEventListener("message", ({ data }) => {
      this.heardMillis = Date.now()
      const compressed = codec.compressedIn(data)
      if (compressed === undefined && opening === undefined) return hear(data)
      const before = opening ?? Promise.resolve()
      const opened = before.then(() => compressed === undefined ? data : inflate(compressed)).then(hear, lose).finally(() => {
        if (opening === opened) opening = undefined
      })
      opening = opened
    })
    socket.addEventListener("close", ({ code }) => end(code))
    socket.addEventListener("error", () => {
      if (socket.readyState !== openState) end(1006)
    })
  }

  /** Browsers cannot ping, so silence is broken with a message; a half-open socket answers neither. */
  private checkSilence(lose: () => void): void {
    const silence = Date.now() - this.heardMillis
    if (silence > Limits.silenceMillisMax) lose()
    else if (silence > Limits.pingIntervalMillis / 2) this.send("ping", {})
  }
}

const unreadable = Symbol()

const decoded = (codec: FrameCodec, data: unknown): unknown => {
  try {
    return codec.decode(data)
  } catch {
    return unreadable
  }
}

const inflate = (compressed: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> =>
  new Response(new Blob([compressed]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer()
