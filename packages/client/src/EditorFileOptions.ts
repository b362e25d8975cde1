/** What it takes to open a file in an editor. */
import type { FrameFormat } from "@easel/protocol/editor"
import type { WebSocketConstructor } from "./Connection.ts"
import type { Outbox } from "./Outbox.ts"
import type { TokenSource } from "./SignIn.ts"

export interface EditorFileOptions {
  /** Where Easel is, such as `http://127.0.0.1:4400`; or where its nodes are, if nothing stands before them. */
  readonly url: string | ReadonlyArray<string>
  readonly fileId: string
  /** With a token the user is who it names; with a share link alone, a secret by which this guest is known again. */
  readonly userId: string
  readonly userName?: string
  /**
   * A JSON Web Token, or a one-use ticket. A function is asked before each connection and some time before the token
   * expires; it may fail, and is then asked again.
   */
  readonly token?: TokenSource
  /** The secret of a share link. */
  readonly link?: string
  /** Needed where there is no global WebSocket (Node 20): `ws` fits. */
  readonly WebSocket?: WebSocketConstructor
  /** How frames are written on the wire: `json` unless told otherwise. MessagePack is loaded when it is asked for. */
  readonly format?: FrameFormat
  /** Keeps what waits over a reload of the page, such as `openIndexedDbOutbox` of `@easel/client/indexedDb`. */
  readonly outbox?: Outbox
}
