/**
 * The runtime that the tests run on, Node or Deno, runs the programs that they start, too. This is what
 * `process.execPath` needs to run a script; the script's own arguments follow.
 */
export const programArgs = (script: string): ReadonlyArray<string> => "Deno" in globalThis ? ["run", "-A", script] : [script]
