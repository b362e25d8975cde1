/**
 * How runners and gateways speak to each other: Effect RPC in binary frames over TCP. Unauthenticated, so the port
 * belongs on a private interface. A runner that has not answered a ping for three seconds fails the calls under way to
 * it, which their callers send again to whoever owns the shard then.
 */
import * as NodeSocket from "@effect/platform-node/NodeSocket"
import * as NodeSocketServer from "@effect/platform-node/NodeSocketServer"
import * as Runners from "effect/cluster/Runners"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as RpcClient from "effect/rpc/RpcClient"
import * as RpcSerialization from "effect/rpc/RpcSerialization"
import { Socket } from "effect/socket/Socket"
import { SocketServer } from "effect/socket/SocketServer"
import { corked } from "./corked.ts"
import * as endingWrites from "./endingWrites.ts"
import { RunnerLines } from "./RunnerLines.ts"

/** Largest frame between nodes: a snapshot of a very big document, uncompressed. */
const frameBytesMax = 512 * 1024 * 1024

const pingInterval = "1 second"
const pingTimeout = "3 seconds"

export const layerSerialization = RpcSerialization.layerSchemaBinary({ maxFrameSize: frameBytesMax })

export const layerClients = Layer.effect(
  Runners.RpcClientProtocol,
  Effect.map(Effect.all([RpcSerialization.RpcSerialization, RunnerLines]), ([serialization, lines]) => ({
    codecFor: serialization.codecFor,
    make: Effect.fnUntraced(function*(address) {
      const socket = yield* lines.socketTo(address)
      const protocol = yield* RpcClient.makeProtocolSocket({ pingInterval, pingTimeout }).pipe(
        Effect.provideService(Socket, socket),
        Effect.provideService(RpcSerialization.RpcSerialization, serialization)
      )
      return { ...protocol, supportsAck: false }
    }, Effect.orDie)
  }))
)

/** Where a runner is called. */
export const layerServer = (listenHost: string, port: number) =>
  endingWrites.layer(Layer.effect(
    SocketServer,
    Effect.map(NodeSocketServer.make({ host: listenHost, port, noDelay: true }), (server) =>
      SocketServer.of({ ...server, run: (handler) => server.run((socket) => Effect.andThen(corkOwn, handler(socket))) }))
  ))

const corkOwn = Effect.map(Effect.serviceOption(NodeSocket.NetSocket), Option.map(corked))
