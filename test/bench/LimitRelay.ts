/**
 * The limit: the fastest honest relay with Easel's durability, which is the yardstick of every ratio in the report.
 *
 * It keeps three promises of Easel (one order per file, ack and relay only after the commit, one frame a commit) and
 * nothing else: no state, no validation, no merge, no fence, no bound on slow editors. An operation is relayed as the
 * bytes it came in; a frame is encoded once and its bytes are written to every socket. An editor finds its own
 * operations in a frame that also carries others', as one frame for all is what makes it cheap.
 */
import { NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"
import { randomUUID } from "node:crypto"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { Duplex } from "node:stream"
import { type RawData, type WebSocket, WebSocketServer } from "ws"
import * as LimitJournal from "./LimitJournal.ts"

/** Commits on the wire at once; a third one gained nothing. */
const commitsInFlightMax = 2
const frameBytesMax = 64 * 1024

interface Editor {
  readonly webSocket: WebSocket
  readonly socket: Duplex
  readonly clientId: string
  userId: string
  room: Room | undefined
}

interface Room {
  readonly fileId: string
  readonly editors: Set<Editor>
  seq: number
}

type Frame =
  | { readonly type: "subscribe"; readonly payload: { readonly fileId: string; readonly userId: string } }
  | { readonly type: "operation"; readonly payload: { readonly operations: ReadonlyArray<LimitJournal.LimitOperation> } }

/** What one commit has to tell one room. */
interface RoomShare {
  readonly pieces: Array<Buffer>
  readonly acks: Map<Editor, { readonly ids: Array<string>; readonly results: Array<string> }>
  seq: number
}

class Commit {
  readonly rows = new LimitJournal.LimitRows()
  readonly shares = new Map<Room, RoomShare>()
}

/** Runs the relay until the process that started it goes away. */
export const main = (): void => {
  process.stdin.on("end", () => process.exit(0)).resume()
  NodeRuntime.runMain(Effect.scoped(serve))
}

const serve = Effect.gen(function*() {
  const journal = yield* LimitJournal.make(process.env["DATABASE_URL"] ?? "")
  const relay = new Relay(journal)
  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: frameBytesMax })
  const server = createServer((request, response) => answer(request, response))
  server.on("upgrade", (request, socket, head) => {
    webSockets.handleUpgrade(request, socket, head, (webSocket) => relay.open(webSocket, socket))
  })
  const port = Number(process.env["PORT"])
  const host = process.env["HOST"] ?? "127.0.0.1"
  server.listen(port, host, () => console.log(`Easel is ready: http://${host}:${port}`))
  return yield* Effect.never
})

const answer = (request: IncomingMessage, response: ServerResponse): void => {
  request.resume()
  const isCreate = request.method === "POST" && request.url === "/api/files"
  response.writeHead(isCreate ? 201 : 404, { "content-type": "application/json" })
  response.end(JSON.stringify(isCreate ? { id: randomUUID() } : { code: "not_found" }))
}

class Relay {
  private readonly journal: LimitJournal.LimitJournal
  private readonly rooms = new Map<string, Room>()
  private pending = new Commit()
  private commitsInFlight = 0
  private flushScheduled = false

  constructor(journal: LimitJournal.LimitJournal) {
    this.journal = journal
  }

  open(webSocket: WebSocket, socket: Duplex): void {
    const editor: Editor = { webSocket, socket, clientId: randomUUID(), userId: "", room: undefined }
    webSocket.on("message", (data) => this.receive(editor, data))
    webSocket.on("close", () => editor.room?.editors.delete(editor))
    webSocket.on("error", () => webSocket.terminate())
  }

  private receive(editor: Editor, data: RawData): void {
    if (!(data instanceof Buffer)) return
    // SAFETY: the limit trusts its editors; a wrong frame ends the process and with it the run.
    const frame: Frame = JSON.parse(data.toString())
    if (frame.type === "subscribe") return this.subscribe(editor, frame.payload)
    const room = editor.room
    if (frame.type !== "operation" || room === undefined) return
    const { operations } = frame.payload
    const share = this.shareOf(room)
    let ack = share.acks.get(editor)
    if (ack === undefined) share.acks.set(editor, ack = { ids: [], results: [] })
    for (const operation of operations) {
      const seq = ++room.seq
      this.pending.rows.add(room.fileId, seq, operation, editor.clientId, editor.userId)
      ack.ids.push(`"${operation.id}"`)
      ack.results.push(`{"id":"${operation.id}","status":"applied","seq":${seq}}`)
    }
    share.pieces.push(operationBytes(data, operations))
    share.seq = room.seq
    this.scheduleFlush()
  }

