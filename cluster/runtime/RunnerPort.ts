/**
 * Where a runner is called by other members: frames over TCP (`linkFrames`). Unauthenticated, so the port belongs on a
 * private interface.
 *
 * A chunk of a stream is acknowledged to its actor here, as soon as the connection has room for more. Who calls says
 * nothing about it: for a watch, whose events come one by one, acknowledgements were three of the four messages that an
 * event cost. What a member does not read fills its connection and then the actor's own queue (`Watchers`), which cuts
 * it off.
 */
import type { Socket as Connection } from "node:net"
import * as NodeSocket from "@effect/platform-node/NodeSocket"
import * as NodeSocketServer from "@effect/platform-node/NodeSocketServer"
import * as EntityAddress from "effect/cluster/EntityAddress"
import * as EntityId from "effect/cluster/EntityId"
import * as EntityType from "effect/cluster/EntityType"
import * as Envelope from "effect/cluster/Envelope"
import * as Message from "effect/cluster/Message"
import * as Reply from "effect/cluster/Reply"
import * as ShardId from "effect/cluster/ShardId"
import * as Sharding from "effect/cluster/Sharding"
import * as Snowflake from "effect/cluster/Snowflake"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Headers from "effect/http/Headers"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Rpc from "effect/rpc/Rpc"
import * as RpcSerialization from "effect/rpc/RpcSerialization"
import * as Scope from "effect/Scope"
import type { SocketServer } from "effect/socket/SocketServer"
import { Link, unsentBytesMax } from "./Link.ts"
import { decodeCall, type Frame, kinds } from "./linkFrames.ts"

/** A member from which nothing comes for so long, and to which nothing goes, is gone: it says something every second. */
const silentMillisMax = 10_000

/** It answers also while the files leave, for as long as it is there: so callers hear at once what is not here any more. */
export class RunnerPort extends Context.Service<RunnerPort, {
  readonly address: SocketServer["Service"]["address"]
  /** Whoever has connected, and connects from now on, is answered so. */
  readonly answer: (answer: Answer) => Effect.Effect<void>
}>()("@easel/cluster/RunnerPort") {
  static readonly layer = (listenHost: string, port: number) =>
    Layer.effect(RunnerPort, Effect.gen(function*() {
      const server = yield* NodeSocketServer.make({ host: listenHost, port, noDelay: true, highWaterMark: unsentBytesMax })
      const scope = yield* Effect.scope
      const serve = (answer: Answer) =>
        Effect.flatMap(Effect.serviceOption(NodeSocket.NetSocket), Option.match({ onNone: () => Effect.void, onSome: answered(answer) }))
      return RunnerPort.of({
        address: server.address,
        answer: (answer) => Effect.asVoid(Effect.forkIn(server.run(() => serve(answer)), scope))
      })
    }))
}

/** What is done with a frame of a member whose calls under way are given. */
export type Answer = (link: Pick<Link, "send" | "room">, calls: Calls, frame: Frame) => void

const answered = (answer: Answer) => (connection: Connection): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const calls: Calls = new Map()
    const link = new Link(connection, (frame) => answer(link, calls, frame), () => resume(callersLeft(calls)))
    connection.setTimeout(silentMillisMax, () => link.hangUp())
    return Effect.andThen(Effect.sync(() => link.hangUp()), callersLeft(calls))
  })

interface Call {
  readonly address: EntityAddress.EntityAddress
  /** Closed when the caller goes before it has its answer, which interrupts what the actor does for it. */
  readonly caller: Scope.Closeable
}

export type Calls = Map<bigint, Call>

/** The connection is gone, and so are those who called over it. */
export const callersLeft = (calls: Calls): Effect.Effect<void> =>
  Effect.suspend(() => {
    const left = [...calls.values()]
    calls.clear()
    return Effect.forEach(left, ({ caller }) => Scope.close(caller, Exit.void), { discard: true })
  })

/** Calls are taken to the actors of this runner. */
export const layerAnswers = Layer.effectDiscard(Effect.gen(function*() {
  const port = yield* RunnerPort
  const sharding = yield* Sharding.Sharding
  const snowflakes = yield* Snowflake.Generator
  const { codecFor } = yield* RpcSerialization.RpcSerialization
  const run = Effect.runForkWith(yield* Effect.context<never>())

  const call = (link: Pick<Link, "send" | "room">, calls: Calls, requestId: Snowflake.Snowflake, body: Uint8Array): Effect.Effect<void> => {
    const { head, payload } = decodeCall(body)
    const { entityId, entityType, shard, shardGroup, tag } = head
    const address = EntityAddress.make({
      entityType: EntityType.make(entityType),
      entityId: EntityId.make(entityId),
      shardId: ShardId.make(shardGroup, shard)
    })
    const caller = Scope.makeUnsafe()
    calls.set(requestId, { address, caller })

    const reply = <R extends Rpc.Any>(reply: Reply.ReplyWithContext<R>): Effect.Effect<void> =>
      Effect.flatMap(Reply.serializeOrDefect(reply, codecFor), (bytes) => {
        // SAFETY: the codec writes bytes.
        link.send(kinds.reply, requestId, bytes as unknown as Uint8Array)
        if (reply.reply._tag === "Chunk") return Effect.andThen(link.room, acknowledge(reply.reply.id))
        calls.delete(requestId)
        return Effect.void
      })

    const acknowledge = (replyId: Snowflake.Snowflake): Effect.Effect<void> => {
      const envelope = new Envelope.AckChunk({ id: replyId, address, requestId, replyId }, { disableChecks: true })
      return Effect.ignore(sharding.send(new Message.IncomingEnvelope({ envelope })))
    }

    return sharding.send(new Message.IncomingRequest({
      envelope: { _tag: "Request", requestId, address, tag, payload, headers: Headers.empty },
      lastSentReply: Option.none(),
      codecFor,
      callerScope: caller,
      respond: reply
    })).pipe(
      Effect.catch(({ _tag }) =>
        Effect.sync(() => {
          calls.delete(requestId)
          link.send(kinds.refusal, requestId, Buffer.from(_tag, "utf8"))
        })),
      Effect.catchCause((cause) => {
        const ids = { id: snowflakes.nextUnsafe(), requestId }
        return reply(Cause.hasInterrupts(cause)
          ? Reply.ReplyWithContext.interrupt(ids)
          : Reply.ReplyWithContext.fromDefect({ ...ids, defect: Cause.squash(cause) }))
      })
    )
  }

  const interrupt = ({ address }: Call, requestId: Snowflake.Snowflake): Effect.Effect<void> => {
    const envelope = new Envelope.Interrupt({ id: snowflakes.nextUnsafe(), address, requestId }, { disableChecks: true })
    return Effect.ignore(sharding.send(new Message.IncomingEnvelope({ envelope })))
  }

  yield* port.answer((link, calls, { body, kind, requestId }) => {
    const id = Snowflake.Snowflake(requestId)
    const earlier = calls.get(requestId)
    if (kind === kinds.ping) link.send(kinds.pong, requestId)
    else if (kind === kinds.call && earlier === undefined) run(call(link, calls, id, body))
    else if (kind === kinds.interrupt && earlier !== undefined) run(interrupt(earlier, id))
  })
})).pipe(Layer.provide(Snowflake.layerGenerator))
