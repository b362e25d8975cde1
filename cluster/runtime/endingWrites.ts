/**
 * Sockets whose writes end, with their connection or after a while.
 *
 * A write of effect 4.1 to a connection that broke before (`NodeSocket`: destroyed, or its reader gone) waits for a
 * `drain` that never comes. The reader of such a connection may be the one that waits, and so never learns that it is
 * at an end; and `RpcServer` writes answers uninterruptibly and waits for them when it stops. So a runner whose peers
 * had hung up in the middle of calls, because it was frozen, could never stop.
 */
import * as NodeSocket from "@effect/platform-node/NodeSocket"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Socket from "effect/socket/Socket"
import { SocketServer } from "effect/socket/SocketServer"

/** A peer that takes nothing for so long is gone. */
const writeMillisMax = 10_000

/** Writes fail after a while, and when the scope of the writer has closed, or closes while they wait. */
export const endingWrites = (socket: Socket.Socket): Socket.Socket =>
  Socket.make({
    reader: socket.reader,
    writer: Effect.gen(function*() {
      const { write, writeAll } = yield* socket.writer
      const connection = yield* Effect.serviceOption(NodeSocket.NetSocket)
      const waiting = new Set<() => void>()
      let hasEnded = Option.isSome(connection) && connection.value.destroyed
      const endAll = () => {
        hasEnded = true
        for (const end of waiting) end()
      }
      if (Option.isSome(connection)) connection.value.once("close", endAll)
      yield* Effect.addFinalizer(() => Effect.sync(endAll))

      const guard = (writing: Effect.Effect<void, Socket.SocketError>) =>
        Effect.callback<void, Socket.SocketError>((resume) => {
          if (hasEnded || (Option.isSome(connection) && connection.value.destroyed)) return resume(Effect.fail(closed))
          // A fiber of its own, because the one that writes may be uninterruptible.
          const fiber = Effect.runFork(writing)
          const exit = fiber.pollUnsafe()
          if (exit !== undefined) return resume(exit)
          const end = () => {
            fiber.interruptUnsafe()
            resume(Effect.fail(closed))
          }
          waiting.add(end)
          const deadline = setTimeout(end, writeMillisMax)
          fiber.addObserver((written) => {
            clearTimeout(deadline)
            waiting.delete(end)
            resume(Exit.isFailure(written) && Exit.hasInterrupts(written) ? Effect.fail(closed) : written)
          })
          return Effect.sync(end)
        })

      return { write: (chunk) => guard(write(chunk)), writeAll: (chunks) => guard(writeAll(chunks)) }
    })
  })

/** A server whose sockets are so. */
export const layer = <E, R>(server: Layer.Layer<SocketServer, E, R>): Layer.Layer<SocketServer, E, R> =>
  Layer.effect(SocketServer, Effect.map(SocketServer, ({ address, run }) =>
    SocketServer.of({ address, run: (handler) => run((socket) => handler(endingWrites(socket))) }))).pipe(Layer.provide(server))

const closed = new Socket.SocketError({ reason: new Socket.SocketCloseError({ code: 1006 }) })
