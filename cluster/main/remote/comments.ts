/** `easel comments`: what is said about a file of a running Easel. */
import { randomUUID } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { fileArgument } from "./files.ts"
import { jsonFlag, print, table } from "./output.ts"
import { calling } from "./server.ts"

interface Said {
  readonly id: string
  readonly threadId: string
  readonly body: string
  readonly userName: string
  readonly createdAt: number
  readonly resolvedAt: number | null
}

/** A thread, and its replies below it. */
const linesOf = (comments: ReadonlyArray<Said>) =>
  table(
    ["id", "said", "by", "state", "text"],
    inThreads(comments).map(({ body, createdAt, id, resolvedAt, threadId, userName }) => [
      id,
      new Date(createdAt).toISOString(),
      userName,
      id !== threadId ? "reply" : resolvedAt === null ? "open" : "resolved",
      body
    ])
  )

const inThreads = (comments: ReadonlyArray<Said>): ReadonlyArray<Said> => {
  const threads = comments.filter(({ id, threadId }) => id === threadId)
  return threads.flatMap((thread) => [thread, ...comments.filter(({ id, threadId }) => threadId === thread.id && id !== threadId)])
}

const commentArgument = Argument.String("comment").pipe(Argument.withDescription("Id of the first comment of a thread"))
const bodyArgument = Argument.String("text").pipe(Argument.withDescription("What is said"))
const numberFlag = (name: string, description: string) => Flag.Finite(name).pipe(Flag.withDescription(description), Flag.withDefault(0))

const list = Command.make("list", { file: fileArgument, json: jsonFlag }, ({ file, json }) =>
  Effect.map(
    calling((easel) =>
      Effect.gen(function*() {
        const found: Array<Said> = []
        for (let sinceSeq: number | undefined = 0; sinceSeq !== undefined;) {
          const { body }: { readonly body: { readonly comments: ReadonlyArray<Said>; readonly seq: number; readonly headSeq: number } } = yield* easel.comments.list({ params: { id: file }, query: { sinceSeq: String(sinceSeq) } })
          found.push(...body.comments)
          sinceSeq = body.seq < body.headSeq ? body.seq : undefined
        }
        return found
      })
    ),
    (found) => print(json, found, linesOf)
  )).pipe(Command.withDescription("The threads of a file, and what is said in them"))

const add = Command.make(
  "add",
  {
    file: fileArgument,
    text: bodyArgument,
    object: Flag.String("object").pipe(Flag.withDescription("Id of the object that it is fastened to; without, a point of the page"), Flag.optional),
    x: numberFlag("x", "Of the point, in coordinates of the page; of an object, from 0 to 1 across it"),
    y: numberFlag("y", "The same, downwards"),
    json: jsonFlag
  },
  ({ file, json, object, text, x, y }) => {
    const anchor = Option.match(object, {
      onNone: () => ({ kind: "page", x, y }) as const,
      onSome: (objectId) => ({ kind: "object", objectId, x, y, page: { x: 0, y: 0 } }) as const
    })
    const payload = { requestId: randomUUID(), anchor, body: text }
    return Effect.map(calling((easel) => easel.comments.create({ params: { id: file }, payload })), (made) => print(json, made, (one) => linesOf([one])))
  }
).pipe(Command.withDescription("Begin a thread"))

const reply = Command.make("reply", { file: fileArgument, comment: commentArgument, text: bodyArgument, json: jsonFlag }, ({ comment, file, json, text }) =>
  Effect.map(
    calling((easel) => easel.comments.reply({ params: { id: file, commentId: comment }, payload: { requestId: randomUUID(), body: text } })),
    (made) => print(json, made, ({ id }) => [id])
  )).pipe(Command.withDescription("Reply in a thread, and print the reply's id"))

const resolving = (name: string, description: string, resolved: boolean) =>
  Command.make(name, { file: fileArgument, comment: commentArgument, json: jsonFlag }, ({ comment, file, json }) =>
    Effect.map(
      calling((easel) => easel.comments.change({ params: { id: file, commentId: comment }, payload: { requestId: randomUUID(), resolved } })),
      (changed) => print(json, changed, (one) => linesOf([one]))
    )).pipe(Command.withDescription(description))

export const comments = Command.make("comments").pipe(
  Command.withDescription("What is said about a file of a running Easel (EASEL_URL, EASEL_TOKEN)"),
  Command.withSubcommands([list, add, reply, resolving("resolve", "Say that a thread is settled", true), resolving("reopen", "Open a thread again", false)])
)
