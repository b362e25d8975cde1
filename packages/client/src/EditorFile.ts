/**
 * A file open in an editor: the SDK's front door. Changes show at once, are sent in the order they were made, and are
 * sent again after every loss of connection until the server has answered; the server knows resends by their keys.
 */
import { type Change, digest, Document, isObjectType, type Json, type ObjectType, type ObjectView, type Operation, toOperation, toView } from "@easel/document"
import { type Access, closeCodes, type Mode, type PresenceEntry, type ServerFrame, type WireOperation } from "@easel/protocol/editor"
import { Connection, socketUrlOf } from "./Connection.ts"
import { checked } from "./checkOperation.ts"
import type { Connectivity, EditorFileEvents, Status } from "./EditorFileEvents.ts"
import type { EditorFileOptions } from "./EditorFileOptions.ts"
import { Comments } from "./Comments.ts"
import { GuardedOutbox } from "./GuardedOutbox.ts"
import { Listeners } from "./Listeners.ts"
import { newId } from "./newId.ts"
import { OperationSender } from "./OperationSender.ts"
import { placeAmong, type Placement } from "./placeAmong.ts"
import { type PresenceFields, PresenceSender } from "./PresenceSender.ts"
import { Replica } from "./Replica.ts"
import { ServerClock } from "./ServerClock.ts"
import { ServerMode } from "./ServerMode.ts"
import { SignIn } from "./SignIn.ts"
import { type OpenStep, Steps } from "./Steps.ts"
import { inverseOf } from "./Undo.ts"
import { subscriptionOf } from "./subscription.ts"
import { untilSaved } from "./untilSaved.ts"

const fatalCodes = new Set(["file_missing", "file_damaged", "bad_subscribe", "unsupported_version", "forbidden"])

export class EditorFile {
  readonly fileId: string
  /** What is said about the file. */
  readonly comments = new Comments((type, payload) => this.connection.send(type, payload), (threads) => this.listeners.emit("comments", threads))
  private readonly options: EditorFileOptions
  private readonly connection: Connection
  private readonly signIn: SignIn
  private readonly replica = new Replica()
  private readonly clock = new ServerClock(() => Date.now())
  private readonly steps = new Steps()
  private readonly listeners = new Listeners<EditorFileEvents>()
  private readonly sender = new OperationSender((operations) => this.connection.send("operation", { operations }), () => this.flush())
  private readonly presenceSender: PresenceSender
  private readonly outbox: GuardedOutbox
  private readonly others = new Map<string, PresenceEntry>()
  private connectivity: Connectivity = "connecting"
  private readonly mode = new ServerMode()
  private clientIdKept: string | undefined
  private ownColor = ""
  private fileName = ""
  private subscribedMillis = 0

