/**
 * The operating-system user of the server's processes. PostgreSQL refuses to
 * run as root, so under root it gets an unprivileged user that has a passwd
 * entry (initdb looks its own name up); otherwise it runs as ourselves. Every
 * program starts in `/` with a bare environment: the user's folders may be
 * closed to it, and PG* or LD_* variables must not reach it.
 */
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { readFile } from "node:fs/promises"
import { attempt, EmbeddedPostgresFailed } from "./EmbeddedPostgresFailed.ts"

/** `undefined` means: the user we are. */
export type PostgresUser = { readonly uid: number; readonly gid: number } | undefined

export const ownUid = (): number => process.getuid?.() ?? -1

export const isRoot = (): boolean => ownUid() === 0

/** `nobody` (65534 on Linux); `daemon` where nobody has another number, as on macOS. */
export const unprivileged = Effect.gen(function*() {
  const passwd = yield* attempt("cannot read /etc/passwd", () => readFile("/etc/passwd", "utf8"))
  const users = passwd.split("\n").map((line) => line.split(":")).map(([name, , uid, gid]) => ({
    name,
    uid: Number(uid),
    gid: Number(gid)
  }))
  const user = users.find(({ uid }) => uid === 65534) ?? users.find(({ name }) => name === "daemon")
  if (user === undefined) {
    return yield* new EmbeddedPostgresFailed({
      reason: "PostgreSQL does not run as root, and /etc/passwd has no user 65534 or daemon to run it as"
    })
  }
  return { uid: user.uid, gid: user.gid }
})

export const spawnOptions = (user: PostgresUser) => ({
  cwd: "/",
  env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" },
  ...user
})

/** Runs a program to its end; `undefined` on success, else the line that says what went wrong. */
export const run = (
  user: PostgresUser,
  command: string,
  args: ReadonlyArray<string>,
  input = ""
): Effect.Effect<string | undefined, EmbeddedPostgresFailed> =>
  attempt(`cannot run ${command}`, (signal) =>
    new Promise((resolve, reject) => {
      const child = spawn(command, args, { ...spawnOptions(user), stdio: "pipe" })
      let output = ""
      const collect = (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-outputCharactersMax)
      }
      child.stdout.on("data", collect)
      child.stderr.on("data", collect)
      child.stdin.on("error", () => {}) // a program that ends without reading its input
      child.once("error", reject)
      child.once("close", (code) => resolve(code === 0 ? undefined : lineOfFailure(output) ?? `exit code ${code}`))
      signal.addEventListener("abort", () => child.kill("SIGTERM"))
      child.stdin.end(input)
    }))

/** As `run`, for programs that must succeed. */
export const runOrFail = Effect.fnUntraced(function*(
  what: string,
  user: PostgresUser,
  command: string,
  args: ReadonlyArray<string>,
  input?: string
) {
  const failure = yield* run(user, command, args, input)
  if (failure !== undefined) return yield* new EmbeddedPostgresFailed({ reason: `${what}: ${failure}` })
})

/** The last error that PostgreSQL's programs reported in `output`; else its last line. */
export const lineOfFailure = (output: string): string | undefined => {
  const lines = output.split("\n").filter((line) => line.trim() !== "")
  const error = lines.findLast((line) => /\b(?:error|ERROR|FATAL|PANIC): /.test(line))
  return error?.replace(/^.*?\b(?:error|ERROR|FATAL|PANIC):\s+/, "") ?? lines.at(-1)
}

const outputCharactersMax = 16_384
