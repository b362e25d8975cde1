/** K4: nothing that a node does when it stops waits for a peer that has gone. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as Socket from "effect/socket/Socket"
import { endingWrites } from "../../../cluster/runtime/endingWrites.ts"

const socketWith = (write: Effect.Effect<void, Socket.SocketError>) =>
  endingWrites(Socket.make({ reader: Effect.never, writer: Effect.succeed({ write: () => write, writeAll: () => write }) }))

it.effect("K4: a write that waits for a peer fails when the connection ends, even where it cannot be interrupted", () =>
  Effect.gen(function*() {
    const scope = yield* Scope.make()
    const writer = yield* Scope.provide(socketWith(Effect.never).writer, scope)
    const waiting = yield* Effect.forkChild(Effect.uninterruptible(writer.write("late")), { startImmediately: true })
    expect(waiting.pollUnsafe()).toBeUndefined()
    yield* Scope.close(scope, Exit.void)
    expect(Exit.isFailure(yield* Fiber.await(waiting))).toBe(true)
    expect(Exit.isFailure(yield* Effect.exit(writer.write("later")))).toBe(true)
  }))

it.effect("K4: other writes succeed and fail as ever", () =>
  Effect.gen(function*() {
    const failed = new Socket.SocketError({ reason: new Socket.SocketWriteError({ cause: "broken" }) })
    expect(yield* Effect.exit(Effect.flatMap(socketWith(Effect.void).writer, ({ write }) => write("a")))).toEqual(Exit.void)
    expect(yield* Effect.exit(Effect.flatMap(socketWith(Effect.yieldNow).writer, ({ write }) => write("a")))).toEqual(Exit.void)
    expect(yield* Effect.flip(Effect.flatMap(socketWith(Effect.fail(failed)).writer, ({ write }) => write("a")))).toBe(failed)
  }))
