/** The way of presence from the sockets of one node to one file's actor: newest wins, one call at a time, 30 a second. */
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
    this.patches.set(clientId, { clientId, ...fields })
    this.pump()
  }

  leave(clientId: string): void {
    this.patches.delete(clientId)
    this.left.add(clientId)
    this.pump()
  }

  /** A client that joins again has not left, even if the word of it is still waiting here. */
  rejoin(clientId: string): void {
    this.left.delete(clientId)
    if (this.busy) this.returned.add(clientId)
  }

  private pump(): void {
    if (this.busy || (this.patches.size === 0 && this.left.size === 0)) return
    const { gatewayId, left, patches } = this
    this.patches = new Map()
    this.left = new Set()
    this.busy = true
    this.fork(this.client.MovePresence({ gatewayId, patches: [...patches.values()], left: [...left] }).pipe(
      Effect.as(interval),
      // Movements are lossy, the next one says it again. That somebody left is said once, so it must arrive.
      Effect.catchCause(() =>
        Effect.sync(() => {
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
