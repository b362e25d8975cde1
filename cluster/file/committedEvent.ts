/** Encodes committed entries once, for all editors of the file: one comma-joined body and who wrote which part of it. */
import type { Committed, LogEntry } from "@easel/protocol"
import { operationTexts } from "@easel/protocol"
import type { JournalEntry } from "@easel/store"

/** The rows of a commit: entries with their JSON text, which the journal and the editors share. */
export const toRows = (entries: ReadonlyArray<LogEntry>): ReadonlyArray<JournalEntry> => {
  let userId: string | undefined
  let userIdText = ""
  return entries.map((entry) => {
    if (entry.userId !== userId) {
      userId = entry.userId
      userIdText = JSON.stringify(userId)
    }
    return { entry, texts: operationTexts(entry, userIdText) }
  })
}

/** Rows must follow each other; superseded ones advance the seq and show nothing. */
export const committedEvent = (epoch: number, fromSeq: number, rows: ReadonlyArray<JournalEntry>): Committed => {
  const runs: Array<{ readonly author: string; text: string }> = []
  let run: (typeof runs)[number] | undefined
  for (const { entry, texts } of rows) {
    if (entry.status === "superseded") continue
    const author = entry.connectionId ?? entry.clientId
    if (run?.author === author) {
      run.text += `,${texts.operation}`
    } else {
      run = { author, text: texts.operation }
      runs.push(run)
    }
  }
  return { _tag: "Committed", epoch, fromSeq, seq: fromSeq + rows.length, ...joinParts(runs) }
}

/** Joins texts with commas and remembers the byte range of each. */
export const joinParts = (
  texts: ReadonlyArray<{ readonly author: string; readonly text: string }>
): Pick<Committed, "body" | "parts"> => {
  const parts: Array<Committed["parts"][number]> = []
  const body = Buffer.from(texts.map(({ text }) => text).join(","), "utf8")
  let start = 0
  for (const { author, text } of texts) {
    const end = start + Buffer.byteLength(text, "utf8")
    parts.push({ author, start, end })
    start = end + 1
  }
  return { body, parts }
}
