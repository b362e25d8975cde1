/** `easel tail`: what is done in a file of a running Easel, as it happens, until Ctrl-C. */
import { EditorFile } from "@easel/client"
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { WebSocket } from "ws"
import { fileArgument } from "./files.ts"
import { printable } from "./output.ts"
import { CallFailed, server } from "./server.ts"

const jsonFlag = Flag.Boolean("json").pipe(Flag.withDescription("Print a line of JSON for each operation, as editors get it"), Flag.withDefault(false))

/** Of a value, in a line for people. */
const valueCharsMax = 80

export const tail = Command.make("tail", { file: fileArgument, json: jsonFlag }, ({ file, json }) =>
  watch(file, (operations) => {
    for (const operation of operations) console.log(json ? JSON.stringify(operation) : lineOf(operation))
  })
).pipe(Command.withDescription("Print what is done in a file as it happens, until Ctrl-C (EASEL_URL, EASEL_TOKEN)"))

/** Follows the file over every loss of connection, and never ends by itself but with the reason why it cannot go on. */
const watch = Effect.fnUntraced(function*(fileId: string, onOperations: (operations: ReadonlyArray<Told>) => void) {
  const { token, url } = yield* server
  return yield* Effect.callback<never, CallFailed>((resume) => {
    const shown = token === undefined ? {} : { token }
    const editor = new EditorFile({ url, fileId, userId: "easel-tail", userName: "Tail", WebSocket, ...shown })
    let synced: number | undefined
    editor.on("operations", ({ operations, seq }) => {
      onOperations(operations)
      synced = seq
    })
    editor.on("synced", ({ seq }) => {
      if (synced === undefined) console.error(`easel: following from seq ${seq}`)
      else if (seq > synced) console.error(`easel: what was done from seq ${synced + 1} to ${seq} was missed`)
      synced = seq
    })
    editor.on("status", ({ connectivity }) => {
      if (connectivity === "offline") console.error("easel: the connection was lost, and is tried again")
    })
    editor.on("failed", ({ message }) => resume(Effect.fail(new CallFailed({ reason: message }))))
    return Effect.sync(() => editor.close())
  })
})

interface Told {
  readonly seq: number
  readonly timestamp: number
  readonly userId: string
  readonly operationType: string
  readonly objectId: string
  readonly propertyPath?: string
  readonly newValue?: unknown
}

const lineOf = ({ newValue, objectId, operationType, propertyPath = "", seq, timestamp, userId }: Told): string => {
  const value = newValue === undefined ? "" : JSON.stringify(newValue)
  const shown = value.length > valueCharsMax ? `${value.slice(0, valueCharsMax)}…` : value
  return printable([seq, new Date(timestamp).toISOString(), userId, operationType, objectId, propertyPath, shown].filter((part) => part !== "").join("  "))
}
