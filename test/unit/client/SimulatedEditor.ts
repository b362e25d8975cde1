/** An editor without sockets and timers: the real replica, and a clock that may be wrong. */
import { type Operation, OrderKey } from "@easel/document"
import type { ServerFrame } from "@easel/protocol"
import { Replica } from "../../../packages/client/src/Replica.ts"
import { toWire } from "../../../packages/client/src/toWire.ts"
import type { SimulatedServer, SimulatedSocket } from "./SimulatedServer.ts"

/** What an editor does, drawn beforehand so that it can be shrunk. */
export interface Edit {
  readonly operation: Operation.Operation
  /** Whether the place is the one asked for, or the last one of the view. */
  readonly keepPlace: boolean
}

export class SimulatedEditor {
  readonly replica = new Replica()
  private readonly name: string
  /** How far the editor's clock is ahead of the server's. */
  private readonly leadMillis: number
  private readonly server: SimulatedServer
  private incarnation = 0
  private count = 0
  socket: SimulatedSocket | undefined

  constructor(name: string, leadMillis: number, server: SimulatedServer) {
    this.name = name
    this.leadMillis = leadMillis
    this.server = server
  }

  private get clientId(): string {
    return `${this.name}${this.incarnation}`
  }

  edit({ keepPlace, operation }: Edit): void {
    const id = `${this.name}-${this.count++}`
    const timestamp = Math.max(0, this.server.nowMillis + this.leadMillis)
    const named = { ...operation, id, idempotencyKey: id, timestamp }
    if (keepPlace || (named.operationType !== "create" && named.operationType !== "move")) return this.replica.applyLocal([named])
    const orderKey = OrderKey.between(this.replica.view.lastOrderKey(named.parentId), null) ?? "a0"
    this.replica.applyLocal([{ ...named, orderKey }])
  }

  /** Sends what is not sent yet, so many operations in a frame. */
  flush(frameOperations: number): void {
    const { socket } = this
    if (socket === undefined || this.replica.seq === undefined) return
    const waiting = [...this.replica.pending].filter(({ sent }) => !sent)
    for (let from = 0; from < waiting.length; from += frameOperations) {
      const frame = waiting.slice(from, from + frameOperations)
      for (const pending of frame) pending.sent = true
      socket.toServer.push(JSON.stringify(frame.map(({ operation }) => toWire(operation))))
    }
  }

  connect(fresh: boolean, age: number): void {
    if (this.socket !== undefined) return
    this.socket = this.server.connect(this.clientId, fresh ? { age } : { sinceSeq: this.replica.seq })
  }

  /** Loses the connection. `replaced`: and with it the identity, so that a snapshot is needed. */
  disconnect(arriving: number, replaced: boolean): void {
    if (this.socket === undefined) return
    this.server.disconnect(this.socket, arriving)
    this.socket = undefined
    this.replica.unsendAll()
    if (replaced) this.incarnation++
  }

  get wasReplaced(): boolean {
    return this.incarnation > 0
  }

  /** Reads one frame, the n-th of those that wait. Answers whether there was one. */
  read(position = 0): boolean {
    const [frame] = this.socket?.toEditor.splice(position, 1) ?? []
    if (frame === undefined) return false
    this.onFrame(frame)
    return true
  }

  private onFrame(frame: ServerFrame): void {
    if (frame.type === "ack") this.replica.onResults(frame.payload.results, frame.payload.seq, this.clientId)
    else if (frame.type === "operation") this.replica.onOperations(frame.payload.operations, frame.payload.seq)
    else if (frame.type === "sync") {
      if ("file" in frame.payload) this.replica.onSnapshot(frame.payload.file, frame.payload.seq)
      else this.replica.onOperations(frame.payload.operations, frame.payload.seq)
    }
  }
}
