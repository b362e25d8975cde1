/**
 * The calls of Effect Cluster to actors elsewhere, over `RunnerLines`: what Effect would send by its RPC goes as one frame
 * a call and one a reply (`linkFrames`), all of a turn together. Nothing is persisted, so a call whose line breaks is sent
 * again by who made it. Chunks of streams are acknowledged where they come from (`RunnerPort`), and nothing is said about
 * them here.
 */
import { AlreadyProcessingMessage, EntityNotAssignedToRunner, MailboxFull, RunnerUnavailable } from "effect/cluster/ClusterError"
import * as Message from "effect/cluster/Message"
import * as Reply from "effect/cluster/Reply"
import type { RunnerAddress } from "effect/cluster/RunnerAddress"
import * as Runners from "effect/cluster/Runners"
import * as Snowflake from "effect/cluster/Snowflake"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import type * as Rpc from "effect/rpc/Rpc"
import * as RpcSerialization from "effect/rpc/RpcSerialization"
import * as Schema from "effect/Schema"
import { encodeCall } from "./linkFrames.ts"
import { RunnerLines } from "./RunnerLines.ts"

/** Replies of one stream that its reader has not taken; more than a read from the connection brings, or it ends. */
const repliesMax = 1_024

type SendError = EntityNotAssignedToRunner | MailboxFull | AlreadyProcessingMessage | RunnerUnavailable

export const layer = Layer.effect(Runners.Runners, Effect.gen(function*() {
  const lines = yield* RunnerLines
  const snowflakes = yield* Snowflake.Generator
  const { codecFor } = yield* RpcSerialization.RpcSerialization

  const request = Effect.fnUntraced(function*<R extends Rpc.Any>(address: RunnerAddress, message: Message.OutgoingRequest<R>) {
    const { address: { entityId, entityType, shardId }, requestId, tag } = message.envelope
    const { payload } = yield* Effect.orDie(Message.serializeRequest(message, codecFor))
    const decode = Schema.decodeUnknownEffect(Reply.Reply(message.rpc, codecFor))
    const replies = yield* Queue.dropping<Uint8Array, SendError>(repliesMax)
    const fail = (error: SendError) => Queue.failCauseUnsafe(replies, Cause.fail(error))
    const line = lines.to(address)
    line.call(requestId, encodeCall({ tag, entityType, entityId, shardGroup: shardId.group, shard: shardId.id }, payload), {
      onReply: (reply) => {
        if (Queue.offerUnsafe(replies, reply)) return
        line.forget(requestId)
        line.interrupt(requestId)
        fail(new RunnerUnavailable({ address }))
      },
      onRefusal: (reason) => fail(refusal(reason, message)),
      onEnd: () => fail(new RunnerUnavailable({ address }))
    })
    let isAnswered = false
    const respondToAll = Effect.gen(function*() {
      while (true) {
        const reply = yield* Effect.orDie(Effect.provideContext(decode(yield* Queue.take(replies)), message.context))
        isAnswered = true
        yield* message.respond(reply)
        if (reply._tag === "WithExit") return
      }
    })
    // A stream that has begun must not be called again by itself: who reads it asks for what follows.
    const end = Effect.suspend(() =>
      message.respond(new Reply.WithExit({ id: snowflakes.nextUnsafe(), requestId, exit: Exit.interrupt() })))
    yield* respondToAll.pipe(
      Effect.catch((error) => isAnswered ? end : Effect.fail(error)),
      Effect.ensuring(Effect.sync(() => line.forget(requestId)))
    )
  })

  return yield* Runners.make({
    codecFor,
    ping: (address) =>
      Effect.callback((resume) => {
        const line = lines.to(address)
        const requestId = snowflakes.nextUnsafe()
        const fail = () => resume(Effect.fail(new RunnerUnavailable({ address })))
        line.ask(requestId, { onReply: () => resume(Effect.void), onRefusal: fail, onEnd: fail })
        return Effect.sync(() => line.forget(requestId))
      }),
    send: ({ address, message }) => {
      if (message._tag === "OutgoingRequest") return request(address, message)
      const { _tag, requestId } = message.envelope
      return _tag === "Interrupt" ? Effect.sync(() => lines.opened(address)?.interrupt(requestId)) : Effect.void
    },
    notify: () => Effect.die("no call is persisted"),
    onRunnerUnavailable: () => Effect.void
  })
})).pipe(Layer.provide(Snowflake.layerGenerator))

const refusal = <R extends Rpc.Any>(reason: string, { envelope: { address, requestId } }: Message.OutgoingRequest<R>): SendError => {
  switch (reason) {
    case "MailboxFull":
      return new MailboxFull({ address })
    case "AlreadyProcessingMessage":
      return new AlreadyProcessingMessage({ address, envelopeId: requestId })
    default:
      return new EntityNotAssignedToRunner({ address })
  }
}
