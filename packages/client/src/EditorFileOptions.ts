/** What it takes to open a file in an editor. */
import type { WebSocketConstructor } from "./Connection.ts"
import type { Outbox } from "./Outbox.ts"

export interface EditorFileOptions {
  /** Where Easel is, such as `http://127.0.0.1:4400`; or where its nodes are, if nothing stands before them. */
  readonly url: string | ReadonlyArray<string>
  readonly fileId: string
  readonly userId: string
  readonly userName?: string
  /** Needed where there is no global WebSocket (Node 20): `ws` fits. */
  readonly WebSocket?: WebSocketConstructor
  /** Keeps what waits over a reload of the page, such as `openIndexedDbOutbox` of `@easel/client/indexedDb`. */
  readonly outbox?: Outbox
}
