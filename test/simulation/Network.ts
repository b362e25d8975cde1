/**
 * The network between simulated nodes: lines that keep the order of their frames and lose none while they last, as TCP
 * does. What meets a partition waits for its end, until somebody loses patience; who dies is hung up on.
 *
 * It takes the place of sockets (`RunnerLine`, `Link`); what is said over it is the real thing (`RunnerCalls`,
 * `RunnerPort.layerAnswers`).
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { unixPathAddress } from "effect/net/NetAddress"
import { type Frame, type Kind, kinds } from "../../cluster/runtime/linkFrames.ts"
import type { Address, Caller, Line } from "../../cluster/runtime/RunnerLine.ts"
import { RunnerLines } from "../../cluster/runtime/RunnerLines.ts"
import { type Answer, type Calls, callersLeft, RunnerPort } from "../../cluster/runtime/RunnerPort.ts"
import type { Process, World } from "./World.ts"

const travelMillis = { min: 0.1, max: 2 }
/** As `RunnerLine` and `RunnerPort` have them. */
const pingMillis = 1_000
const unansweredPingsMax = 3
const silentMillisMax = 10_000

const nothing = new Uint8Array()

/** A node that listens. */
interface Endpoint {
  readonly process: Process
  answer: Answer | undefined
}

export class Network {
  readonly world: World
  readonly endpoints = new Map<string, Endpoint>()
  readonly lines = new Set<SimulatedLine>()
  private readonly cut = new Set<string>()

  constructor(world: World) {
    this.world = world
  }

  /** Nothing goes between the two any more. */
  partition(a: Process, b: Process): void {
    this.cut.add(pairOf(a, b))
  }

  heal(): void {
    this.cut.clear()
    for (const line of this.lines) line.goOn()
  }

  isCut(a: Process, b: Process): boolean {
    return this.cut.has(pairOf(a, b))
  }

  /** What a node has instead of sockets. */
  layer(process: Process, { host, port }: Address): Layer.Layer<RunnerLines | RunnerPort> {
    const name = `${host}:${port}`
    const endpoint: Endpoint = { process, answer: undefined }
    const listening = Effect.acquireRelease(
      Effect.sync(() => {
        this.endpoints.set(name, endpoint)
        process.onDeath.add(() => this.hangUpOn(endpoint))
        return RunnerPort.of({
          address: unixPathAddress(name),
          answer: (answer) =>
            Effect.sync(() => {
              endpoint.answer = answer
            })
        })
      }),
      () => Effect.sync(() => this.hangUpOn(endpoint))
    )
    const calling = Effect.acquireRelease(
      Effect.sync(() => new Map<string, SimulatedLine>()),
      (lines) => Effect.sync(() => lines.forEach((line) => line.hangUp()))
    )
    return Layer.merge(
      Layer.effect(RunnerPort, listening),
      Layer.effect(RunnerLines, Effect.map(calling, (lines) =>
        RunnerLines.of({
          to: (address) => {
            const to = `${address.host}:${address.port}`
            const open = lines.get(to)
            if (open !== undefined) return open
            const line = new SimulatedLine(this, process, this.endpoints.get(to), () => lines.delete(to))
            lines.set(to, line)
            return line
          },
          opened: (address) => lines.get(`${address.host}:${address.port}`)
        })))
    )
  }

  private hangUpOn(endpoint: Endpoint): void {
    for (const [name, other] of this.endpoints) if (other === endpoint) this.endpoints.delete(name)
    endpoint.answer = undefined
    for (const line of this.lines) line.peerGone(endpoint.process)
  }
}

const pairOf = (a: Process, b: Process): string => [a.name, b.name].sort().join(" ")

/** One direction of a line. */
interface Direction {
  lastArrival: number
  held: Array<() => void>
}

class SimulatedLine implements Line {
  private readonly network: Network
  private readonly from: Process
  private readonly endpoint: Endpoint | undefined
  private readonly onEnd: () => void
  private readonly calls = new Map<bigint, Caller>()
  /** As the other side knows them. */
  private readonly callsThere: Calls = new Map()
  private readonly there: Direction = { lastArrival: 0, held: [] }
  private readonly back: Direction = { lastArrival: 0, held: [] }
  private unansweredPings = 0
  private hasEnded = false

