/**
 * Sends an editor's own presence: the newest of everything, 30 times a second at most, and again after a reconnect.
 * While nobody else is there once a second is enough, and the first who comes is told at once.
 */
import type { Json } from "@easel/document"
import { Limits } from "@easel/protocol/editor"

export interface PresenceFields {
  readonly cursor: Json
  readonly selection: Json
  readonly viewport: Json
}

const intervalMillis = 1000 / Limits.presenceHertz
const aloneIntervalMillis = 1_000

export class PresenceSender {
  private readonly send: (fields: PresenceFields) => void
  private isAlone = true
  private fields: PresenceFields = { cursor: null, selection: null, viewport: null }
  private everSet = false
  private dirty = false
  private online = false
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(send: (fields: PresenceFields) => void) {
    this.send = send
  }

  set(fields: Partial<PresenceFields>): void {
    this.fields = { ...this.fields, ...fields }
    this.everSet = true
    this.dirty = true
    this.flush()
  }

  /** Somebody else came, or the last one went. */
  company(isAlone: boolean): void {
    if (this.isAlone === isAlone) return
    this.isAlone = isAlone
    if (isAlone) return
    clearTimeout(this.timer)
    this.timer = undefined
    this.flush()
  }

  resume(): void {
    this.online = true
    this.dirty = this.everSet
    this.flush()
  }

  pause(): void {
    this.online = false
  }

  stop(): void {
    this.pause()
    clearTimeout(this.timer)
  }

  private flush(): void {
    if (!this.online || !this.dirty || this.timer !== undefined) return
    this.dirty = false
    this.send(this.fields)
    this.timer = setTimeout(() => {
      this.timer = undefined
      this.flush()
    }, this.isAlone ? aloneIntervalMillis : intervalMillis)
  }
}
