/**
 * A file open in an editor: the SDK's front door. Changes show at once, are sent in the order they were made, and are
 * sent again after every loss of connection until the server has answered; the server knows resends by their keys.
 */
import { type Change, digest, Document, isObjectType, type Json, type ObjectType, type ObjectView, type Operation, toOperation, toView } from "@easel/document"
import { closeCodes, type PresenceEntry, protocolVersion, type ServerFrame, type WireOperation } from "@easel/protocol/editor"
import { Connection, socketUrlOf } from "./Connection.ts"
import { checked } from "./checkOperation.ts"
import type { Connectivity, EditorFileEvents, Status } from "./EditorFileEvents.ts"
import type { EditorFileOptions } from "./EditorFileOptions.ts"
import { GuardedOutbox } from "./GuardedOutbox.ts"
import { Listeners } from "./Listeners.ts"
import { newId } from "./newId.ts"
import { OperationSender } from "./OperationSender.ts"
import { placeAmong, type Placement } from "./placeAmong.ts"
import { type PresenceFields, PresenceSender } from "./PresenceSender.ts"
import { Replica } from "./Replica.ts"
import { ServerClock } from "./ServerClock.ts"
import { inverseOf, onePerRegister, Undo } from "./Undo.ts"

/** A step of undo that lasts longer than a call, such as a drag. `cancel` takes back all that was changed in it. */
export interface OpenStep {
  end(): void
  cancel(): void
}

const fatalCodes = new Set(["file_missing", "file_damaged", "bad_subscribe", "unsupported_version"])

export class EditorFile {
  readonly fileId: string
  private readonly options: EditorFileOptions
  private readonly connection: Connection
  private readonly replica = new Replica()
  private readonly clock = new ServerClock(() => Date.now())
  private readonly history = new Undo()
  private readonly listeners = new Listeners<EditorFileEvents>()
  private readonly sender = new OperationSender((operations) => this.connection.send("operation", { operations }), () => this.flush())
  private readonly presenceSender: PresenceSender
  private readonly outbox: GuardedOutbox
  private readonly others = new Map<string, PresenceEntry>()
  private connectivity: Connectivity = "connecting"
  private mode: Status["mode"] = "normal"
  private clientIdKept: string | undefined
  private ownColor = ""
  private fileName = ""
  private subscribedMillis = 0
  private flushing = false
  private group: Array<Change> | undefined

  constructor(options: EditorFileOptions) {
    this.options = options
    this.fileId = options.fileId
    const WebSocket = options.WebSocket ?? globalThis.WebSocket
    if (WebSocket === undefined) throw new Error("there is no global WebSocket here: pass one as options.WebSocket")
    this.presenceSender = new PresenceSender((fields) => this.connection.send("presence", fields))
    const urls = typeof options.url === "string" ? [options.url] : options.url
    this.connection = new Connection(urls.map(socketUrlOf), WebSocket, options.format ?? "json", {
      onOpen: () => this.subscribe(),
      onFrame: (frame) => this.onFrame(frame),
      onClose: ({ code }) => this.onClose(code)
    })
    this.outbox = new GuardedOutbox(options.outbox, {
      onOpen: () => this.listeners.emit("status", this.status),
      onTakenOver: (operations) => this.takeOver(operations),
      onFailed: (failure) => {
        this.listeners.emit("outboxFailed", failure)
        this.listeners.emit("status", this.status)
      }
    })
    this.outbox.open()
  }

  // ---- reading --------------------------------------------------------------------------------------------------

  /** The document as the user sees it. Never changes; `change` announces a new one. */
  get document(): Document.Document {
    return this.replica.view
  }

  get(objectId: string): ObjectView | undefined {
    const object = this.document.get(objectId)
    return object === undefined ? undefined : toView(object)
  }

  get name(): string {
    return this.fileName
  }

  get clientId(): string | undefined {
    return this.clientIdKept
  }

  get color(): string {
    return this.ownColor
  }

  /** The seq up to which everything has been received. */
  get seq(): number | undefined {
    return this.replica.seq
  }

  /** The digest of the confirmed document, equal in every replica at the same seq. Costs a walk over the document. */
  digest(): string {
    return digest(this.replica.confirmedDocument)
  }

  /** The other editors, by client id. */
  get presence(): ReadonlyMap<string, PresenceEntry> {
    return this.others
  }

  get status(): Status {
    return { connectivity: this.connectivity, waiting: this.replica.pendingCount, mode: this.mode, outbox: this.outbox.state }
  }

  /** Returns the function that stops listening. */
  on<Name extends keyof EditorFileEvents>(name: Name, listener: (event: EditorFileEvents[Name]) => void): () => void {
    return this.listeners.on(name, listener)
  }

  // ---- changing -------------------------------------------------------------------------------------------------

