/**
 * The reading side of a file: joining and watching. All of it answers from the committed state, and all
 * of it is free of gaps and repeats because registering and looking at the state happen in one synchronous step.
 */
import { type Committed, type Editor, FileUnavailable, type FrameFormat, type Joined, Limits, type Live, type Snapshot, type WatchEvent } from "@easel/protocol"
import { Log } from "@easel/store"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { committedEvent, toRows } from "./committedEvent.ts"
import type { CommittedFile } from "./CommittedFile.ts"
import { type Encoding, encodeSnapshot } from "./snapshot.ts"
import { makeQueue } from "./Watchers.ts"

/** How long an encoded snapshot serves further editors, who get the operations since then on top of it. */
const snapshotAgeMillisMax = 2_000

/** Documents with fewer objects are sent as they are, also to editors that take compressed snapshots. */
const compressObjectsMin = 100

interface SharedSnapshot {
  readonly file: CommittedFile
  readonly name: string
  readonly takenMillis: number
  readonly encoded: Deferred.Deferred<Snapshot>
}

interface JoinOptions {
  readonly sinceSeq: number | undefined
  readonly format: FrameFormat
  readonly compressed: boolean
}

export const make = Effect.gen(function*() {
  const log = yield* Log
  /** By encoding. */
  const shared = new Map<string, SharedSnapshot>()

  /** A snapshot that the ring can complete. Encoding is detached: an editor that leaves must not fail the others. */
  const snapshot = Effect.fnUntraced(function*(file: CommittedFile, encoding: Encoding) {
    const now = yield* Clock.currentTimeMillis
    const key = `${encoding.format} ${encoding.encoding}`
    const earlier = shared.get(key)
    if (earlier?.file === file && earlier.name === file.name && now - earlier.takenMillis < snapshotAgeMillisMax) {
      const recent = yield* Deferred.await(earlier.encoded)
      if (recent.seq === file.state.seq || file.ring.since(recent.seq) !== undefined) return recent
    }
    const { epoch, fileId, name, state: { document, seq } } = file
    const mine: SharedSnapshot = { file, name, takenMillis: now, encoded: yield* Deferred.make<Snapshot>() }
    shared.set(key, mine)
    yield* Effect.forkDetach(Effect.gen(function*() {
      const body = yield* encodeSnapshot(fileId, name, document, encoding)
      yield* Deferred.succeed(mine.encoded, { epoch, seq, ...encoding, body })
      yield* Effect.sleep(snapshotAgeMillisMax)
      if (shared.get(key) === mine) shared.delete(key)
    }))
    return yield* Deferred.await(mine.encoded)
  })

  /** What was committed after `sinceSeq`, or `undefined` when it is too much or too old, or not a seq of this file. */
  const missedSince = Effect.fnUntraced(function*(file: CommittedFile, sinceSeq: number) {
    const { seq } = file.state
    if (sinceSeq > seq || seq - sinceSeq > Limits.catchUpOperationsMax) return undefined
    if (sinceSeq === seq) return nothing(file.epoch, seq)
    const recent = file.ring.since(sinceSeq)
    if (recent !== undefined) return recent
    return yield* readSince(file, file.epoch, sinceSeq, seq)
  })

  /**
   * `undefined` when some of it is so old that it has left the table. That it cannot be read is told to who asked, and
   * costs the file's other editors nothing.
   */
  const readSince = ({ fileId }: CommittedFile, epoch: number, sinceSeq: number, seq: number) =>
    log.readRecent(fileId, sinceSeq, seq, Limits.catchUpOperationsMax).pipe(
      Effect.map((entries) => entries.length < seq - sinceSeq ? undefined : committedEvent(epoch, sinceSeq, toRows(entries))),
      Effect.mapError(() => new FileUnavailable({ fileId, reason: "what was missed cannot be read now" }))
    )

  const join = Effect.fnUntraced(function*(file: CommittedFile, gatewayId: string, editor: Editor, options: JoinOptions) {
    const { compressed, format, sinceSeq } = options
    const color = file.board.join(gatewayId, editor)
    const complete = (missed: Committed | undefined, from?: Snapshot): Omit<Joined, "role" | "roleUntil"> => ({
      color,
      presence: file.board.othersThan(editor.clientId),
      ...(from === undefined ? {} : { snapshot: from }),
      ...(missed === undefined ? {} : { missed }),
      epoch: file.epoch,
      seq: missed?.seq ?? from?.seq ?? file.state.seq,
      latestTimestamp: file.state.latestTimestamp
    })
    if (sinceSeq !== undefined) {
      const missed = yield* missedSince(file, sinceSeq)
      if (missed !== undefined) return complete(missed)
    }
    const isLarge = file.state.document.size >= compressObjectsMin
    const whole = yield* snapshot(file, { format, encoding: compressed && isLarge ? "deflate-raw" : "identity" })
    // Without a tail the editor is complete at the snapshot, which is not older than its call, and the gateway adds
    // what it has seen since.
    return complete(whole.seq === file.state.seq ? undefined : file.ring.since(whole.seq), whole)
  })

  /** Registers the watcher and seats its editors, and returns what it will be told. */
  const watch = Effect.fnUntraced(function*(
    file: CommittedFile,
    gatewayId: string,
    sinceSeq: number | undefined,
    editors: ReadonlyArray<Editor>
  ) {
    const queue = yield* makeQueue
    file.watchers.add(gatewayId, queue)
    const { epoch, state: { seq }, tentative: { events, saving } } = file
    for (const editor of editors) file.board.join(gatewayId, editor)
    const live = (at: number): Live => ({ _tag: "Live", name: file.name, commentSeq: file.commentSeq, epoch, seq: at, present: file.board.clientIds, saving })
    const first = Stream.unwrap(Effect.map(opening(file, live, seq, sinceSeq), (told) => Stream.fromIterable<WatchEvent>([...told, ...events])))
    return Stream.concat(first, Stream.fromQueue(queue)).pipe(
      Stream.ensuring(Effect.sync(() => {
        if (file.watchers.remove(gatewayId, queue)) file.board.leaveGateway(gatewayId)
      }))
    )
  })

  /** What a watcher is told before the live events, all of which come after `seq`. */
  const opening = Effect.fnUntraced(function*(
    file: CommittedFile,
    live: (seq: number) => Live,
    seq: number,
    sinceSeq: number | undefined
  ): Effect.fn.Return<ReadonlyArray<WatchEvent>, FileUnavailable> {
    if (sinceSeq === undefined || sinceSeq === seq) return [live(seq)]
    const isTooMuch = sinceSeq > seq || seq - sinceSeq > Limits.catchUpOperationsMax
    const missed = isTooMuch ? undefined : yield* readSince(file, file.epoch, sinceSeq, seq)
    return missed === undefined ? [{ _tag: "Lost", epoch: file.epoch, seq }, live(seq)] : [live(sinceSeq), missed]
  })

  return { join, watch }
})

const nothing = (epoch: number, seq: number): Committed => ({
  _tag: "Committed",
  epoch,
  fromSeq: seq,
  seq,
  body: new Uint8Array(),
  parts: []
})
