/** The program `easel` on the command line, in an environment of its own. */
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { programArgs } from "./runtime.ts"

const program = fileURLToPath(new URL("../../dist/easel.mjs", import.meta.url))
const execute = promisify(execFile)

type Environment = Readonly<Record<string, string>>

/** What it prints. Fails when it does. */
export const easel = async (args: ReadonlyArray<string>, env: Environment = {}): Promise<string> => {
  const { stdout } = await execute(process.execPath, [...programArgs(program), ...args], { env: { PATH: process.env.PATH ?? "", ...env } })
  return stdout
}

/** What a call that must fail says on standard error. */
export const complaintOf = async (args: ReadonlyArray<string>, env?: Environment): Promise<string> =>
  easel(args, env).then(
    (stdout) => Promise.reject(new Error(`it did not fail: ${stdout}`)),
    ({ stderr }: { readonly stderr: string }) => stderr.trimEnd()
  )
