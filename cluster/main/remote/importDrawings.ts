/**
 * `easel import`: SVG drawings become operations and go through the ordinary editor protocol, like anybody's edits.
 * Drawings are laid out in rows on the file. What a drawing has and an object cannot hold is named at the end.
 */
import { readdir, readFile, stat } from "node:fs/promises"
import { basename, join } from "node:path"
import { EditorFile, newId } from "@easel/client"
import { importSvg, type SvgImport, SvgInvalid } from "@easel/client/svg"
import { SingleBar } from "cli-progress"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { WebSocket } from "ws"
import { jsonFlag, print } from "./output.ts"
import { CallFailed, calling, type Server, server } from "./server.ts"

/** Space between drawings, in document units, and the width of a row. */
const gap = 24
const rowWidth = 4_000

export const importDrawings = Command.make(
  "import",
  {
    paths: Argument.String("paths").pipe(
      Argument.withDescription("SVG files, and folders of them"),
      Argument.variadic({ min: 1 })
    ),
    file: Flag.String("file").pipe(Flag.withDescription("Id of the file to import into"), Flag.optional),
    name: Flag.String("name").pipe(Flag.withDescription("Name of the new file, when no --file is given"), Flag.withDefault("Imported drawings")),
    json: jsonFlag
  },
  Effect.fn("importDrawings")(function*({ file, json, name, paths }) {
    const into = yield* server
    const sources = yield* findDrawings(paths)
    if (sources.length === 0) return yield* new CallFailed({ reason: "no SVG file was found there" })
    const fileId = yield* Option.match(file, { onNone: () => Effect.map(calling((easel) => easel.files.create({ payload: { name } })), ({ body }) => body.id), onSome: Effect.succeed })
    const editor = yield* open(into, fileId)
    const report = yield* send(editor, sources).pipe(Effect.ensuring(Effect.sync(() => editor.close())))
    const unsupported = [...report.unsupported].sort((a, b) => b[1] - a[1]).map(([what, count]) => ({ what, count }))
    print(json, { fileId, ...report, unsupported }, ({ drawings, failed, objects }) => [
      `Imported ${drawings} drawings as ${objects} objects into ${into.url}/api/files/${fileId}`,
      ...unsupported.map(({ count, what }) => `  not supported: ${what} (${count})`),
      ...failed.map(({ path, reason }) => `  not imported: ${path}: ${reason}`)
    ])
    if (report.failed.length > 0) return yield* new CallFailed({ reason: `${report.failed.length} drawings were not imported` })
  })
).pipe(Command.withDescription("Import SVG drawings into a file of a running Easel (EASEL_URL, EASEL_TOKEN)"))

const findDrawings = (paths: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<string>, CallFailed> =>
  Effect.tryPromise({
    try: async () => {
      const found: Array<string> = []
      for (const path of paths) {
        if (!(await stat(path)).isDirectory()) found.push(path)
        else for (const entry of await readdir(path, { recursive: true })) if (/\.svg$/i.test(entry)) found.push(join(path, entry))
      }
      return found.sort()
    },
    catch: (cause) => new CallFailed({ reason: cause instanceof Error ? cause.message : String(cause) })
  })

const open = ({ token, url }: Server, fileId: string): Effect.Effect<EditorFile, CallFailed> =>
  Effect.callback<EditorFile, CallFailed>((resume) => {
    const shown = token === undefined ? {} : { token }
    const editor = new EditorFile({ url, fileId, userId: "easel-import", userName: "Import", WebSocket, ...shown })
    editor.on("synced", () => resume(Effect.succeed(editor)))
    editor.on("failed", ({ message }) => resume(Effect.fail(new CallFailed({ reason: message }))))
  }).pipe(Effect.timeoutOrElse({
    duration: "20 seconds",
    orElse: () => Effect.fail(new CallFailed({ reason: `no Easel answers at ${url}` }))
  }))

interface Report {
  drawings: number
  objects: number
  readonly unsupported: Map<string, number>
  readonly failed: Array<{ readonly path: string; readonly reason: string }>
}

const send = (editor: EditorFile, sources: ReadonlyArray<string>): Effect.Effect<Report, CallFailed> =>
  Effect.gen(function*() {
    const report: Report = { drawings: 0, objects: 0, unsupported: new Map(), failed: [] }
    const refused: Array<string> = []
    editor.on("rejected", ({ message = "", reason = "" }) => refused.push(`${reason}: ${message}`))
    const bar = new SingleBar({ format: "{bar} {value}/{total} drawings, {waiting} operations on the way", hideCursor: true, noTTYOutput: false })
    bar.start(sources.length, 0, { waiting: 0 })
    const cursor = { x: 0, y: lowestEdge(editor), rowHeight: 0 }
    for (const path of sources) {
      const drawing = yield* Effect.exit(readDrawing(path))
      if (drawing._tag === "Failure") report.failed.push({ path, reason: "it is not a readable SVG drawing" })
      else {
        place(editor, drawing.value, cursor)
        report.drawings++
        report.objects += drawing.value.objects.length
        for (const { count, what } of drawing.value.unsupported) report.unsupported.set(what, (report.unsupported.get(what) ?? 0) + count)
      }
      bar.increment(1, { waiting: editor.status.waiting })
      if (editor.status.waiting > 4_000) yield* saved(editor)
    }
    yield* saved(editor)
    bar.update(sources.length, { waiting: 0 })
    bar.stop()
    if (refused.length > 0) return yield* new CallFailed({ reason: `${refused.length} operations were refused, first: ${refused[0]}` })
    return report
  })

const saved = (editor: EditorFile) =>
  Effect.tryPromise({ try: () => editor.saved(), catch: (cause) => new CallFailed({ reason: String(cause) }) })

const readDrawing = (path: string): Effect.Effect<SvgImport, unknown> =>
  Effect.tryPromise(async () => importSvg(await readFile(path, "utf8"), { newId, name: basename(path).replace(/\.svg$/i, "") })).pipe(
    Effect.tapError((error) => error.cause instanceof SvgInvalid ? Effect.void : Effect.logDebug("Reading a drawing failed", error))
  )

/** Puts a drawing at the cursor, one step of undo, and moves the cursor past it. */
const place = (editor: EditorFile, { objects }: SvgImport, cursor: { x: number; y: number; rowHeight: number }): void => {
  const [frame] = objects
  const width = numberOf(frame?.properties.width)
  const height = numberOf(frame?.properties.height)
  if (cursor.x > 0 && cursor.x + width > rowWidth) {
    cursor.x = 0
    cursor.y += cursor.rowHeight + gap
    cursor.rowHeight = 0
  }
  editor.transact(() => {
    for (const { id, parentId, properties, type } of objects) {
      const at = id === frame?.id ? { x: cursor.x, y: cursor.y } : {}
      editor.create(type, { ...properties, ...at }, { id, parentId })
    }
  })
  cursor.x += width + gap
  cursor.rowHeight = Math.max(cursor.rowHeight, height)
}

/** Below everything that stands at the root of the file. */
const lowestEdge = (editor: EditorFile): number => {
  let edge = 0
  for (const object of editor.document.children(null)) {
    if (!object.deleted) edge = Math.max(edge, numberOf(object.get("y")) + numberOf(object.get("height")) + gap)
  }
  return edge
}

const numberOf = (value: unknown): number => typeof value === "number" ? value : 0