  private subscribe(editor: Editor, payload: { readonly fileId: string; readonly userId: string }): void {
    const { fileId, userId } = payload
    let room = this.rooms.get(fileId)
    if (room === undefined) this.rooms.set(fileId, room = { fileId, editors: new Set(), seq: 0 })
    room.editors.add(editor)
    editor.room = room
    editor.userId = userId
    editor.webSocket.send(JSON.stringify({
      type: "sync",
      payload: {
        file: { id: fileId, name: "", objects: [] },
        presence: [],
        yourColor: "#000000",
        clientId: editor.clientId,
        seq: room.seq,
        epoch: 1,
        serverTime: Date.now()
      }
    }))
  }

  private shareOf(room: Room): RoomShare {
    let share = this.pending.shares.get(room)
    if (share === undefined) this.pending.shares.set(room, share = { pieces: [], acks: new Map(), seq: 0 })
    return share
  }

  /** What all sockets brought in one turn of the event loop commits together. */
  private scheduleFlush(): void {
    if (this.flushScheduled || this.commitsInFlight >= commitsInFlightMax) return
    this.flushScheduled = true
    setImmediate(() => {
      this.flushScheduled = false
      this.flush()
    })
  }

  private flush(): void {
    const commit = this.pending
    if (this.commitsInFlight >= commitsInFlightMax || commit.rows.size === 0) return
    this.pending = new Commit()
    this.commitsInFlight++
    Effect.runPromise(this.journal.append(commit.rows)).then(
      () => {
        this.commitsInFlight--
        // The next commit goes out first, so that PostgreSQL works while this one is told.
        this.flush()
        tell(commit)
      },
      (cause: unknown) => {
        console.error("LimitRelay: a commit failed", cause)
        process.exit(1)
      }
    )
  }
}

/** Tells a durable commit to the editors of its rooms: everybody gets the frame, senders also their ack. */
const tell = (commit: Commit): void => {
  for (const [room, share] of commit.shares) {
    const frame = textFrame([
      operationPrefix,
      ...share.pieces.flatMap((piece, index) => index === 0 ? [piece] : [comma, piece]),
      Buffer.from(`],"seq":${share.seq},"epoch":1}}`)
    ])
    const soleSender = share.acks.size === 1
    for (const editor of room.editors) {
      const ack = share.acks.get(editor)
      if (editor.webSocket.readyState !== editor.webSocket.OPEN) continue
      if (ack === undefined) {
        editor.socket.write(frame)
        continue
      }
      const text = `{"type":"ack","payload":{"operationIds":[${ack.ids}],"results":[${ack.results}],"seq":${share.seq}}}`
      editor.socket.cork()
      if (!soleSender) editor.socket.write(frame)
      editor.socket.write(textFrame([Buffer.from(text)]))
      editor.socket.uncork()
    }
  }
}

const operationPrefix = Buffer.from(`{"type":"operation","payload":{"operations":[`)
const operationSuffix = Buffer.from("]}}")
const comma = Buffer.from(",")

/** The bytes between the brackets of the frame's operations; re-encoded when the frame is not laid out as usual. */
const operationBytes = (data: Buffer, operations: ReadonlyArray<LimitJournal.LimitOperation>): Buffer => {
  const end = data.length - operationSuffix.length
  const usual = data.subarray(0, operationPrefix.length).equals(operationPrefix) && data.subarray(end).equals(operationSuffix)
  return usual ? data.subarray(operationPrefix.length, end) : Buffer.from(operations.map((item) => JSON.stringify(item)).join())
}

/** One unmasked WebSocket text frame (RFC 6455, 5.2), ready for any number of sockets. */
const textFrame = (pieces: ReadonlyArray<Buffer>): Buffer => {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const headBytes = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(headBytes + length)
  frame[0] = 0x81
  frame[1] = headBytes === 2 ? length : headBytes === 4 ? 126 : 127
  if (headBytes === 4) frame.writeUInt16BE(length, 2)
  if (headBytes === 10) frame.writeBigUInt64BE(BigInt(length), 2)
  let offset = headBytes
  for (const piece of pieces) offset += piece.copy(frame, offset)
  return frame
}
