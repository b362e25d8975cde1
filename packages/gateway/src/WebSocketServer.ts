/**
 * The WebSocket edge: upgrades `/ws`, gives every socket a session, and finds dead sockets. Raw `ws`, because the
 * outbox needs `bufferedAmount` and frames are shared between sockets.
 */
import type { Server } from "node:http"
import type { Duplex } from "node:stream"
import { closeCodes, Limits, msgpackSubprotocol, type Subscribe } from "@easel/protocol"
import { Files } from "@easel/store"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberSet from "effect/FiberSet"
import * as Metric from "effect/Metric"
import * as Scope from "effect/Scope"
import { type WebSocket, WebSocketServer } from "ws"
import type { Attachment } from "./Attachment.ts"
import type { FileHub } from "./FileHub.ts"
import * as metrics from "./gatewayMetrics.ts"
import { Hubs } from "./Hubs.ts"
import { errorFrame, SharedFrame, unopened } from "./serverFrames.ts"
import { type OpenFile, Session } from "./Session.ts"
import { SocketOutbox } from "./SocketOutbox.ts"

const path = "/ws"

interface Peer {
  readonly socket: WebSocket
  readonly outbox: SocketOutbox
  readonly session: Session
  readonly openedMillis: number
  lastHeardMillis: number
}

/** Longest that sending one more editor away delays the next, so that few editors need not wait for many. */
const partingMillis = 5

/**
 * Serves editors on an HTTP server until the scope closes. Then all are told that the server drains, and are sent away
 * with 1012 one by one over `drain`, so that they do not all knock at the next door at once.
 */
export const serve = Effect.fnUntraced(function*(server: Server, drain: Duration.Duration) {
  const hubs = yield* Hubs
  const files = yield* Files
  const clock = yield* Clock.Clock
  const run = yield* FiberSet.makeRuntime<never>()
  const runPromise = yield* FiberSet.makeRuntimePromise<never>()
  const nowMillis = () => clock.currentTimeMillisUnsafe()
  const peers = new Set<Peer>()
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: Limits.frameBytesMax,
    clientTracking: false,
    handleProtocols: (asked) => asked.has(msgpackSubprotocol) && msgpackSubprotocol,
    // Editors would compress every small frame with it, which costs more than all the rest of an edit. Snapshots are
    // compressed once for all who ask (`subscribe.compression`).
    perMessageDeflate: false
  })

  const open = (subscribe: Subscribe, outbox: SocketOutbox, attach: (hub: FileHub) => Attachment) =>
    Effect.gen(function*() {
      yield* files.find(subscribe.fileId)
      const scope = yield* Scope.make()
      const hub = yield* Scope.provide(hubs.hub(subscribe.fileId), scope)
      const attachment = attach(hub)
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

  const accept = (socket: WebSocket, stream: Duplex): void => {
    const outbox = new SocketOutbox(socket, stream, socket.protocol === msgpackSubprotocol ? "msgpack" : "json")
    const session = new Session({ nowMillis, open: (subscribe, attach) => runPromise(open(subscribe, outbox, attach)) }, outbox)
    const now = nowMillis()
    const peer: Peer = { socket, outbox, session, openedMillis: now, lastHeardMillis: now }
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
    for (const { lastHeardMillis, openedMillis, outbox, session, socket } of peers) {
      unsent += outbox.unsentBytes
      if (now - lastHeardMillis > Limits.silenceMillisMax) {
        // The seat is free at once; `ws` ends a connection that does not answer the close either.
        session.close()
        socket.close(closeCodes.silent, "no answer to pings")
      } else if (session.idle && now - openedMillis > Limits.handshakeMillisMax) socket.close(closeCodes.silent, "subscribe first")
      else socket.ping()
    }
    return unsent
  }).pipe(
    Effect.flatMap((unsent) => Metric.update(metrics.outboxBytes, unsent)),
    Effect.delay(Limits.pingIntervalMillis),
    Effect.forever
  )

  server.on("upgrade", (request, socket, head) => {
    // Not a URL object: it throws at what strangers may send here, such as `//`.
    if (request.url?.split("?", 1)[0] !== path) {
      // A stranger that hangs up before it has the answer.
      socket.on("error", () => undefined)
      socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
      return
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => accept(webSocket, socket))
  })
  yield* Effect.forkScoped(sweep)
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
