/**
 * The WebSocket edge: upgrades `/ws`, gives every socket a session, and finds dead sockets. Raw `ws`, because the
 * outbox needs `bufferedAmount` and frames are shared between sockets.
 */
import { type Server, STATUS_CODES } from "node:http"
import type { Duplex } from "node:stream"
import { type Caller, closeCodes, Limits, msgpackSubprotocol, problem, type Subscribe } from "@easel/protocol"
import { Files, supervisedLoop } from "@easel/store"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberSet from "effect/FiberSet"
import * as Metric from "effect/Metric"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { type WebSocket, WebSocketServer } from "ws"
import { ConnectionAllowance, type Rates } from "./Allowance.ts"
import { Authenticator } from "./auth/Authenticator.ts"
import { Callers } from "./auth/Callers.ts"
import * as rolesWatch from "./auth/rolesWatch.ts"
import type { Attachment } from "./Attachment.ts"
import type { FileHub } from "./FileHub.ts"
import * as metrics from "./gatewayMetrics.ts"
import { Hubs } from "./Hubs.ts"
import { errorFrame, SharedFrame, unopened } from "./serverFrames.ts"
import { type OpenFile, Session, type SessionHost } from "./Session.ts"
import { SocketOutbox } from "./SocketOutbox.ts"
import { Tally } from "./Tally.ts"
import { UserAllowances } from "./UserAllowances.ts"
import { addressOf, isLocal, networksOf, notLocal, originAllowed } from "./Visitor.ts"

const path = "/ws"

/** Who is let in, and what each may send. */
export interface EdgeLimits extends Rates {
  /** Sites whose pages may connect, such as `https://draw.example`; none: the page of this host. */
  readonly origins: ReadonlyArray<string>
  readonly connectionsPerAddress: number
  /** Addresses and networks of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: ReadonlyArray<string>
}

interface Peer {
  readonly socket: WebSocket
  readonly outbox: SocketOutbox
  readonly session: Session
  lastHeardMillis: number
  /** How often it was found to be a stranger. Not a time: while the server finds no time to read, none passes. */
  strangerSweeps: number
}

/** Between two looks at who has not subscribed yet. */
const strangerSweepMillis = 1_000
const strangerSweepsMax = Limits.handshakeMillisMax / strangerSweepMillis

/** Longest that sending one more editor away delays the next, so that few editors need not wait for many. */
const partingMillis = 5

/**
 * Serves editors on an HTTP server until the scope closes. Then all are told that the server drains, and are sent away
 * with 1012 one by one over `drain`, so that they do not all knock at the next door at once.
 */
