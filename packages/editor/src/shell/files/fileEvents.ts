/** News of files, as the server sends them. Not by `EventSource`, which cannot say who it is. */
import { request } from "../request.ts"

export interface FileEdited {
  readonly fileId: string
  readonly seq: number
  readonly name: string
}

/** From the end of one stream to the next. What is missed meanwhile stays so. */
const pauseMillis = 3_000

/** Tells of edits to files until the returned function is called. */
export const onFileEdited = (listener: (edited: FileEdited) => void): () => void => {
  const abort = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const listen = () =>
    readEvents(listener, abort.signal).catch(() => undefined).finally(() => {
      if (!abort.signal.aborted) timer = setTimeout(listen, pauseMillis)
    })
  void listen()
  return () => {
    abort.abort()
    clearTimeout(timer)
  }
}

/** Events are blocks of lines, such as `event: updated` and `data: {…}`, each ended by an empty line. */
const readEvents = async (listener: (edited: FileEdited) => void, signal: AbortSignal): Promise<void> => {
  const { body } = await request("/api/events", { signal })
  if (body === null) return
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ""
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    const blocks = `${text}${chunk.value}`.split("\n\n")
    text = blocks.pop() ?? ""
    for (const block of blocks) {
      const data = /^event: updated$/m.test(block) ? /^data: (.*)$/m.exec(block)?.[1] : undefined
      if (data !== undefined) listener(JSON.parse(data))
    }
  }
}
