/** The program `easel` on the command line, in an environment of its own. */
import { execFile, spawn } from "node:child_process"
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

/** A command that goes on until it is interrupted, and what it has printed so far. */
export const easelRunning = (args: ReadonlyArray<string>, env: Environment = {}) => {
  const child = spawn(process.execPath, [...programArgs(program), ...args], { env: { PATH: process.env.PATH ?? "", ...env }, stdio: ["ignore", "pipe", "pipe"] })
  const printed = { stdout: "", stderr: "" }
  child.stdout.setEncoding("utf8").on("data", (text: string) => printed.stdout += text)
  child.stderr.setEncoding("utf8").on("data", (text: string) => printed.stderr += text)
  const exited = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)))
  return {
    printed,
    /** Its exit code, when all that it printed is there. */
    exited,
    /** As Ctrl-C does. `process.kill`, because Deno's `ChildProcess.kill` reports its signal as the exit. */
    interrupt: (): void => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(child.pid, "SIGINT")
    }
  }
}
