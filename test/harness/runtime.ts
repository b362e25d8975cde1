import { chmodSync, constants, copyFileSync } from "node:fs"
import { join } from "node:path"

/**
 * The runtime that the tests run on, Node or Deno, runs the programs that they start, too. This is what
 * `process.execPath` needs to run a script, after a module to load before it; the script's own arguments follow.
 */
export const programArgs = (script: string, preload?: string): ReadonlyArray<string> => {
  if ("Deno" in globalThis) return ["run", "-A", ...(preload === undefined ? [] : ["--preload", preload]), script]
  return [...(preload === undefined ? [] : ["--import", preload]), script]
}

/** The runtime where every user can run it. Deno lies in the clone, which may be closed to others: a copy goes into the folder. */
export const runtimeForEverybody = (folder: string): string => {
  if (!("Deno" in globalThis)) return process.execPath
  const copy = join(folder, "deno")
  copyFileSync(process.execPath, copy, constants.COPYFILE_FICLONE)
  chmodSync(copy, 0o755)
  return copy
}
