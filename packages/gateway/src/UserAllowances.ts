/**
 * What a user may send by all connections together: on this node at once, and on all nodes as far as `UsageStore` knows,
 * which is asked a few times a second about those who send a lot. Who has used up a window's share everywhere waits for
 * the next one.
 */
import { Limits } from "@easel/protocol"
import { type Usage, UsageStore, type Window } from "@easel/store"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type Allowance, ConnectionAllowance, type Rates } from "./Allowance.ts"

const windowMillis = 5_000
const lookEvery = "250 millis"

/** Of a share of the whole in one look: who sends less is nobody's concern, on however many nodes he does it. */
const notableShare = 1 / 400

class UserAllowance implements Allowance {
  connections = 0
  /** Sent since the last look. */
  frames = 0
  operations = 0
  /** The window whose share is used up. */
  private spent: number | undefined
  private readonly here: Allowance

  constructor(rates: Rates) {
    this.here = new ConnectionAllowance(rates)
  }

  take(operations: number, nowMillis: number): boolean {
    if (this.spent !== undefined && this.spent === windowAt(nowMillis)) return false
    if (!this.here.take(operations, nowMillis)) return false
    this.frames++
    this.operations += operations
    return true
  }

  /** What was sent on all nodes in a window. */
  saw(window: number, { frames, operations }: Usage, most: Usage): void {
    if (frames > most.frames || operations > most.operations) this.spent = window
  }
}

export class UserAllowances {
  private readonly rates: Rates
  private readonly most: Usage
  private readonly users = new Map<string, UserAllowance>()

  /** `rates` are those of one connection. */
  constructor({ framesPerSecond, operationsPerSecond }: Rates) {
    this.rates = {
      framesPerSecond: framesPerSecond * Limits.userConnectionsWorth,
      operationsPerSecond: operationsPerSecond * Limits.userConnectionsWorth
    }
    const seconds = windowMillis / 1_000
    this.most = { frames: this.rates.framesPerSecond * seconds, operations: this.rates.operationsPerSecond * seconds }
  }

  /** The allowance of a user, shared by all connections until they `leave`. */
  enter(userId: string): Allowance {
    let user = this.users.get(userId)
    if (user === undefined) this.users.set(userId, user = new UserAllowance(this.rates))
    user.connections++
    return user
  }

  leave(userId: string): void {
    const user = this.users.get(userId)
    if (user !== undefined && --user.connections === 0) this.users.delete(userId)
  }

  /** Compares with the other nodes, for as long as it runs. */
  get watch(): Effect.Effect<never, never, UsageStore> {
    return Effect.gen({ self: this }, function*() {
      const store = yield* UsageStore
      while (true) {
        yield* Effect.sleep(lookEvery)
        const nowMillis = yield* Clock.currentTimeMillis
        const used = this.takeNotable()
        if (used.size === 0) continue
        const window: Window = { index: windowAt(nowMillis), millis: windowMillis }
        for (const [userId, total] of yield* store.add(window, used)) this.users.get(userId)?.saw(window.index, total, this.most)
      }
    })
  }

  private takeNotable(): ReadonlyMap<string, Usage> {
    const notable = new Map<string, Usage>()
    for (const [userId, user] of this.users) {
      const { frames, operations } = user
      if (frames < this.most.frames * notableShare && operations < this.most.operations * notableShare) continue
      notable.set(userId, { frames, operations })
      user.frames = 0
      user.operations = 0
    }
    return notable
  }
}

const windowAt = (nowMillis: number): number => Math.floor(nowMillis / windowMillis)
