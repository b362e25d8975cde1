/**
 * One file's server without sockets, timers and disk: the real state, encoders and ring of the actor and the real
 * frames of the gateway, with queues in between that a test moves on as it likes.
 */
import { digest, type Document, inPaintOrder, isRefusal, type ObjectView, type Operation, toViewText, validateOperation } from "@easel/document"
import { type Access, type Committed, type FileView, may, type OperationResult, type ServerFrame, type Submission } from "@easel/protocol"
import { committedEvent, toRows } from "../../../cluster/file/committedEvent.ts"
import { CommitRing } from "../../../cluster/file/CommitRing.ts"
import * as FileState from "../../../cluster/file/FileState.ts"
import { EventFrames } from "../../../packages/gateway/src/EventFrames.ts"
import { payloadOf } from "../../../packages/gateway/src/webSocketFrame.ts"

/** One connection. What is queued in either direction has not arrived yet. */
export class SimulatedSocket {
  readonly clientId: string
  readonly connectionId: string
  /** Frames of the editor: JSON arrays of operations. */
  readonly toServer: Array<string> = []
  readonly toEditor: Array<ServerFrame> = []
  /** Answers that wait for their turn after the operations before them. */
  readonly unannounced: Array<ReadonlyArray<OperationResult>> = []
  open = true

  constructor(clientId: string, connectionId: string) {
    this.clientId = clientId
    this.connectionId = connectionId
  }
}

interface Sync {
  readonly sinceSeq?: number | undefined
  /** How many commits old the snapshot may be; the rest follows it in one frame. */
  readonly age?: number
}

export class SimulatedServer {
  nowMillis = 100_000
  /** What everybody may do, and until when. */
  access: Access = { role: "owner" }
  /** The ids of all operations in the log, superseded ones included, in order of seq. */
  readonly committedIds: Array<string> = []
  private state = FileState.empty
  private readonly ring = new CommitRing()
  private readonly history = new Map([[0, FileState.empty]])
  private readonly sockets = new Set<SimulatedSocket>()
  private connections = 0

  get seq(): number {
    return this.state.seq
  }

  get document(): FileState.FileState["document"] {
    return this.state.document
  }

  /** The digest at a seq where a commit ended. */
  digestAt(seq: number): string | undefined {
    const state = this.history.get(seq)
    return state === undefined ? undefined : digest(state.document)
  }

  connect(clientId: string, { age = 0, sinceSeq }: Sync): SimulatedSocket {
    const socket = new SimulatedSocket(clientId, `connection ${this.connections++}`)
    this.sockets.add(socket)
    const common = { ...this.access, presence: [], yourColor: "#000000", clientId, epoch: 1, serverTime: this.nowMillis, latestTimestamp: 0, protocolVersion: 1 }
    const missed = sinceSeq === undefined || sinceSeq === this.seq ? undefined : this.ring.since(sinceSeq)
    if (sinceSeq !== undefined && (missed !== undefined || sinceSeq === this.seq)) {
      const operations = JSON.parse(`[${Buffer.from(missed?.body ?? []).toString("utf8")}]`)
      socket.toEditor.push({ type: "sync", payload: { ...common, operations, fromSeq: sinceSeq, seq: this.seq } })
      return socket
    }
    const seqs = [...this.history.keys()]
    const at = seqs[Math.max(0, seqs.length - 1 - age)] ?? 0
    const { document } = this.history.get(at) ?? FileState.empty
    socket.toEditor.push({ type: "sync", payload: { ...common, file: viewOf(document), seq: at } })
    const tail = at === this.seq ? undefined : this.ring.since(at)
    if (tail !== undefined && tail.parts.length > 0) socket.toEditor.push(frameOf(new EventFrames(tail).whole("json")))
    return socket
  }

  /** The connection is lost. What was sent may still arrive, up to a frame; answers will not. */
  disconnect(socket: SimulatedSocket, arriving: number): void {
    socket.open = false
    socket.toEditor.length = 0
    socket.toServer.length = Math.min(socket.toServer.length, arriving)
    this.sockets.delete(socket)
  }

  /** Steps over one frame each of some sockets, in one commit. */
  receive(sockets: ReadonlyArray<SimulatedSocket>): void {
    const frames = sockets.flatMap((socket) => {
      const frame = socket.toServer.shift()
      return frame === undefined ? [] : [{ socket, ...readFrame(frame) }]
    })
    const submissions = frames.map(({ operations, socket: { clientId, connectionId } }): Submission =>
      ({ clientId, connectionId, userId: "u", operations }))
    const fromSeq = this.seq
    const [state, { entries, results }] = FileState.step(this.state, { submissions, nowMillis: this.nowMillis, refusedKeys: new Set(), mayEdit: () => may(this.access.role, "edit") })
    this.state = state
    this.committedIds.push(...entries.map(({ operation }) => operation.id))
    if (entries.length > 0) this.publish(committedEvent(1, fromSeq, toRows(entries)))
    frames.forEach(({ socket }, index) => {
      if (socket.open) socket.unannounced.push(results[index] ?? [])
    })
  }

  /** Sends the oldest answer; everything it speaks of has been sent before (P5). */
  acknowledge(socket: SimulatedSocket): void {
    const results = socket.unannounced.shift()
    if (results === undefined || !socket.open) return
    const payload = { operationIds: results.map(({ id }) => id), results, seq: this.seq }
    const frame: ServerFrame = JSON.parse(JSON.stringify({ type: "ack", payload }))
    socket.toEditor.push(frame)
  }

  private publish(event: Committed): void {
    this.ring.push(event)
    this.history.set(event.seq, this.state)
    const frames = new EventFrames(event)
    for (const socket of this.sockets) {
      const frame = frames.for(socket.connectionId, "json")
      if (frame !== undefined) socket.toEditor.push(frameOf(frame))
    }
  }
}

const viewOf = (document: Document.Document): FileView => {
  const objects: Array<ObjectView> = []
  const deleted: Array<ObjectView> = []
  for (const { hidden, object } of inPaintOrder(document)) (hidden ? deleted : objects).push(JSON.parse(toViewText(object)))
  return { id: "f", name: "File", objects, deleted }
}

const frameOf = (message: Parameters<typeof payloadOf>[0]): ServerFrame => JSON.parse(payloadOf(message).toString("utf8"))

const readFrame = (text: string): { readonly operations: ReadonlyArray<Operation.Operation> } => {
  const sent: ReadonlyArray<unknown> = JSON.parse(text)
  return {
    operations: sent.map((input) => {
      const operation = validateOperation(input)
      if (isRefusal(operation)) throw new Error(`the simulated editor sent nonsense: ${operation.message}`)
      return operation
    })
  }
}