  /** Returns the id of the new object. */
  create(
    type: ObjectType,
    properties: Readonly<Record<string, Json>> = {},
    at: { readonly id?: string; readonly parentId?: string | null; readonly place?: Placement } = {}
  ): string {
    if (!isObjectType(type)) throw new Error(`${String(type)} is not an object type`)
    const objectId = at.id ?? newId()
    const parentId = at.parentId ?? null
    const { key, room } = placeAmong(this.document, parentId, at.place ?? "last", objectId)
    this.change([...room, { operationType: "create", objectId, objectType: type, properties, parentId, orderKey: key }])
    return objectId
  }

  /** Sets properties by path. `null` clears one. */
  update(objectId: string, properties: Readonly<Record<string, Json>>): void {
    this.change(Object.entries(properties).map(([propertyPath, newValue]) => ({ operationType: "update", objectId, propertyPath, newValue })))
  }

  /** Hangs an object under a parent (`null`: the file) at a place among its children. */
  move(objectId: string, parentId: string | null, place: Placement = "last"): void {
    if (Document.wouldCycle(this.document, objectId, parentId)) throw new Error("an object cannot be moved into itself")
    const { key, room } = placeAmong(this.document, parentId, place, objectId)
    this.change([...room, { operationType: "move", objectId, parentId, orderKey: key }])
  }

  delete(...objectIds: ReadonlyArray<string>): void {
    this.change(objectIds.map((objectId) => ({ operationType: "delete", objectId })))
  }

  restore(...objectIds: ReadonlyArray<string>): void {
    this.change(objectIds.map((objectId) => ({ operationType: "restore", objectId })))
  }

  /** Makes everything that `edit` changes one step of undo. */
  transact(edit: () => void): void {
    if (this.group !== undefined) return edit()
    const inverse: Array<Change> = []
    this.group = inverse
    try {
      edit()
    } finally {
      this.group = undefined
      if (inverse.length > 0) this.history.record(inverse)
    }
  }

  /** Makes all changes until its end one step of undo, in which a register counts once, however often it was written. */
  startStep(): OpenStep {
    if (this.group !== undefined) throw new Error("another step is open")
    const inverse: Array<Change> = []
    this.group = inverse
    const close = (): ReadonlyArray<Change> => {
      if (this.group !== inverse) return []
      this.group = undefined
      return onePerRegister(inverse)
    }
    return {
      end: () => {
        const changes = close()
        if (changes.length > 0) this.history.record(changes)
      },
      cancel: () => this.apply(close())
    }
  }

  get canUndo(): boolean {
    return this.history.canUndo
  }

  get canRedo(): boolean {
    return this.history.canRedo
  }

  undo(): void {
    this.apply(this.history.undo((changes) => inverseOf(this.document, changes)))
  }

  redo(): void {
    this.apply(this.history.redo((changes) => inverseOf(this.document, changes)))
  }

  /** Tells the others what this editor points at and looks at; sent at most 30 times a second, and once while alone. */
  setPresence(fields: Partial<PresenceFields>): void {
    this.presenceSender.set(fields)
  }

  /** Resolves when the server has answered everything that was changed so far, here and in pages that are gone. */
  async saved(): Promise<void> {
    while ((this.replica.pendingCount > 0 || this.outbox.state === "opening") && this.connectivity !== "closed" && this.connectivity !== "failed") {
      await new Promise<void>((resolve) => {
        const stop = this.on("status", () => {
          stop()
          resolve()
        })
      })
    }
    if (this.replica.pendingCount > 0) throw new Error(`${this.replica.pendingCount} operations were not saved`)
  }

  /** Drops the connection and makes a new one, as if the network had failed. */
  reconnect(): void {
    this.connection.reconnect()
  }

  close(): void {
    this.connectivity = "closed"
    this.presenceSender.stop()
    this.connection.close()
    this.outbox.close()
    this.listeners.emit("status", this.status)
  }

  // ---- inside ---------------------------------------------------------------------------------------------------

  private change(changes: ReadonlyArray<Change>): void {
    if (changes.length === 0) return
    const inverse = inverseOf(this.document, changes)
    this.apply(changes)
    if (this.group === undefined) this.history.record(inverse)
    else this.group.unshift(...inverse)
  }

  private apply(changes: ReadonlyArray<Change>): void {
    if (changes.length === 0) return
    const timestamp = this.clock.next()
    const operations = changes.map((change) => checked(this.document, toOperation(change, newId(), timestamp)))
    this.replica.applyLocal(operations)
    this.outbox.add(operations)
    this.listeners.emit("change", { objectIds: new Set(changes.map(({ objectId }) => objectId)), origin: "local" })
    this.listeners.emit("status", this.status)
    this.flushSoon()
  }

  /** Operations of pages that are gone. What is made from now on is made on top of them. */
  private takeOver(operations: ReadonlyArray<Operation.Operation>): void {
    for (const { timestamp } of operations) this.clock.saw(timestamp)
    const objectIds = this.replica.takeOver(operations)
    if (objectIds.size > 0) this.listeners.emit("change", { objectIds, origin: "remote" })
    this.listeners.emit("status", this.status)
    this.flushSoon()
  }