  constructor(network: Network, from: Process, endpoint: Endpoint | undefined, onEnd: () => void) {
    this.network = network
    this.from = from
    this.endpoint = endpoint
    this.onEnd = onEnd
    network.lines.add(this)
    if (endpoint === undefined) network.world.after(travelMillis.max, () => this.end(), from)
    else this.ping()
  }

  call(requestId: bigint, body: Uint8Array, caller: Caller): void {
    this.calls.set(requestId, caller)
    this.send(kinds.call, requestId, body)
  }

  forget(requestId: bigint): void {
    this.calls.delete(requestId)
  }

  interrupt(requestId: bigint): void {
    this.send(kinds.interrupt, requestId)
  }

  ask(requestId: bigint, caller: Caller): void {
    this.calls.set(requestId, caller)
    this.send(kinds.ping, requestId)
  }

  hangUp(): void {
    this.end()
  }

  /** The partition that it met has ended. */
  goOn(): void {
    for (const direction of [this.there, this.back]) {
      const held = direction.held
      direction.held = []
      for (const deliver of held) deliver()
    }
  }

  /** One of its ends is gone; the other hears of it, or loses patience. */
  peerGone(process: Process): void {
    if (this.hasEnded || this.endpoint === undefined) return
    const { world } = this.network
    const isCut = this.network.isCut(this.from, this.endpoint.process)
    if (process === this.endpoint.process) world.after(isCut ? unansweredPingsMax * pingMillis : travelMillis.max, () => this.end(), this.from)
    else if (process === this.from) {
      this.network.lines.delete(this)
      world.after(isCut ? silentMillisMax : travelMillis.max, () => this.leave(), this.endpoint.process)
    }
  }

  private readonly link = {
    send: (kind: Kind, requestId = 0n, body: Uint8Array = nothing): void =>
      this.deliver(this.back, () => this.onFrame({ kind, requestId, body }), this.from),
    room: Effect.void
  }

  private send(kind: Kind, requestId = 0n, body: Uint8Array = nothing): void {
    const { endpoint } = this
    if (endpoint === undefined) return
    this.deliver(this.there, () => endpoint.answer?.(this.link, this.callsThere, { kind, requestId, body }), endpoint.process)
  }

  private deliver(direction: Direction, arrive: () => void, to: Process): void {
    const { world } = this.network
    if (this.hasEnded) return
    direction.lastArrival = Math.max(direction.lastArrival, world.now + world.random.between(travelMillis.min, travelMillis.max))
    const go = () => world.after(0, arrive, to)
    world.after(direction.lastArrival - world.now, () => {
      if (this.endpoint !== undefined && this.network.isCut(this.from, this.endpoint.process)) direction.held.push(go)
      else go()
    })
  }

  private ping(): void {
    if (this.hasEnded) return
    if (this.unansweredPings >= unansweredPingsMax) return this.end()
    this.unansweredPings++
    this.send(kinds.ping)
    this.network.world.after(pingMillis, () => this.ping(), this.from)
  }

  private onFrame({ body, kind, requestId }: Frame): void {
    if (this.hasEnded) return
    this.unansweredPings = 0
    const caller = this.calls.get(requestId)
    if (caller === undefined) return
    if (kind === kinds.refusal) caller.onRefusal(Buffer.from(body).toString("utf8"))
    else caller.onReply(body)
  }

  private end(): void {
    if (this.hasEnded) return
    const { endpoint } = this
    if (endpoint !== undefined) this.deliver(this.there, () => this.leave(), endpoint.process)
    this.hasEnded = true
    this.network.lines.delete(this)
    this.onEnd()
    const calls = [...this.calls.values()]
    this.calls.clear()
    for (const { onEnd } of calls) onEnd()
  }

  private leave(): void {
    if (this.endpoint !== undefined) Effect.runForkWith(this.endpoint.process.context)(callersLeft(this.callsThere))
  }
}
