/** How frames are written on the wire. */

export interface FrameCodec {
  /** Asked for with the connection; the server speaks JSON without one. */
  readonly subprotocol: string | undefined
  readonly encode: (frame: { readonly type: string; readonly payload: unknown }) => string | Uint8Array<ArrayBuffer>
  /** The raw DEFLATE of a frame, when a message holds that instead of the frame itself. */
  readonly compressedIn: (message: unknown) => Uint8Array<ArrayBuffer> | undefined
  /** A message, or what was compressed in one. */
  readonly decode: (data: unknown) => unknown
}

export const jsonCodec: FrameCodec = {
  subprotocol: undefined,
  encode: (frame) => JSON.stringify(frame),
  compressedIn: (message) => message instanceof ArrayBuffer ? new Uint8Array(message) : undefined,
  decode: (data) => JSON.parse(data instanceof ArrayBuffer ? new TextDecoder().decode(data) : String(data))
}
