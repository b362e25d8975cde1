/** Checks one file or all, one after the other, and tells what it finds as it finds it. Beside running nodes. */
import { Audit } from "@easel/store"
import * as Effect from "effect/Effect"
import { checkFile } from "./checkFile.ts"
import type { Finding } from "./findings.ts"
import * as Report from "./Report.ts"

export interface Checked {
  readonly files: number
  /** Findings that are still there. */
  readonly left: number
  readonly repaired: number
}

export const fsck = Effect.fn("fsck")(function*(mode: Report.Mode, only: string | undefined, tell: (finding: Finding) => void) {
  const audit = yield* Audit
  let checked: Checked = { files: 0, left: 0, repaired: 0 }
  const count = (finding: Finding): void => {
    const isDone = finding.repair === "done" ? 1 : 0
    checked = { ...checked, left: checked.left + 1 - isDone, repaired: checked.repaired + isDone }
    tell(finding)
  }
  let page = yield* audit.files(only === undefined ? { after: undefined } : { only })
  while (page.length > 0) {
    for (const { fileId } of page) {
      yield* checkFile(fileId, Report.make(fileId, mode, count))
      checked = { ...checked, files: checked.files + 1 }
    }
    page = only === undefined ? yield* audit.files({ after: page.at(-1)?.fileId }) : []
  }
  return checked
})
