/** The edge of a node: WebSocket and HTTP. Reaches actors only through the typed client of the `File` entity. */
export { type Address, ListenFailed, serve } from "./GatewayServer.ts"
export { Authenticator } from "./auth/Authenticator.ts"
export { Callers } from "./auth/Callers.ts"
export type { TokenRules } from "./auth/Tokens.ts"
export { FileClients } from "./FileClients.ts"
export { Hubs } from "./Hubs.ts"
export * as Page from "./Page.ts"
export { networksOf } from "./Visitor.ts"
