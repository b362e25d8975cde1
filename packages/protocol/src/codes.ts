/** The codes of the editor protocol: close codes of the WebSocket and `code` of `error` frames. Listed in SPEC.md. */

export const closeCodes = {
  /** The server stops or restarts: come back soon, with `sinceSeq`. */
  goingAway: 1001,
  serviceRestart: 1012,
  /** No valid token, or one that has expired or was revoked: come back with another one. */
  unauthenticated: 4001,
  /** The user may not open this file any more. */
  forbidden: 4003,
  /** The file has gone into the trash. */
  fileMissing: 4004,
  /** The socket did not read fast enough: come back with `sinceSeq`. */
  tooSlow: 4008,
  /** No `subscribe` in time, or no answer to pings. */
  silent: 4009,
  /** The user has as many connections as one may have: come back later. */
  tooManyConnections: 4013,
  /** Another connection of the same user took the client id over. */
  replaced: 4010,
  /** Too many bad messages, or far more messages than one may send, for long. */
  abusive: 4029
} as const

export type ErrorCode =
  | "bad_frame"
  | "unknown_type"
  | "not_subscribed"
  | "already_subscribing"
  | "bad_subscribe"
  | "unsupported_version"
  | "file_missing"
  | "file_damaged"
  | "file_unavailable"
  | "unauthenticated"
  | "forbidden"
  | "too_many_operations"
  | "too_many_connections"
  | "busy"
  | "bad_presence"
  | "bad_comment"
  | "indeterminate"
  | "internal"
