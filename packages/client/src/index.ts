/** The editor SDK, for browsers, Node and Deno. */
export type { WebSocketConstructor, WebSocketLike } from "./Connection.ts"
export { type Connectivity, EditorFile, type EditorFileEvents, type EditorFileOptions, type Status } from "./EditorFile.ts"
export { OperationRefused } from "./checkOperation.ts"
export { newId } from "./newId.ts"
export type { Placement } from "./placeAmong.ts"
export type { PresenceFields } from "./PresenceSender.ts"
