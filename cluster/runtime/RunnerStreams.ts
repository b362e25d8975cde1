/**
 * Streams from actors to other nodes, without a word from the other side.
 *
 * Effect Cluster has each chunk of a stream acknowledged twice by who reads it: by the stream of the RPC that carries
 * it, and by a further call to the actor. For a watch, whose events come one by one, that was three of the four messages
 * that an event cost. Here the runner acknowledges a chunk to its actor itself, as soon as there is room to send it:
 * what a node does not read fills the connection, then `waitingMax`, and then the actor's own queue (`Watchers`), which
 * cuts it off. The connection is shared, so nobody may stop reading one stream and go on with others: gateways, whose
 * hubs never wait, do not.
 */
import * as Envelope from "effect/cluster/Envelope"
import * as Message from "effect/cluster/Message"
import * as Reply from "effect/cluster/Reply"
import * as RunnerServer from "effect/cluster/RunnerServer"
import * as Runners from "effect/cluster/Runners"
import * as Sharding from "effect/cluster/Sharding"
import type * as ClusterError from "effect/cluster/ClusterError"
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import type * as Rpc from "effect/rpc/Rpc"
import * as RpcServer from "effect/rpc/RpcServer"

/** Chunks of one stream that wait for the connection. */
const waitingMax = 16

const layerStream = Runners.Rpcs.toLayerHandler("Stream", Effect.gen(function*() {
  const sharding = yield* Sharding.Sharding
  const { codecFor } = yield* RpcServer.Protocol
  return Effect.fnUntraced(function*({ request }) {
    const waiting = yield* Queue.bounded<Reply.Encoded, ClusterError.EntityNotAssignedToRunner | Cause.Done>(waitingMax)
    const acknowledge = (replyId: Reply.Reply<never>["id"]) => {
      const { address, requestId } = request
      const envelope = new Envelope.AckChunk({ id: replyId, address, requestId, replyId })
      return Effect.ignore(sharding.send(new Message.IncomingEnvelope({ envelope })))
    }
    yield* sharding.send(new Message.IncomingRequest({
      envelope: request,
      lastSentReply: Option.none(),
      codecFor,
      callerScope: yield* Effect.scope,
      respond: (reply) =>
        Reply.serializeOrDefect(reply, codecFor).pipe(
          Effect.flatMap((encoded) => Queue.offer(waiting, encoded)),
          Effect.andThen(reply.reply._tag === "WithExit" ? Queue.end(waiting) : acknowledge(reply.reply.id)),
          Effect.asVoid
        )
    }))
    return waiting
  })
}))

/** What a runner answers to other nodes. */
export const layerServer = RpcServer.layer(Runners.Rpcs, { disableTracing: true, disableFatalDefects: true }).pipe(
  Layer.provide(Layer.merge(RunnerServer.layerHandlers, layerStream)),
  Layer.provide(Layer.effect(
    RpcServer.Protocol,
    Effect.map(RpcServer.makeProtocolSocketServer, (protocol) => RpcServer.Protocol.of({ ...protocol, supportsAck: false }))
  ))
)

/** The other side: what this process calls, which acknowledges nothing that comes from another node. */
export const layerRunners = Layer.effect(
  Runners.Runners,
  Effect.map(Runners.Runners, (runners) =>
    Runners.Runners.of({
      ...runners,
      send: (options) => isAcknowledgement(options.message) ? Effect.void : runners.send(options)
    }))
).pipe(Layer.provide(Runners.layerRpc))

const isAcknowledgement = <R extends Rpc.Any>(message: Message.Outgoing<R>): boolean =>
  message._tag === "OutgoingEnvelope" && message.envelope._tag === "AckChunk"
