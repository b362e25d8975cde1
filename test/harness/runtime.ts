/**
 * The runtime that the tests run on, Node or Deno, runs the programs that they start, too. This is what
 * `process.execPath` needs to run a script, after a module to load before it; the script's own arguments follow.
 */
export const programArgs = (script: string, preload?: string): ReadonlyArray<string> => {
  if ("Deno" in globalThis) return ["run", "-A", ...(preload === undefined ? [] : ["--preload", preload]), script]
  return [...(preload === undefined ? [] : ["--import", preload]), script]
}
