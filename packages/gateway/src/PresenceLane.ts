/** The way of presence from the sockets of one node to one file's actor: newest wins, one call at a time, 30 a second. */
import { Limits, type PresenceFields, type PresencePatch } from "@easel/protocol"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { FileClient } from "./FileClient.ts"

const interval = Duration.millis(1000 / Limits.presenceHertz)

export class PresenceLane {
  private readonly client: FileClient
  private readonly fork: (effect: Effect.Effect<void>) => void
  private patches = new Map<string, PresencePatch>()
  private left = new Set<string>()
  private busy = false

  constructor(client: FileClient, fork: (effect: Effect.Effect<void>) => void) {
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
  }

  private pump(): void {
    if (this.busy || (this.patches.size === 0 && this.left.size === 0)) return
    const payload = { patches: [...this.patches.values()], left: [...this.left] }
    this.patches = new Map()
    this.left = new Set()
    this.busy = true
    this.fork(this.client.MovePresence(payload).pipe(
      // Presence is lossy: the next movement says it again.
      Effect.ignore,
      Effect.andThen(Effect.sleep(interval)),
      Effect.andThen(Effect.sync(() => {
        this.busy = false
        this.pump()
      }))
    ))
  }
}
