/**
 * Painting in a process beside the node: one picture at a time, so that it takes one core at most and the memory of one.
 * The process is started for the first and ended when there was none for a while. A picture that takes too long ends
 * it, and the next one starts another.
 */
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { NothingToDraw, Pictures, PicturesBusy, Unpaintable } from "@easel/gateway"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RcRef from "effect/RcRef"
import * as Semaphore from "effect/Semaphore"
import { FrameReader, frameOf, type PictureAnswer, type PictureTask } from "./pictureFrames.ts"

/** Pictures that are asked for, all but one of them waiting with what they are made of. More are refused. */
const picturesMax = 32

/** Longest that one may take once it has its turn. */
const pictureDeadline = "20 seconds"

/** How long the process stays without work: its start takes half a second, some tens of milliseconds of it the node's; it has 60 MB. */
const idleFor = "10 minutes"

/** In a build it is beside the program; a node that runs from sources looks where the build puts it. */
const program = fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "../../dist/pictures.mjs" : "./pictures.mjs", import.meta.url))

export const layer = Layer.effect(
  Pictures,
  Effect.gen(function*() {
    const room = yield* Semaphore.make(picturesMax)
    const turn = yield* Semaphore.make(1)
    const painter = yield* RcRef.make({ acquire: start, idleTimeToLive: idleFor })

    const painted = <E>(paint: (ask: Ask) => Effect.Effect<Uint8Array, E | Refused>): Effect.Effect<Uint8Array, E | Refused> =>
      Effect.flatMap(RcRef.get(painter), paint).pipe(
        Effect.scoped,
        // Whatever it paints then is nobody's answer.
        Effect.timeoutOrElse({
          duration: pictureDeadline,
          orElse: () => Effect.andThen(RcRef.invalidate(painter), Effect.fail(new Unpaintable({ reason: `it takes more than ${pictureDeadline}` })))
        }),
        Effect.onInterrupt(() => RcRef.invalidate(painter)),
        Effect.tapError((error) => error instanceof PicturesBusy ? RcRef.invalidate(painter) : Effect.void),
        turn.withPermit,
        room.withPermitsIfAvailable(1),
        Effect.flatMap((result) => result._tag === "Some" ? Effect.succeed(result.value) : Effect.fail(new PicturesBusy({ reason: "too much waits to be painted" }))),
        Effect.withSpan("Pictures.paint")
      )

    const nothing = new Uint8Array()

    return Pictures.of({
      // An image is there: what cannot be seen of it cannot be painted.
      shrunk: (image, pixelsMax) =>
        painted((ask) => Effect.map(ask({ kind: "shrink", pixelsMax }, image), ({ bytes }) => bytes)).pipe(
          Effect.catchTag("NothingToDraw", ({ reason }) => Effect.fail(new Unpaintable({ reason })))
        ),
      drawn: (document, look, imageOf) =>
        painted(Effect.fnUntraced(function*(ask) {
          const { assetIds } = yield* ask({ kind: "document", look }, document)
          for (const assetId of assetIds) {
            const image = yield* imageOf(assetId)
            if (image !== undefined) yield* ask({ kind: "image", assetId, contentType: image.contentType }, image.bytes)
          }
          return (yield* ask({ kind: "draw" }, nothing)).bytes
        }))
    })
  })
)

type Refused = Unpaintable | NothingToDraw | PicturesBusy

interface Answer {
  readonly bytes: Uint8Array
  readonly assetIds: ReadonlyArray<string>
}

type Ask = (task: PictureTask, bytes: Uint8Array) => Effect.Effect<Answer, Refused>

const start = Effect.acquireRelease(
  Effect.sync(() => spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "ignore"] })),
  (child) => Effect.sync(() => void child.kill("SIGKILL"))
).pipe(Effect.map((child): Ask => {
  // A write to one that has ended is told by its exit.
  child.stdin.on("error", () => {})
  return (task, bytes) =>
    Effect.callback<Answer, Refused>((resume) => {
      const reader = new FrameReader<PictureAnswer>()
      const gone = () => resume(Effect.fail(new PicturesBusy({ reason: "the process that paints has ended" })))
      const read = (piece: Buffer) => {
        const [frame] = reader.read(piece)
        if (frame !== undefined) resume(answerOf(frame.head, frame.bytes))
      }
      child.stdout.on("data", read)
      child.once("exit", gone)
      child.once("error", gone)
      if (child.exitCode !== null || child.signalCode !== null) gone()
      else child.stdin.write(frameOf(task, bytes))
      return Effect.sync(() => child.off("exit", gone).off("error", gone).stdout.off("data", read))
    })
}))

const answerOf = (head: PictureAnswer, bytes: Uint8Array): Effect.Effect<Answer, Refused> => {
  if (head.ok) return Effect.succeed({ bytes, assetIds: head.assetIds ?? [] })
  return Effect.fail(head.fault === "nothing" ? new NothingToDraw({ reason: head.reason }) : new Unpaintable({ reason: head.reason }))
}
