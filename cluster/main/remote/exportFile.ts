/** `easel export`: a file of a running Easel, or a part of it, as SVG or PNG. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { destination, outFlag, writtenTo } from "./disk.ts"
import { fileArgument } from "./files.ts"
import { jsonFlag, printDone } from "./output.ts"
import { calling } from "./server.ts"

export const exportFile = Command.make(
  "export",
  {
    file: fileArgument,
    format: Flag.Literals("format", ["svg", "png"]).pipe(Flag.withDescription("svg or png; without it, as --out ends, or else svg"), Flag.optional),
    scale: Flag.Literals("scale", ["1", "2"]).pipe(Flag.withDescription("Pixels of a PNG for one unit of the file"), Flag.withDefault("1")),
    ids: Flag.String("ids").pipe(Flag.withDescription("Ids of objects, with commas between them: a page, a frame, a selection"), Flag.optional),
    seq: Flag.Int("seq").pipe(Flag.withDescription("The file as it was at this seq"), Flag.optional),
    out: outFlag,
    json: jsonFlag
  },
  Effect.fnUntraced(function*({ file, format, ids, json, out, scale, seq }) {
    const to = yield* destination(out, json)
    const byName = /\.png$/i.test(Option.getOrElse(out, () => "")) ? "png" as const : "svg" as const
    const query = {
      format: Option.getOrElse(format, () => byName),
      scale,
      ...(Option.isSome(ids) ? { ids: ids.value } : {}),
      ...(Option.isSome(seq) ? { seq: String(seq.value) } : {})
    }
    const picture = yield* calling((easel) =>
      easel.exports.file({ params: { id: file }, query }).pipe(
        Effect.flatMap((bytes) => Stream.runCollect(bytes)),
        Effect.map((pieces) => Buffer.concat(pieces))
      ))
    yield* writtenTo(to, picture)
    printDone(json, { fileId: file, ...query, path: Option.getOrNull(to), bytes: picture.length })
  })
).pipe(Command.withDescription("A file, or a part of it, as SVG or PNG (EASEL_URL, EASEL_TOKEN)"))
