/**
 * Who is in the file and what they are looking at: a board of the newest presence per editor. It remembers which
 * entries changed since the last frame, so that a frame carries each editor at most once however often it moved.
 * Presence is lossy by design and never touches the journal.
 */
import type { Editor, PresenceChanged, PresenceEntry, PresencePatch } from "@easel/protocol"
import { colorOfSlot } from "./colors.ts"
import { joinParts } from "./committedEvent.ts"

interface Seat {
  readonly gatewayId: string
  readonly slot: number
  entry: PresenceEntry
}

export class PresenceBoard {
  private readonly seats = new Map<string, Seat>()
  private readonly changed = new Set<string>()
  private left = new Set<string>()
  /** Clients of whom editors were told before this board was made, and whose gateways may still bring them back. */
  private readonly awaited = new Set<string>()

  get clientIds(): ReadonlyArray<string> {
    return [...this.seats.keys()]
  }

  get size(): number {
    return this.seats.size
  }

  /** Seats an editor and returns its colour. A client that comes back keeps its seat. */
  join(gatewayId: string, { clientId, userId, userName }: Editor): string {
    const before = this.seats.get(clientId)
    const slot = before?.slot ?? this.freeSlot()
    const color = colorOfSlot(slot)
    const entry = { cursor: null, selection: null, viewport: null, ...before?.entry, clientId, userId, userName, color }
    this.seats.set(clientId, { gatewayId, slot, entry })
    this.changed.add(clientId)
    // Whoever left and came back between two frames has not left.
    this.left.delete(clientId)
    this.awaited.delete(clientId)
    return color
  }

  /** Takes the newest fields of editors that have a seat from this gateway. */
  move(gatewayId: string, patches: ReadonlyArray<PresencePatch>): void {
    for (const { clientId, cursor, selection, viewport } of patches) {
      const seat = this.seats.get(clientId)
      if (seat?.gatewayId !== gatewayId) continue
      seat.entry = { ...seat.entry, cursor, selection, viewport }
      this.changed.add(clientId)
    }
  }

  /** Frees the seats of editors of this gateway; one that came back through another keeps its seat. */
  leave(gatewayId: string, clientIds: Iterable<string>): void {
    for (const clientId of clientIds) {
      if (this.seats.get(clientId)?.gatewayId !== gatewayId) continue
      this.seats.delete(clientId)
      this.changed.delete(clientId)
      this.left.add(clientId)
    }
  }

  /** Everybody who came through a gateway that is gone. */
  leaveGateway(gatewayId: string): void {
    this.leave(gatewayId, [...this.seats.keys()])
  }

  /** Editors were told of these clients. Those without a seat have until `giveUpAwaited` to come back. */
  awaitBack(clientIds: Iterable<string>): void {
    for (const clientId of clientIds) if (!this.seats.has(clientId)) this.awaited.add(clientId)
  }

  /** Who has not come back has left. */
  giveUpAwaited(): void {
    for (const clientId of this.awaited) this.left.add(clientId)
    this.awaited.clear()
  }

  /** What changed since the last call, or `undefined`. */
  drain(): PresenceChanged | undefined {
    if (this.changed.size === 0 && this.left.size === 0) return undefined
    const texts = [...this.changed].flatMap((clientId) => {
      const seat = this.seats.get(clientId)
      return seat === undefined ? [] : [{ author: clientId, text: JSON.stringify(seat.entry) }]
    })
    const event: PresenceChanged = { _tag: "PresenceChanged", ...joinParts(texts), left: [...this.left] }
    this.changed.clear()
    this.left.clear()
    return event
  }

  /** Comma-joined JSON of everybody but one, in UTF-8. */
  othersThan(clientId: string): Uint8Array {
    const texts = [...this.seats].flatMap(([id, seat]) => id === clientId ? [] : [JSON.stringify(seat.entry)])
    return Buffer.from(texts.join(","), "utf8")
  }

  private freeSlot(): number {
    const taken = new Set(Array.from(this.seats.values(), (seat) => seat.slot))
    let slot = 0
    while (taken.has(slot)) slot++
    return slot
  }
}
