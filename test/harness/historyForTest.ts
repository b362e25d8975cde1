/** A history for one test. It is kept when the test fails, and its path is printed. */
import { copyFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { onTestFinished } from "vitest"
import { History } from "./History.ts"
import { temporaryFolder } from "./temporaryFolder.ts"

export const historyForTest = async (name: string): Promise<History> => {
  const folder = await temporaryFolder()
  const history = new History(folder.path)
  onTestFinished(async ({ task }) => {
    history.close()
    if (task.result?.state === "fail") {
      const kept = join(tmpdir(), `easel-${name}.jsonl`)
      copyFileSync(history.path, kept)
      console.error(`the history is in ${kept}`)
    }
    await folder.remove()
  })
  return history
}
