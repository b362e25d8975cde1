/**
 * The gateways that watch a file. Each has a bounded queue; one that does not keep up is cut off with an error and
 * watches again from the last seq it saw, so a slow gateway costs neither memory nor anybody's time.
 */
import { type FileMoved, FileUnavailable, type WatchEvent } from "@easel/protocol"
import * as Cause from "effect/Cause"
import type * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"

/** Events that wait for one gateway. */
const watcherEventsMax = 1024

export type WatcherQueue = Queue.Queue<WatchEvent, FileUnavailable | FileMoved>

export const makeQueue: Effect.Effect<WatcherQueue> = Queue.dropping<WatchEvent, FileUnavailable | FileMoved>(watcherEventsMax)

export class Watchers {
  private readonly fileId: string
  private readonly queues = new Map<string, WatcherQueue>()

  constructor(fileId: string) {
    this.fileId = fileId
  }

  get size(): number {
    return this.queues.size
  }

  /** Makes the queue current for its gateway, at once; a former one of the same gateway ends. */
  add(gatewayId: string, queue: WatcherQueue): void {
    this.end(gatewayId, this.queues.get(gatewayId), this.unavailable("watched again"))
    this.queues.set(gatewayId, queue)
  }

  /** Forgets a queue. Returns whether the gateway is gone, that is, has not opened another since. */
  remove(gatewayId: string, queue: WatcherQueue): boolean {
    const current = this.queues.get(gatewayId)
    if (current !== undefined && current !== queue) return false
    this.queues.delete(gatewayId)
    return true
  }

  publish(event: WatchEvent): void {
    for (const [gatewayId, queue] of this.queues) {
      if (!Queue.offerUnsafe(queue, event)) this.end(gatewayId, queue, this.unavailable("the gateway reads too slowly"))
    }
  }

  endAll(why: FileUnavailable | FileMoved): void {
    for (const [gatewayId, queue] of this.queues) this.end(gatewayId, queue, why)
  }

  private end(gatewayId: string, queue: WatcherQueue | undefined, why: FileUnavailable | FileMoved): void {
    if (queue === undefined) return
    this.queues.delete(gatewayId)
    Queue.failCauseUnsafe(queue, Cause.fail(why))
  }

  private unavailable(reason: string): FileUnavailable {
    return new FileUnavailable({ fileId: this.fileId, reason })
  }
}
