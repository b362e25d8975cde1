/**
 * Judges a history by the log that PostgreSQL holds in the end. The log names the order, so nothing has to be searched:
 * every check is one walk. Returns what is wrong, in words.
 */
import type { HistoryEvent } from "./History.ts"
import { Model, type ModelOperation } from "./model.ts"

/** A row of `operations`. */
export interface LogRow extends ModelOperation {
  readonly epoch: number
  readonly id: string
  readonly key: string
  readonly status: string
}

export interface Verdict {
  readonly violations: ReadonlyArray<string>
  readonly counts: {
    readonly acked: number
    readonly applied: number
    readonly superseded: number
    readonly rejected: number
    readonly duplicates: number
    readonly told: number
    readonly reads: number
    readonly kills: number
    readonly killsInFlight: number
  }
}

export const checkHistory = (history: ReadonlyArray<HistoryEvent>, logs: ReadonlyMap<string, ReadonlyArray<LogRow>>): Verdict => {
  const violations: Array<string> = []
  for (const [file, rows] of logs) violations.push(...checkLog(rows).concat(checkReads(file, rows, history)).map((text) => `${file}: ${text}`))
  violations.push(...checkAnswers(history, logs))
  const answers = history.flatMap((event) => event.type === "ok" ? [event.result.status] : [])
  const kills = history.flatMap((event) => event.type === "kill" ? [event.inFlight] : [])
  const count = (status: string) => answers.filter((answer) => answer === status).length
  return {
    violations,
    counts: {
      acked: answers.length - count("rejected"),
      applied: count("applied"),
      superseded: count("superseded"),
      rejected: count("rejected"),
      duplicates: count("duplicate"),
      told: history.reduce((told, event) => told + (event.type === "told" ? event.operations.length : 0), 0),
      reads: history.filter(({ type }) => type === "read").length,
      kills: kills.length,
      killsInFlight: kills.filter((inFlight) => inFlight > 0).length
    }
  }
}

/** C2, C3: seqs are 1, 2, 3, …; epochs never fall; no key stands twice; each status is what the model says (A4). */
const checkLog = (rows: ReadonlyArray<LogRow>): Array<string> => {
  const violations: Array<string> = []
  const keys = new Map<string, number>()
  const model = new Model()
  let epoch = 0
  rows.forEach((row, index) => {
    if (row.seq !== index + 1) violations.push(`seq ${row.seq} stands at place ${index + 1}`)
    if (row.epoch < epoch) violations.push(`seq ${row.seq} has epoch ${row.epoch} after ${epoch}`)
    epoch = row.epoch
    const first = keys.get(row.key)
    if (first !== undefined) violations.push(`the key of seq ${first} stands again at ${row.seq}`)
    keys.set(row.key, row.seq)
    const expected = model.isSuperseded(row) ? "superseded" : "applied"
    if (row.status !== expected) violations.push(`seq ${row.seq} is ${row.status} and should be ${expected}`)
    model.apply(row)
  })
  return violations
}

/** C4, C5: whatever a read answered is the log folded up to its seq. */
const checkReads = (file: string, rows: ReadonlyArray<LogRow>, history: ReadonlyArray<HistoryEvent>): Array<string> => {
  const violations: Array<string> = []
  const reads = history.filter((event) => event.type === "read").filter((event) => event.file === file).toSorted((a, b) => a.seq - b.seq)
  const model = new Model()
  let next = 0
  for (const { digest, epoch, seq } of reads) {
    if (seq > rows.length) {
      violations.push(`a read saw seq ${seq}, the log ends at ${rows.length}`)
      continue
    }
    for (let row = rows[next]; row !== undefined && row.seq <= seq; row = rows[++next]) model.apply(row)
    if (model.digest !== digest) violations.push(`the read at seq ${seq} is not the log at ${seq}`)
    const last = rows[seq - 1]
    if (last !== undefined && epoch < last.epoch) violations.push(`the read at seq ${seq} has epoch ${epoch}, the log ${last.epoch}`)
  }
  return violations
}

/** C1, C2: answers and announcements are in the log as they said; the log holds nothing that nobody sent. */
const checkAnswers = (history: ReadonlyArray<HistoryEvent>, logs: ReadonlyMap<string, ReadonlyArray<LogRow>>): Array<string> => {
  const violations: Array<string> = []
  const byKey = new Map<string, LogRow>()
  for (const [file, rows] of logs) for (const row of rows) byKey.set(`${file} ${row.key}`, row)
  const invoked = new Set<string>()
  const ackedSeq = new Map<string, number>()
  for (const event of history) {
    if (event.type === "invoke") {
      const name = `${event.file} ${event.key}`
      const row = byKey.get(name)
      // What was acknowledged before this was sent for the first time stands before it.
      if (!invoked.has(name) && row !== undefined && row.seq <= (ackedSeq.get(event.file) ?? 0)) {
        violations.push(`seq ${row.seq} was sent after seq ${ackedSeq.get(event.file)} was acknowledged`)
      }
      invoked.add(name)
    } else if (event.type === "ok") {
      const { first, seq, status } = event.result
      const row = byKey.get(`${event.file} ${event.key}`)
      if (status === "rejected") {
        if (row !== undefined) violations.push(`${event.result.id} was rejected (${event.result.reason}) and stands at seq ${row.seq}`)
        continue
      }
      if (row?.seq !== seq) violations.push(`${event.result.id} was ${status} at seq ${seq}, the log has it at ${row?.seq}`)
      else if (row.status !== (status === "duplicate" ? first : status)) violations.push(`seq ${seq} was answered ${status} ${first ?? ""} and is ${row.status}`)
      ackedSeq.set(event.file, Math.max(ackedSeq.get(event.file) ?? 0, seq))
    } else if (event.type === "told") {
      for (const [seq, id] of event.operations) {
        const row = logs.get(event.file)?.[seq - 1]
        if (row?.id !== id || row.status !== "applied") violations.push(`editor ${event.process} was told ${id} at seq ${seq}, the log has ${row?.id}`)
      }
    }
  }
  for (const [name, row] of byKey) if (!invoked.has(name)) violations.push(`nobody sent what stands at seq ${row.seq}`)
  return violations
}
