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

/** The gateway of those who are shown and not yet brought back. */
const nowhere = ""

/** Editors whose colours are kept for a moment after they left. */
const partedMax = 200

/** Colours by which a slot is known again. */
const recognisedSlots = 200

const unchanged = { changed: [], joined: [], left: [] }

export class PresenceBoard {
  private readonly seats = new Map<string, Seat>()
  private readonly changed = new Set<string>()
  private left = new Set<string>()
  /** The same since `takeUnsaved`. */
  private readonly unsaved = new Set<string>()
  private readonly newcomers = new Set<string>()
  private readonly departed = new Set<string>()
  /** Slots of those who left a moment ago, by how often the board has aged since: who comes back has the same colour. */
  private readonly parted = new Map<string, { readonly slot: number; ages: number }>()
  /** Clients of whom editors were told before this board was made, and whose gateways may still bring them back. */
  private readonly awaited = new Map<string, { ages: number }>()

  get clientIds(): ReadonlyArray<string> {
    return [...this.seats.keys()]
  }

  get size(): number {
    return this.seats.size
  }

  /** Nobody is here, has just left, or may come back, and everybody who asks what changed has been told. */
  get isAtRest(): boolean {
    return this.seats.size === 0 && this.parted.size === 0 && this.awaited.size === 0 && this.unsaved.size === 0 && this.departed.size === 0
  }

  get entries(): ReadonlyArray<PresenceEntry> {
    return Array.from(this.seats.values(), ({ entry }) => entry)
  }

  /** Whose client it is. */
  userOf(clientId: string): string | undefined {
    return this.seats.get(clientId)?.entry.userId
  }

  /** Shows whom a former owner had, until their gateways bring them back or they are given up. */
  seed(entries: ReadonlyArray<PresenceEntry>): void {
    for (const entry of entries) {
      if (this.seats.has(entry.clientId)) continue
      this.seats.set(entry.clientId, { gatewayId: nowhere, slot: this.slotOf(entry.color), entry })
      this.awaited.set(entry.clientId, { ages: 0 })
    }
  }

  /** Seats an editor and returns its colour. A client that comes back keeps its seat. */
  join(gatewayId: string, { clientId, userId, userName }: Editor): string {
    const before = this.seats.get(clientId)
    const slot = before?.slot ?? this.parted.get(clientId)?.slot ?? this.freeSlot()
    this.parted.delete(clientId)
    const color = colorOfSlot(slot)
    const entry = { cursor: null, selection: null, viewport: null, ...before?.entry, clientId, userId, userName, color }
    this.seats.set(clientId, { gatewayId, slot, entry })
    this.changed.add(clientId)
    this.unsaved.add(clientId)
    if (before === undefined && !this.departed.delete(clientId)) this.newcomers.add(clientId)
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
      this.unsaved.add(clientId)
    }
  }

  /** Frees the seats of editors of this gateway; one that came back through another keeps its seat. */
  leave(gatewayId: string, clientIds: Iterable<string>): void {
    for (const clientId of clientIds) {
      if (this.seats.get(clientId)?.gatewayId === gatewayId) this.free(clientId)
    }
  }

  private free(clientId: string): void {
    const seat = this.seats.get(clientId)
    if (seat !== undefined && this.parted.size < partedMax) this.parted.set(clientId, { slot: seat.slot, ages: 0 })
    this.seats.delete(clientId)
    this.changed.delete(clientId)
    this.unsaved.delete(clientId)
    this.left.add(clientId)
    if (!this.newcomers.delete(clientId)) this.departed.add(clientId)
  }

  /** Everybody who came through a gateway that is gone. */
  leaveGateway(gatewayId: string): void {
    this.leave(gatewayId, [...this.seats.keys()])
  }

  /** Editors were told of these clients. Those without a seat have until `giveUpAwaited` to come back. */
  awaitBack(clientIds: Iterable<string>): void {
    for (const clientId of clientIds) if (!this.seats.has(clientId)) this.awaited.set(clientId, { ages: 0 })
  }

  /** Who has not come back has left. */
  giveUpAwaited(): void {
    for (const clientId of this.awaited.keys()) this.giveUp(clientId)
    this.awaited.clear()
  }

  private giveUp(clientId: string): void {
    this.free(clientId)
    this.left.add(clientId)
  }

  /** A few seconds have gone by. Returns whether somebody was given up. */
  age(): boolean {
    for (const [clientId, parted] of this.parted) if (++parted.ages > 1) this.parted.delete(clientId)
    let hasGivenUp = false
    for (const [clientId, awaited] of this.awaited) {
      if (++awaited.ages <= 1) continue
      this.awaited.delete(clientId)
      this.giveUp(clientId)
      hasGivenUp = true
    }
    return hasGivenUp
  }

  /** What changed since the last call: the newest entries, those that are new among them, and who left. */
  takeUnsaved(): {
    readonly changed: ReadonlyArray<PresenceEntry>
    readonly joined: ReadonlyArray<PresenceEntry>
    readonly left: ReadonlyArray<string>
  } {
    if (this.unsaved.size === 0 && this.departed.size === 0) return unchanged
    const entryOf = (clientId: string): ReadonlyArray<PresenceEntry> => {
      const seat = this.seats.get(clientId)
      return seat === undefined ? [] : [seat.entry]
    }
    const taken = {
      changed: [...this.unsaved].flatMap(entryOf),
      joined: [...this.newcomers].flatMap(entryOf),
      left: [...this.departed]
    }
    this.unsaved.clear()
    this.newcomers.clear()
    this.departed.clear()
    return taken
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

  /** Comma-joined JSON of everybody, in UTF-8. */
  get all(): Uint8Array {
    return this.othersThan("")
  }

  private slotOf(color: string): number {
    for (let slot = 0; slot < recognisedSlots; slot++) if (colorOfSlot(slot) === color) return slot
    return this.freeSlot()
  }

  private freeSlot(): number {
    const taken = new Set([...this.seats.values(), ...this.parted.values()].map(({ slot }) => slot))
    let slot = 0
    while (taken.has(slot)) slot++
    return slot
  }
}
