import type { EditorFile } from "./EditorFile.ts"

/** Resolves when nothing waits for the server; fails when something does and the file is closed. */
export const untilSaved = async (file: Pick<EditorFile, "on" | "status">): Promise<void> => {
  const isWaiting = () => {
    const { connectivity, outbox, waiting } = file.status
    return (waiting > 0 || outbox === "opening") && connectivity !== "closed" && connectivity !== "failed"
  }
  while (isWaiting()) {
    await new Promise<void>((resolve) => {
      const stop = file.on("status", () => {
        stop()
        resolve()
      })
    })
  }
  const { waiting } = file.status
  if (waiting > 0) throw new Error(`${waiting} operations were not saved`)
}
