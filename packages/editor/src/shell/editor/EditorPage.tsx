/** One file: opens it, and shows the editor, or why there is none. */
import { useEffect, useState } from "preact/hooks"
import { EditorSkeleton } from "../EditorSkeleton.tsx"
import { session } from "../session/Session.ts"
import { EditorFailure } from "./EditorFailure.tsx"
import { EditorLayout } from "./EditorLayout.tsx"
import { type OpenFile, openFile } from "./openFile.ts"

interface Failure {
  readonly code: string
  readonly message: string
}

/** The first answer takes longer than this only when something is wrong. */
const patienceMillis = 3_000

export const EditorPage = ({ fileId }: { readonly fileId: string }) => {
  const [open, setOpen] = useState<OpenFile>()
  const [isSynced, setSynced] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  const [isLate, setLate] = useState(false)
  const [hasWaited, setHasWaited] = useState(false)
  /** Counts openings: a new name of oneself is told to the others by opening the file again. */
  const [opening, setOpening] = useState(0)

  useEffect(() => {
    const opened = openFile(fileId)
    const stops = [
      opened.file.on("synced", () => setSynced(true)),
      opened.file.on("failed", (failed) => {
        if (failed.code !== "unauthenticated") return setFailure(failed)
        const { waiting } = opened.file.status
        const kept = waiting > 0 && opened.file.status.outbox === "open" ? " What was not saved yet is kept in this browser, and is sent when you are back." : ""
        session.refused(`The server says: ${failed.message}.${kept}`, opened.shown, fileId)
      }),
      // Said once: the whole page is rendered anew by it, and each edit waits for a moment.
      opened.file.on("status", ({ waiting }) => waiting > 0 && setHasWaited(true))
    ]
    // The browser knows at once that the network is back; the SDK would wait for its next try.
    const reconnect = () => opened.file.reconnect()
    addEventListener("online", reconnect)
    const patience = setTimeout(() => setLate(true), patienceMillis)
    setOpen(opened)
    return () => {
      clearTimeout(patience)
      removeEventListener("online", reconnect)
      for (const stop of stops) stop()
      opened.close()
    }
  }, [fileId, opening])

  if (failure !== undefined) return <EditorFailure code={failure.code} message={failure.message} />
  // Without its server the page shows what the editor had not saved yet.
  const isUsable = isSynced || (isLate && hasWaited)
  if (open === undefined || !isUsable) {
    return <EditorSkeleton>{isLate ? "The server does not answer. Trying again…" : "Opening the file…"}</EditorSkeleton>
  }
  return <EditorLayout key={opening} model={open.model} onReopen={() => setOpening((count) => count + 1)} />
}
