/**
 * The way of presence from the sockets of one node to one file's actor: newest wins, one call at a time, 30 a second.
 * What a call that failed would have said is said again, unless it is old by then: who stands still says nothing more.
 */
import { Limits, type PresenceFields, type PresencePatch } from "@easel/protocol"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { FileClient } from "./FileClient.ts"

const interval = Duration.millis(1000 / Limits.presenceHertz)

/** Wait after a call that failed: the file is moving, or cannot be served. */
const failurePause = Duration.seconds(1)

export class PresenceLane {
  private readonly gatewayId: string
  private readonly client: FileClient
  private readonly fork: (effect: Effect.Effect<void>) => void
  private patches = new Map<string, PresencePatch>()
  /** Where everybody here was last, for an owner that may not know. */
  private readonly newest = new Map<string, PresencePatch>()
  private left = new Set<string>()
  private busy = false
  /** Clients that joined again while a call is under way. */
  private readonly returned = new Set<string>()

  constructor(gatewayId: string, client: FileClient, fork: (effect: Effect.Effect<void>) => void) {
    this.gatewayId = gatewayId
    this.client = client
    this.fork = fork
  }

  move(clientId: string, fields: PresenceFields): void {
    const patch = { clientId, ...fields }
    this.newest.set(clientId, patch)
    this.patches.set(clientId, patch)
    this.pump()
  }

  leave(clientId: string): void {
    this.newest.delete(clientId)
    this.patches.delete(clientId)
    this.left.add(clientId)
    this.pump()
  }

  /** The file has another owner: it hears where everybody is. */
  repeat(): void {
    this.patches = new Map([...this.newest, ...this.patches])
    this.pump()
  }

  /** A client that joins again has not left, even if the word of it is still waiting here. */
  rejoin(clientId: string): void {
    this.left.delete(clientId)
    if (this.busy) this.returned.add(clientId)
  }

  private putBack(clientId: string): void {
    const newest = this.newest.get(clientId)
    if (newest !== undefined) this.patches.set(clientId, newest)
  }

  private pump(): void {
    if (this.busy || (this.patches.size === 0 && this.left.size === 0)) return
    const { gatewayId, left, patches } = this
    this.patches = new Map()
    this.left = new Set()
    this.busy = true
    this.fork(this.client.MovePresence({ gatewayId, patches: [...patches.values()], left: [...left] }).pipe(
      Effect.as(interval),
      Effect.catchCause(() =>
        Effect.sync(() => {
          for (const clientId of patches.keys()) this.putBack(clientId)
          for (const clientId of left) if (!this.returned.has(clientId)) this.left.add(clientId)
          return failurePause
        })),
      Effect.flatMap(Effect.sleep),
      Effect.andThen(Effect.sync(() => {
        this.busy = false
        this.returned.clear()
        this.pump()
      }))
    ))
  }
}
