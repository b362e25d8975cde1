/**
 * Watches a file as a gateway does, from its last seq again whenever the stream ends, and checks what it is promised
 * (A10): every commit once, in order, without a gap.
 */
import type { Editor, PresenceChanged, PresenceEntry, WatchEvent, WireOperation } from "@easel/protocol"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import type { TestFile } from "./fileCluster.ts"

export interface WatchOptions {
  readonly gatewayId?: string
  /** Without it the watch begins with the present. */
  readonly sinceSeq?: number
  readonly editors?: ReadonlyArray<Editor>
}

export class Watcher {
  readonly gatewayId: string
  readonly events: Array<WatchEvent> = []
  readonly operations: Array<WireOperation> = []
  readonly faults: Array<string> = []
  readonly presence = new Map<string, PresenceEntry>()
  readonly left: Array<string> = []
  seq: number | undefined
  epoch = 0
  opened = 0

  constructor(gatewayId: string, sinceSeq: number | undefined) {
    this.gatewayId = gatewayId
    this.seq = sinceSeq
  }

  get presenceEvents(): ReadonlyArray<PresenceChanged> {
    return this.events.filter((event) => event._tag === "PresenceChanged")
  }

  onEvent(event: WatchEvent): void {
    this.events.push(event)
    switch (event._tag) {
      case "Live":
        this.opened++
        if (this.seq !== undefined && event.seq !== this.seq) this.faults.push(`live at ${event.seq}, not ${this.seq}`)
        this.seq = event.seq
        return
      case "Lost":
        this.seq = event.seq
        return
      case "Committed": {
        if (event.fromSeq !== this.seq) this.faults.push(`commit from ${event.fromSeq}, not ${this.seq}`)
        if (event.epoch < this.epoch) this.faults.push(`epoch ${event.epoch} after ${this.epoch}`)
        const operations: ReadonlyArray<WireOperation> = JSON.parse(`[${Buffer.from(event.body).toString("utf8")}]`)
        for (const { seq } of operations) {
          const last = Math.max(event.fromSeq, this.operations.at(-1)?.seq ?? 0)
          if (seq <= last || seq > event.seq) this.faults.push(`operation ${seq} after ${last} in a commit up to ${event.seq}`)
        }
        this.operations.push(...operations)
        this.seq = event.seq
        this.epoch = event.epoch
        return
      }
      case "PresenceChanged": {
        const entries: ReadonlyArray<PresenceEntry> = JSON.parse(`[${Buffer.from(event.body).toString("utf8")}]`)
        for (const entry of entries) this.presence.set(entry.clientId, entry)
        for (const clientId of event.left) this.presence.delete(clientId)
        this.left.push(...event.left)
      }
    }
  }
}

/** A watch that lasts as long as the scope, or until it is stopped. */
export const watchFile = Effect.fnUntraced(function*(file: TestFile, options: WatchOptions = {}) {
  const gatewayId = options.gatewayId ?? crypto.randomUUID()
  const watcher = new Watcher(gatewayId, options.sinceSeq)
  const once = Effect.suspend(() => {
    const since = watcher.seq === undefined ? {} : { sinceSeq: watcher.seq }
    return file.client.Watch({ gatewayId, editors: options.editors ?? [], shown: [], ...since }).pipe(
      Stream.runForEach((event) => Effect.sync(() => watcher.onEvent(event))),
      // Also when the actor moves, which looks like an interrupt from here.
      Effect.catchCause(() => Effect.void),
      Effect.andThen(Effect.sleep("50 millis"))
    )
  })
  const fiber = yield* Effect.forkScoped(Effect.forever(once))
  return Object.assign(watcher, { stop: Fiber.interrupt(fiber) })
})
