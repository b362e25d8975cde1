/**
 * Painting in a process beside the node: one task at a time, so that it takes one core at most and one image's memory.
 * The process is started for the first task and ended when there was none for a while. A task that takes too long ends
 * it, and the next one starts another.
 */
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { Pictures, PicturesBusy, Unpaintable } from "@easel/gateway"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RcRef from "effect/RcRef"
import * as Semaphore from "effect/Semaphore"
import { FrameReader, frameOf, type PictureAnswer, type PictureTask } from "./pictureFrames.ts"

/** Tasks under way, all but one of them waiting. Each holds its image. More are refused. */
const tasksMax = 32

/** Longest that one may take once it has its turn. */
const taskDeadline = "15 seconds"

/** How long the process stays without a task: its start takes half a second, some tens of milliseconds of it the node's; it has 60 MB. */
const idleFor = "10 minutes"

/** In a build it is beside the program; a node that runs from sources looks where the build puts it. */
const program = fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "../../dist/pictures.mjs" : "./pictures.mjs", import.meta.url))

export const layer = Layer.effect(
  Pictures,
  Effect.gen(function*() {
    const room = yield* Semaphore.make(tasksMax)
    const turn = yield* Semaphore.make(1)
    const painter = yield* RcRef.make({ acquire: start, idleTimeToLive: idleFor })

    const painted = (task: PictureTask, bytes: Uint8Array) =>
      Effect.gen(function*() {
        const { ask } = yield* RcRef.get(painter)
        return yield* ask(task, bytes)
      }).pipe(
        Effect.scoped,
        // Whatever it paints then is nobody's answer.
        Effect.timeoutOrElse({
          duration: taskDeadline,
          orElse: () => Effect.andThen(RcRef.invalidate(painter), Effect.fail(new Unpaintable({ reason: `it takes more than ${taskDeadline}` })))
        }),
        Effect.onInterrupt(() => RcRef.invalidate(painter)),
        Effect.tapErrorTag("PicturesBusy", () => RcRef.invalidate(painter)),
        turn.withPermit,
        room.withPermitsIfAvailable(1),
        Effect.flatMap((result) => result._tag === "Some" ? Effect.succeed(result.value) : Effect.fail(new PicturesBusy({ reason: "too much waits to be painted" }))),
        Effect.withSpan("Pictures.paint", { attributes: { kind: task.kind } })
      )

    return Pictures.of({ shrunk: (image, pixelsMax) => painted({ kind: "shrink", pixelsMax }, image) })
  })
)

interface Painter {
  readonly ask: (task: PictureTask, bytes: Uint8Array) => Effect.Effect<Uint8Array, Unpaintable | PicturesBusy>
}

const start = Effect.acquireRelease(
  Effect.sync(() => spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "ignore"] })),
  (child) => Effect.sync(() => void child.kill("SIGKILL"))
).pipe(Effect.map((child): Painter => {
  // A write to one that has ended is told by its exit.
  child.stdin.on("error", () => {})
  return {
    ask: (task, bytes) =>
      Effect.callback<Uint8Array, Unpaintable | PicturesBusy>((resume) => {
        const reader = new FrameReader<PictureAnswer>()
        const gone = () => resume(Effect.fail(new PicturesBusy({ reason: "the process that paints has ended" })))
        const read = (piece: Buffer) => {
          const [frame] = reader.read(piece)
          if (frame === undefined) return
          resume(frame.head.ok ? Effect.succeed(frame.bytes) : Effect.fail(new Unpaintable({ reason: frame.head.reason })))
        }
        child.stdout.on("data", read)
        child.once("exit", gone)
        child.once("error", gone)
        if (child.exitCode !== null || child.signalCode !== null) gone()
        else child.stdin.write(frameOf(task, bytes))
        return Effect.sync(() => child.off("exit", gone).off("error", gone).stdout.off("data", read))
      })
  }
}))
