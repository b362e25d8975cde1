/** `easel assets`: the images of a file of a running Easel. */
import { readFile } from "node:fs/promises"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { destination, onDisk, outFlag, writtenTo } from "./disk.ts"
import { fileArgument } from "./files.ts"
import { jsonFlag, print, printDone, table } from "./output.ts"
import { CallFailed, calling } from "./server.ts"

interface Listed {
  readonly id: string
  readonly contentType: string
  readonly bytes: number
  readonly width: number | null
  readonly height: number | null
  readonly createdBy: string
  readonly createdAt: string
}

const linesOf = (assets: ReadonlyArray<Listed>) =>
  table(
    ["id", "type", "bytes", "size", "by", "since"],
    assets.map(({ bytes, contentType, createdAt, createdBy, height, id, width }) => [id, contentType, bytes, width === null ? "" : `${width} x ${height}`, createdBy, createdAt])
  )

const list = Command.make("list", { file: fileArgument, json: jsonFlag }, ({ file, json }) =>
  Effect.map(calling((easel) => easel.assets.list({ params: { id: file } })), (assets) => print(json, assets, linesOf))).pipe(
    Command.withDescription("The images of a file, newest first")
  )

const add = Command.make(
  "add",
  {
    file: fileArgument,
    images: Argument.String("images").pipe(Argument.withDescription("PNG, JPEG, GIF, WebP, AVIF and SVG files"), Argument.variadic({ min: 1 })),
    json: jsonFlag
  },
  Effect.fnUntraced(function*({ file, images, json }) {
    const added: Array<Listed> = []
    for (const path of images) {
      const image = yield* onDisk(() => readFile(path))
      const { body } = yield* calling((easel) => easel.assets.upload({ params: { id: file }, payload: Stream.succeed(image) })).pipe(
        Effect.catchTag("CallFailed", ({ reason }) => Effect.fail(new CallFailed({ reason: `${path}: ${reason}` })))
      )
      added.push(body)
    }
    print(json, added, linesOf)
  })
).pipe(Command.withDescription("Put images into a file, and print their ids: objects of type image name them in assetId"))

const get = Command.make(
  "get",
  {
    file: fileArgument,
    asset: Argument.String("asset").pipe(Argument.withDescription("Id of the image")),
    out: outFlag,
    json: jsonFlag
  },
  Effect.fnUntraced(function*({ asset, file, json, out }) {
    const to = yield* destination(out, json)
    const image = yield* calling((easel) =>
      easel.assets.read({ params: { id: file, assetId: asset }, query: { redirect: "true" } }).pipe(
        Effect.flatMap((bytes) => Stream.runCollect(bytes)),
        Effect.map((pieces) => Buffer.concat(pieces))
      ))
    yield* writtenTo(to, image)
    printDone(json, { fileId: file, id: asset, path: Option.getOrNull(to), bytes: image.length })
  })
).pipe(Command.withDescription("The bytes of an image"))

export const assets = Command.make("assets").pipe(
  Command.withDescription("The images of a file of a running Easel (EASEL_URL, EASEL_TOKEN)"),
  Command.withSubcommands([list, add, get])
)
