/** The part of the protocol that editors need: types, limits and codes, without a schema library. */
export { closeCodes, type ErrorCode } from "./codes.ts"
export { type FrameFormat, msgpackSubprotocol } from "./frameFormats.ts"
export type { Access, FileView, OperationResult, OperationStatus, PresenceEntry, ServerFrame, WireOperation } from "./frames.ts"
export * as Limits from "./limits.ts"
export { may, type Role } from "./roles.ts"
export { TokenBucket } from "./TokenBucket.ts"
export { protocolVersion } from "./version.ts"
export { wireNewValue } from "./wireOperation.ts"
