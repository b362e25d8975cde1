/** Editors that send at a pace, whatever comes back: how an operation leaves, and when. */
import { performance } from "node:perf_hooks"
import type { BenchEditor } from "./BenchEditor.ts"
import type { EditRecorder } from "./EditRecorder.ts"
import { operationFrame, sampledPrefix, type Workload } from "./Workload.ts"

export interface Session {
  readonly editor: BenchEditor
  readonly workload: Workload
  unacked: number
}

interface Pace {
  readonly editors: number
  /** Of each editor. */
  readonly operationsPerSecond: number
}

/** Sends one frame; returns whether the editor was still connected. */
export const send = (recorder: EditRecorder, session: Session, operations: number): boolean => {
  if (!session.editor.webSocket.isOpen) return false
  const now = performance.now()
  const isSampled = recorder.isSampleDue(session.editor, now)
  const first = session.workload.next(isSampled ? sampledPrefix : undefined)
  const texts = [first.text]
  while (texts.length < operations) texts.push(session.workload.next().text)
  session.unacked += operations
  recorder.sent(session.editor, first.id, now, isSampled)
  session.editor.webSocket.send(operationFrame(texts))
  return true
}

/** Sends one operation of one editor after the other at even distances; returns how to stop. */
export const pace = ({ editors, operationsPerSecond }: Pace, sessions: ReadonlyArray<Session>, recorder: EditRecorder): () => void => {
  const perMillisecond = editors * operationsPerSecond / 1000
  const startedAt = performance.now()
  let sent = 0
  const timer = setInterval(() => {
    const now = performance.now()
    const due = Math.floor((now - startedAt) * perMillisecond)
    for (; sent < due; sent++) {
      const session = sessions[sent % sessions.length]
      if (session !== undefined) send(recorder, session, 1)
      recorder.sentLate(now - startedAt - sent / perMillisecond)
    }
  }, 1)
  return () => clearInterval(timer)
}