export const serve = Effect.fnUntraced(function*(server: Server, drain: Duration.Duration, limits: EdgeLimits) {
  const hubs = yield* Hubs
  const files = yield* Files
  const callers = yield* Callers
  const authenticator = yield* Authenticator
  const clock = yield* Clock.Clock
  const run = yield* FiberSet.makeRuntime<never>()
  const runPromise = yield* FiberSet.makeRuntimePromise<never>()
  const nowMillis = () => clock.currentTimeMillisUnsafe()
  const peers = new Set<Peer>()
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: Limits.frameBytesMax,
    maxFragments: Limits.messageFragmentsMax,
    maxBufferedChunks: Limits.frameChunksMax,
    clientTracking: false,
    handleProtocols: (asked) => asked.has(msgpackSubprotocol) && msgpackSubprotocol,
    // Editors would compress every small frame with it, which costs more than all the rest of an edit. Snapshots are
    // compressed once for all who ask (`subscribe.compression`).
    perMessageDeflate: false
  })

  const trusted = networksOf(limits.trustedProxies)
  // They were checked when the settings were.
  if ("wrong" in trusted) return yield* Effect.die(new Error(`not a network: ${trusted.wrong}`))
  const addresses = new Tally(limits.connectionsPerAddress)
  const users = new Tally(Limits.userConnectionsMax)
  const allowances = new UserAllowances(limits)

  const open = (
    subscribe: Subscribe,
    outbox: SocketOutbox,
    allowance: ConnectionAllowance,
    attach: (hub: FileHub, caller: Caller) => Attachment
  ): Effect.Effect<OpenFile | undefined> =>
    callers.identify(subscribe).pipe(
      Effect.flatMap((caller) => openCounted(subscribe, caller, outbox, allowance, attach)),
      Effect.catchTags({
        TokenRefused: ({ reason }) =>
          Effect.sync(() => {
            outbox.tell(errorFrame("unauthenticated", reason))
            outbox.close(closeCodes.unauthenticated, reason)
            return undefined
          }),
        StoreUnavailable: (error) =>
          Effect.sync(() => {
            outbox.tell(unopened(error._tag))
            return undefined
          })
      })
    )

  const openCounted = (
    subscribe: Subscribe,
    caller: Caller,
    outbox: SocketOutbox,
    allowance: ConnectionAllowance,
    attach: (hub: FileHub, caller: Caller) => Attachment
  ): Effect.Effect<OpenFile | undefined> => {
    const { userId } = caller.principal
    if (!users.enter(userId)) {
      outbox.tell(errorFrame("too_many_connections", `a user has at most ${Limits.userConnectionsMax} connections`))
      outbox.close(closeCodes.tooManyConnections, "too many connections of this user")
      return Effect.succeed(undefined)
    }
    allowance.ofUser = allowances.enter(userId)
    const leave = () => {
      users.leave(userId)
      allowances.leave(userId)
    }
    return Effect.map(openFile(subscribe, caller, outbox, attach), (file) => {
      if (file !== undefined) return { ...file, release: () => (leave(), file.release()) }
      leave()
      return undefined
    })
  }

  const openFile = (subscribe: Subscribe, caller: Caller, outbox: SocketOutbox, attach: (hub: FileHub, caller: Caller) => Attachment) =>
    Effect.gen(function*() {
      // Of a file that is open here its actor knows whether it is there, also while the database is away.
      if (hubs.open(subscribe.fileId).length === 0) yield* files.find(subscribe.fileId)
      const scope = yield* Scope.make()
      const hub = yield* Scope.provide(hubs.hub(subscribe.fileId), scope)
      const attachment = attach(hub, caller)
      const release = () => void run(Effect.andThen(Metric.modify(metrics.collaborators, -1), Scope.close(scope, Exit.void)))
      yield* Metric.modify(metrics.collaborators, 1)
      if (yield* hub.attach(attachment, subscribe.sinceSeq)) {
        const opened: OpenFile = { hub, attachment, release }
        return opened
      }
      hub.detach(attachment)
      release()
      return undefined
    }).pipe(
      Effect.catch((error) =>
        Effect.sync(() => {
          outbox.tell(unopened(error._tag))
          return undefined
        })),
      Effect.catchCause((cause) =>
        Effect.logError("Opening a file for an editor failed", cause).pipe(
          Effect.andThen(Effect.sync(() => outbox.tell(errorFrame("internal", "the server failed")))),
          Effect.as(undefined)
        ))
    )

  const identify = (token: string) =>
    authenticator.identify(token).pipe(
      Effect.catchTags({
        TokenRefused: ({ reason }) => Effect.succeed({ refused: reason }),
        StoreUnavailable: () => Effect.succeed({ refused: "the token cannot be checked now" })
      })
    )

  const accept = (socket: WebSocket, stream: Duplex): void => {
    const outbox = new SocketOutbox(socket, stream, socket.protocol === msgpackSubprotocol ? "msgpack" : "json")
    const allowance = new ConnectionAllowance(limits)
    const host: SessionHost = {
      nowMillis,
      allowance,
      open: (subscribe, attach) => runPromise(open(subscribe, outbox, allowance, attach)),
      identify: (token) => runPromise(identify(token))
    }
    const session = new Session(host, outbox)
    const now = nowMillis()
    const peer: Peer = { socket, outbox, session, lastHeardMillis: now, strangerSweeps: 0 }
    peers.add(peer)
    run(Metric.update(metrics.connections, peers.size))
    socket.on("message", (data: Buffer, isBinary: boolean) => {
      peer.lastHeardMillis = nowMillis()
      session.onMessage(data, isBinary ? "binary" : "text")
    })
    socket.on("pong", () => {
      peer.lastHeardMillis = nowMillis()
    })
    // A protocol error has already made ws close the socket with its code (1002, 1007, 1009).
    socket.on("error", () => undefined)
    socket.on("close", () => {
      session.close()
      peers.delete(peer)
      run(Metric.update(metrics.connections, peers.size))
    })
  }

  const sweep = Effect.sync(() => {
    const now = nowMillis()
    let unsent = 0
    for (const { lastHeardMillis, outbox, session, socket } of peers) {
      unsent += outbox.unsentBytes
      if (now - lastHeardMillis > Limits.silenceMillisMax) {
        // The seat is free at once; `ws` ends a connection that does not answer the close either.
        session.close()
        socket.close(closeCodes.silent, "no answer to pings")
      } else socket.ping()
    }
    return unsent
  }).pipe(
    Effect.flatMap((unsent) => Metric.update(metrics.outboxBytes, unsent)),
    Effect.delay(Limits.pingIntervalMillis)
  )

  const checkIdentities = Effect.sync(() => {
    const now = nowMillis()
    for (const { session } of peers) session.checkIdentity(now, authenticator.isRevoked)
  })

  const sweepStrangers = Effect.sync(() => {
    for (const peer of peers) {
      if (!peer.session.isStranger) peer.strangerSweeps = 0
      else if (++peer.strangerSweeps > strangerSweepsMax) peer.socket.close(closeCodes.silent, "subscribe first")
    }
  }).pipe(Effect.andThen(checkIdentities), Effect.delay(strangerSweepMillis))

  server.on("upgrade", (request, socket, head) => {
    // Not a URL object: it throws at what strangers may send here, such as `//`.
    if (request.url?.split("?", 1)[0] !== path) return refuse(socket, 404, "there is nothing here")
    if (authenticator.isOpen && !isLocal(request)) return refuse(socket, 403, notLocal)
    if (!originAllowed(request, limits.origins)) {
      run(Metric.update(metrics.refusedUpgrades, 1))
      return refuse(socket, 403, "pages of this origin may not connect here (EASEL_ORIGINS)")
    }
    const address = addressOf(request, trusted)
    if (!addresses.enter(address)) {
      run(Metric.update(metrics.refusedUpgrades, 1))
      return refuse(socket, 429, `an address has at most ${limits.connectionsPerAddress} connections`)
    }
    socket.once("close", () => addresses.leave(address))
    sockets.handleUpgrade(request, socket, head, (webSocket) => accept(webSocket, socket))
  })
  yield* supervisedLoop("sweep", sweep)
  yield* supervisedLoop("sweepStrangers", sweepStrangers)
  yield* Effect.forkScoped(Stream.runForEach(authenticator.refreshed, () => checkIdentities))
  yield* supervisedLoop("rolesWatch", rolesWatch.run)
  yield* supervisedLoop("UserAllowances", allowances.watch)
  yield* Effect.addFinalizer(() =>
    Effect.gen(function*() {
      const leaving = [...peers]
      const millis = Math.min(Duration.toMillis(drain), leaving.length * partingMillis)
      const frame = new SharedFrame({ type: "status", payload: { mode: "draining", retryAfter: millis } })
      for (const { outbox, session } of leaving) if (!session.idle) outbox.send(frame.in(outbox.format))
      const startedMillis = nowMillis()
      for (const [index, { socket }] of leaving.entries()) {
        const due = (index / leaving.length) * millis - (nowMillis() - startedMillis)
        if (due > 0) yield* Effect.sleep(due)
        socket.close(closeCodes.serviceRestart, "the server stops: reconnect with sinceSeq")
      }
    })
  )
})

/** Answers instead of upgrading, and hangs up. */
const refuse = (socket: Duplex, status: 403 | 404 | 429, detail: string): void => {
  const body = JSON.stringify(problem(status, detail))
  // A stranger that hangs up before it has the answer.
  socket.on("error", () => undefined)
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "Connection: close",
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(status === 429 ? ["Retry-After: 10"] : [])
  ]
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy())
}
