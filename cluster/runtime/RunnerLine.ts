/**
 * The line of this process to one runner, and the calls that wait for answers on it. It is opened with the first call
 * and lasts until the runner goes, is told dead, or has not answered pings for three seconds; all that waits fails then,
 * for its callers to send again to whoever owns the shard.
 */
import { createConnection } from "node:net"
import { Link } from "./Link.ts"
import { type Frame, kinds } from "./linkFrames.ts"

/** Also the longest that connecting may take. */
const pingMillis = 1_000

const unansweredPingsMax = 3

export interface Address {
  readonly host: string
  readonly port: number
}

/** What a runner says to a call: a reply, or why it does not take it; or nothing any more. */
export interface Caller {
  readonly onReply: (reply: Uint8Array) => void
  readonly onRefusal: (reason: string) => void
  readonly onEnd: () => void
}

/** What callers do with a line. */
export type Line = Pick<RunnerLine, "call" | "forget" | "interrupt" | "ask" | "hangUp">

export class RunnerLine {
  private readonly link: Link
  private readonly calls = new Map<bigint, Caller>()
  private unansweredPings = 0

  constructor(address: Address, onEnd: () => void) {
    const connection = createConnection({ ...address, noDelay: true })
    const pings = setInterval(() => this.ping(), pingMillis)
    this.link = new Link(connection, (frame) => this.onFrame(frame), () => {
      clearInterval(pings)
      onEnd()
      const calls = [...this.calls.values()]
      this.calls.clear()
      for (const { onEnd } of calls) onEnd()
    })
  }

  call(requestId: bigint, body: Uint8Array, caller: Caller): void {
    this.calls.set(requestId, caller)
    this.link.send(kinds.call, requestId, body)
  }

  /** What is still said to this call goes to nobody. */
  forget(requestId: bigint): void {
    this.calls.delete(requestId)
  }

  interrupt(requestId: bigint): void {
    this.link.send(kinds.interrupt, requestId)
  }

  /** Asks whether the runner is there: its answer is a reply to `requestId`. */
  ask(requestId: bigint, caller: Caller): void {
    this.calls.set(requestId, caller)
    this.link.send(kinds.ping, requestId)
  }

  hangUp(): void {
    this.link.hangUp()
  }

  private ping(): void {
    if (this.link.isConnecting || this.unansweredPings >= unansweredPingsMax) return this.hangUp()
    this.unansweredPings++
    this.link.send(kinds.ping)
  }

  private onFrame({ body, kind, requestId }: Frame): void {
    this.unansweredPings = 0
    const caller = this.calls.get(requestId)
    if (caller === undefined) return
    if (kind === kinds.refusal) caller.onRefusal(Buffer.from(body).toString("utf8"))
    else caller.onReply(body)
  }
}
