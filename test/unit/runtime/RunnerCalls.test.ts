/** Streams from other members whose readers do not read. */
import * as EntityAddress from "effect/cluster/EntityAddress"
import * as EntityId from "effect/cluster/EntityId"
import * as EntityType from "effect/cluster/EntityType"
import * as Envelope from "effect/cluster/Envelope"
import * as Message from "effect/cluster/Message"
import * as MessageStorage from "effect/cluster/MessageStorage"
import * as Reply from "effect/cluster/Reply"
import * as RunnerAddress from "effect/cluster/RunnerAddress"
import * as Runners from "effect/cluster/Runners"
import * as ShardId from "effect/cluster/ShardId"
import * as ShardingConfig from "effect/cluster/ShardingConfig"
import * as Snowflake from "effect/cluster/Snowflake"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Rpc from "effect/rpc/Rpc"
import * as RpcSerialization from "effect/rpc/RpcSerialization"
import * as Schema from "effect/Schema"
import { expect, test } from "vitest"
import { Link } from "../../../cluster/runtime/Link.ts"
import { type Frame, kinds } from "../../../cluster/runtime/linkFrames.ts"
import * as RunnerCalls from "../../../cluster/runtime/RunnerCalls.ts"
import { RunnerLines } from "../../../cluster/runtime/RunnerLines.ts"
import { listen } from "../../harness/listen.ts"
import { waitUntil } from "../../harness/waitUntil.ts"

const calls = RunnerCalls.layer.pipe(
  Layer.provide([RunnerLines.layer, MessageStorage.layerNoop, ShardingConfig.layer()]),
  Layer.provideMerge(RpcSerialization.layerSchemaBinary())
)

const requestId = Snowflake.Snowflake(7n)
const Count = Rpc.make("Count", { success: Schema.Int, stream: true })

test("a stream whose reader stopped is interrupted and ends, and keeps no more than its bound", async () => {
  const { address, connections } = await listen()
  await Effect.runPromise(Effect.scoped(Effect.gen(function*() {
    const services = yield* Layer.build(calls)
    const { codecFor } = Context.get(services, RpcSerialization.RpcSerialization)
    const goesOn = yield* Deferred.make<void>()
    const heard: Array<string> = []
    const message = new Message.OutgoingRequest({
      envelope: Envelope.makeRequest<typeof Count>({
        requestId,
        address: EntityAddress.make({ entityType: EntityType.make("File"), entityId: EntityId.make("f"), shardId: ShardId.make("default", 1) }),
        tag: "Count",
        payload: undefined,
        headers: Headers.empty
      }),
      lastReceivedReply: Option.none(),
      rpc: Count,
      context: Context.empty(),
      annotations: Context.empty(),
      respond: ({ _tag }) => Effect.andThen(Effect.sync(() => heard.push(_tag)), Deferred.await(goesOn))
    })
    const sent = yield* Effect.forkChild(Context.get(services, Runners.Runners).send({ address: RunnerAddress.make(address.host, address.port), message }))
    yield* until("it is connected", () => connections.length === 1)
    const frames: Array<Frame> = []
    const [connection] = connections
    if (connection === undefined) return
    const runner = new Link(connection, (frame) => frames.push(frame), () => {})
    yield* until("it is called", () => frames.some(({ kind }) => kind === kinds.call))
    const chunk = new Reply.Chunk({ requestId, id: requestId, sequence: 0, values: [1] })
    const bytes = yield* Schema.encodeUnknownEffect(Reply.Reply(Count, codecFor))(chunk)
    // SAFETY: the codec writes bytes.
    for (let count = 0; count < 1_500; count++) runner.send(kinds.reply, requestId, bytes as unknown as Uint8Array)
    yield* until("it is interrupted", () => frames.some((frame) => frame.kind === kinds.interrupt && frame.requestId === requestId))
    yield* Deferred.succeed(goesOn, undefined)
    yield* until("it has ended", () => sent.pollUnsafe() !== undefined)
    expect(heard.at(-1)).toBe("WithExit")
    expect(heard.length).toBeGreaterThan(1_024)
    expect(heard.length).toBeLessThan(1_030)
  })))
})

const until = (what: string, holds: () => boolean) => Effect.promise(() => waitUntil(holds, { what, deadlineMillis: 10_000 }))
