/** The editor SDK, for browsers, Node and Deno. */
export type { WebSocketConstructor, WebSocketLike } from "./Connection.ts"
export { type Connectivity, EditorFile, type EditorFileEvents, type EditorFileOptions, type Placement, type Status } from "./EditorFile.ts"
export { newId } from "./newId.ts"
export type { PresenceFields } from "./PresenceSender.ts"