  constructor(options: EditorFileOptions) {
    this.options = options
    this.fileId = options.fileId
    const WebSocket = options.WebSocket ?? globalThis.WebSocket
    if (WebSocket === undefined) throw new Error("there is no global WebSocket here: pass one as options.WebSocket")
    this.presenceSender = new PresenceSender((fields) => this.connection.send("presence", fields))
    const urls = typeof options.url === "string" ? [options.url] : options.url
    this.signIn = new SignIn(options, (token) => this.connection.send("authenticate", { token }))
    this.connection = new Connection(urls.map(socketUrlOf), WebSocket, options.format ?? "json", {
      prepare: () => this.signIn.prepare(),
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
    const { connectivity, mode: { role, shown: mode }, outbox: { state: outbox } } = this
    return { connectivity, waiting: this.replica.pendingCount, mode, role, outbox }
  }

  /** Returns the function that stops listening. */
  on<Name extends keyof EditorFileEvents>(name: Name, listener: (event: EditorFileEvents[Name]) => void): () => void {
    return this.listeners.on(name, listener)
  }

  // ---- changing: all of it throws `EditForbidden` while the server is there and the role does not allow it --------

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
    this.steps.transact(edit)
  }

  /** Makes all changes until its end one step of undo, in which a register counts once, however often it was written. */
  startStep(): OpenStep {
    // What the server has taken stays, when the role was lost meanwhile.
    return this.steps.start((inverse) => this.forbidden === undefined && this.apply(inverse))
  }

  get canUndo(): boolean {
    return this.steps.history.canUndo
  }

  get canRedo(): boolean {
    return this.steps.history.canRedo
  }

  undo(): void {
    this.requireEdit()
    this.apply(this.steps.history.undo((changes) => inverseOf(this.document, changes)))
  }

  redo(): void {
    this.requireEdit()
    this.apply(this.steps.history.redo((changes) => inverseOf(this.document, changes)))
  }

  /** Tells the others what this editor points at and looks at; sent at most 30 times a second, and once while alone. */
  setPresence(fields: Partial<PresenceFields>): void {
    this.presenceSender.set(fields)
  }

  /** Resolves when the server has answered everything that was changed so far, here and in pages that are gone. */
  saved(): Promise<void> {
    return untilSaved(this)
  }

  /** Drops the connection and makes a new one, as if the network had failed. */
  reconnect(): void {
    this.connection.reconnect()
  }

  close(): void {
    this.connectivity = "closed"
    this.signIn.pause()
    this.presenceSender.stop()
    this.comments.stop()
    this.connection.close()
    this.outbox.close()
    this.listeners.emit("status", this.status)
  }

  // ---- inside ---------------------------------------------------------------------------------------------------

  /** Why nothing may be changed now. Without a server it is not known, and what is changed then is for it to decide. */
  private get forbidden(): Error | undefined {
    return this.connectivity === "online" ? this.mode.forbidden : undefined
  }

  private requireEdit(): void {
    if (this.forbidden !== undefined) throw this.forbidden
  }

  private change(changes: ReadonlyArray<Change>): void {
    this.requireEdit()
    if (changes.length === 0) return
    const inverse = inverseOf(this.document, changes)
    this.apply(changes)
    this.steps.add(inverse)
  }

  private apply(changes: ReadonlyArray<Change>): void {
    if (changes.length === 0) return
    const timestamp = this.clock.next()
    const operations = changes.map((change) => checked(this.document, toOperation(change, newId(), timestamp)))
    this.replica.applyLocal(operations)
    this.outbox.add(operations)
    this.listeners.emit("change", { objectIds: new Set(changes.map(({ objectId }) => objectId)), origin: "local" })
    this.listeners.emit("status", this.status)
    this.sender.sendSoon()
  }

  /** Operations of pages that are gone. What is made from now on is made on top of them. */
  private takeOver(operations: ReadonlyArray<Operation.Operation>): void {
    for (const { timestamp } of operations) this.clock.saw(timestamp)
    this.showRemote(this.replica.takeOver(operations))
    this.listeners.emit("status", this.status)
    this.sender.sendSoon()
  }

  private subscribe(): void {
    this.mode.connected()
    this.subscribedMillis = Date.now()
    this.connection.send("subscribe", subscriptionOf(this.options, this.signIn.credentials, this.clientIdKept, this.replica.seq))
  }

  private onFrame(frame: ServerFrame): void {
    switch (frame.type) {
      case "sync":
        return this.onSync(frame.payload)
      case "operation":
        return this.onOperations(frame.payload)
      case "tentative":
        return this.showRemote(this.replica.onTentative(frame.payload.operations))
      case "ack":
        return this.onAck(frame.payload)
      case "presence":
        return this.onPresence(frame.payload)
      case "access":
        return this.onAccess(frame.payload)
      case "comments":
      case "comment":
      case "commented":
        return this.comments.onFrame(frame)
      case "renamed":
        return this.onName(frame.payload.name)
      case "status":
        return this.onMode(frame.payload.mode)
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
    this.showRemote(this.replica.dropTentative())
    if ("file" in payload) {
      this.onName(payload.file.name)
      this.replica.onSnapshot(payload.file, payload.seq)
      this.listeners.emit("change", { origin: "remote" })
    } else {
      this.onOperations(payload)
    }
    this.connectivity = "online"
    this.mode.role = payload.role
    this.signIn.onSync(payload)
    this.onPresence({ presence: payload.presence, left: [] })
    this.listeners.emit("synced", { seq: payload.seq })
    this.listeners.emit("status", this.status)
    this.presenceSender.resume()
    this.comments.resume()
    this.flush()
  }

  private onMode(mode: Mode): void {
    if (mode === "normal") this.showRemote(this.replica.dropTentative())
    const next = this.mode.tell(mode)
    this.listeners.emit("status", this.status)
    if (next === "reconnect") this.connection.reconnect()
    else this.flush()
  }

  private onAccess(access: Access): void {
    this.mode.role = access.role
    this.signIn.onAccess(access)
    this.listeners.emit("status", this.status)
  }

  private onPresence({ left, presence }: Extract<ServerFrame, { readonly type: "presence" }>["payload"]): void {
    for (const entry of presence) this.others.set(entry.clientId, entry)
    for (const clientId of left) this.others.delete(clientId)
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
    this.listeners.emit("operations", { operations, seq })
    this.showRemote(objectIds)
  }

  private showRemote(objectIds: ReadonlySet<string>): void {
    if (objectIds.size > 0) this.listeners.emit("change", { objectIds, origin: "remote" })
  }

  private onAck({ results, seq }: Extract<ServerFrame, { readonly type: "ack" }>["payload"]): void {
    this.sender.answered(results.length)
    const rejected = results.filter(({ status }) => status === "rejected")
    for (const { id } of rejected) this.steps.refused(this.replica.pendingOperation(id))
    this.outbox.remove(results.map(({ id }) => id))
    this.showRemote(this.replica.onResults(results, seq, this.clientIdKept ?? ""))
    for (const result of rejected) this.listeners.emit("rejected", result)
    this.listeners.emit("ack", { results })
    this.listeners.emit("status", this.status)
    this.flush()
  }

  private onError({ code, message, operationIds }: Extract<ServerFrame, { readonly type: "error" }>["payload"]): void {
    if (fatalCodes.has(code) || (code === "unauthenticated" && !this.signIn.canAskAgain)) this.fail(code, message)
    // Everything unanswered is sent again, in order, on a new connection; at once, unless the file is read-only.
    else if (operationIds === undefined ? this.connectivity !== "online" : !this.mode.refused()) this.connection.reconnect()
  }

  /** The file cannot be had any more. What waits stays in the outbox, for whoever opens it next. */
  private fail(code: string, message: string): void {
    this.connectivity = "failed"
    this.comments.stop()
    this.connection.close()
    this.outbox.close()
    this.listeners.emit("failed", { code, message })
    this.listeners.emit("status", this.status)
  }

  private onClose(code: number): void {
    // Another connection took this identity over; two with one identity would not hear of each other's edits.
    if (code === closeCodes.replaced) this.clientIdKept = undefined
    this.signIn.pause()
    this.replica.unsendAll()
    this.sender.reset()
    this.presenceSender.pause()
    this.comments.pause()
    if (this.connectivity === "failed" || this.connectivity === "closed") return
    if (code === closeCodes.forbidden) return this.fail("forbidden", "you may not open this file any more")
    if (code === closeCodes.unauthenticated && !this.signIn.canAskAgain) return this.fail("unauthenticated", "the server asks who you are")
    this.connectivity = "offline"
    this.listeners.emit("status", this.status)
  }

  private flush(): void {
    if (this.connectivity === "online" && this.connection.isOpen && this.mode.takesOperations) this.sender.send(this.replica.pending)
  }
}