  private subscribe(): void {
    const { fileId, userId, userName = userId } = this.options
    this.subscribedMillis = Date.now()
    this.connection.send("subscribe", {
      fileId,
      userId,
      userName,
      protocolVersion,
      compression: "deflate-raw",
      ...(this.clientIdKept === undefined ? {} : { clientId: this.clientIdKept }),
      // Under a new identity own operations without an answer would get wrong stamps; a snapshot holds them.
      ...(this.replica.seq === undefined || this.clientIdKept === undefined ? {} : { sinceSeq: this.replica.seq })
    })
  }

  private onFrame(frame: ServerFrame): void {
    switch (frame.type) {
      case "sync":
        return this.onSync(frame.payload)
      case "operation":
        return this.onOperations(frame.payload)
      case "ack":
        return this.onAck(frame.payload)
      case "presence":
        for (const entry of frame.payload.presence) this.others.set(entry.clientId, entry)
        for (const clientId of frame.payload.left) this.others.delete(clientId)
        return this.onOthers()
      case "renamed":
        return this.onName(frame.payload.name)
      case "status":
        this.mode = frame.payload.mode
        return this.listeners.emit("status", this.status)
      case "error":
        return this.onError(frame.payload)
      case "pong":
        return
    }
  }

  private onSync(payload: Extract<ServerFrame, { readonly type: "sync" }>["payload"]): void {
    this.clock.measure(payload.serverTime, this.subscribedMillis)
    this.clock.saw(payload.latestTimestamp)
    this.connection.settled()
    this.clientIdKept = payload.clientId
    this.ownColor = payload.yourColor
    this.others.clear()
    for (const entry of payload.presence) this.others.set(entry.clientId, entry)
    if ("file" in payload) {
      this.onName(payload.file.name)
      this.replica.onSnapshot(payload.file, payload.seq)
      this.listeners.emit("change", { origin: "remote" })
    } else {
      this.onOperations(payload)
    }
    this.connectivity = "online"
    this.mode = "normal"
    this.onOthers()
    this.listeners.emit("synced", { seq: payload.seq })
    this.listeners.emit("status", this.status)
    this.presenceSender.resume()
    this.flush()
  }

  private onOthers(): void {
    this.presenceSender.company(this.others.size === 0)
    this.listeners.emit("presence", this.others)
  }

  private onName(name: string): void {
    if (name === this.fileName) return
    this.fileName = name
    this.listeners.emit("renamed", { name })
  }

  private onOperations({ operations, seq }: { readonly operations: ReadonlyArray<WireOperation>; readonly seq: number }): void {
    for (const { timestamp } of operations) this.clock.saw(timestamp)
    this.outbox.remove(operations.flatMap(({ id }) => this.replica.pendingOperation(id) === undefined ? [] : [id]))
    const objectIds = this.replica.onOperations(operations, seq)
    this.listeners.emit("change", { objectIds, origin: "remote" })
  }

  private onAck({ results, seq }: Extract<ServerFrame, { readonly type: "ack" }>["payload"]): void {
    this.sender.answered(results.length)
    for (const { id, status } of results) {
      // Its object never came to be, or is somebody else's under the same id: no undo may touch it.
      const refused = status === "rejected" ? this.replica.pendingOperation(id) : undefined
      if (refused?.operationType === "create") this.history.forget(refused.objectId)
    }
    const objectIds = this.replica.onResults(results, seq, this.clientIdKept ?? "")
    this.outbox.remove(results.map(({ id }) => id))
    if (objectIds.size > 0) this.listeners.emit("change", { objectIds, origin: "remote" })
    for (const result of results) if (result.status === "rejected") this.listeners.emit("rejected", result)
    this.listeners.emit("ack", { results })
    this.listeners.emit("status", this.status)
    this.flush()
  }

  private onError({ code, message, operationIds }: Extract<ServerFrame, { readonly type: "error" }>["payload"]): void {
    if (fatalCodes.has(code)) {
      this.connectivity = "failed"
      this.connection.close()
      this.outbox.close()
      this.listeners.emit("failed", { code, message })
      this.listeners.emit("status", this.status)
    } else if (operationIds !== undefined || this.connectivity !== "online") {
      // Everything unanswered is sent again, in order, on a new connection.
      this.connection.reconnect()
    }
  }

  private onClose(code: number): void {
    // Another connection took this identity over; two with one identity would not hear of each other's edits.
    if (code === closeCodes.replaced) this.clientIdKept = undefined
    this.replica.unsendAll()
    this.sender.reset()
    this.presenceSender.pause()
    if (this.connectivity === "online" || this.connectivity === "connecting") this.connectivity = "offline"
    this.listeners.emit("status", this.status)
  }

  /** What is changed in one turn of the event loop leaves in one frame. */
  private flushSoon(): void {
    if (this.flushing) return
    this.flushing = true
    queueMicrotask(() => {
      this.flushing = false
      this.flush()
    })
  }

  private flush(): void {
    if (this.connectivity === "online" && this.connection.isOpen) this.sender.send(this.replica.pending)
  }
}
