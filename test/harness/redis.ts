/**
 * A real Redis server for tests, with a port of its own: `redis-server` on the path, or the Debian package unpacked
 * into a cache folder, which needs no root. Without either the tests of Redis are left out, and said so; CI counts that
 * as failures. A fake never counts as Redis.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { existsSync, mkdirSync, readdirSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Redis } from "ioredis"
import { describe, onTestFinished } from "vitest"
import { freePort } from "../../cluster/runtime/freePort.ts"
import { waitUntil } from "./waitUntil.ts"

const cacheFolder = join(tmpdir(), "easel-test-redis")

const findOnPath = (): string | undefined =>
  (process.env["PATH"] ?? "").split(":").map((folder) => join(folder, "redis-server")).find(existsSync)

/** About six seconds, once. */
const unpack = (): string | undefined => {
  const binary = join(cacheFolder, "root/usr/bin/redis-check-rdb")
  if (existsSync(binary)) return binary
  try {
    mkdirSync(join(cacheFolder, "root"), { recursive: true })
    // The server's binary is in redis-tools, under the name of one of its other uses.
    execFileSync("apt-get", ["download", "redis-tools", "libjemalloc2", "liblzf1"], { cwd: cacheFolder, stdio: "ignore", timeout: 60_000 })
    for (const name of readdirSync(cacheFolder).filter((file) => file.endsWith(".deb"))) {
      execFileSync("dpkg", ["-x", join(cacheFolder, name), join(cacheFolder, "root")], { stdio: "ignore" })
    }
    return existsSync(binary) ? binary : undefined
  } catch {
    return undefined
  }
}

const program = findOnPath() ?? unpack()
const mayBeMissing = process.env["CI"] === undefined || process.env["CI"] === ""

if (program === undefined && mayBeMissing) {
  console.warn("\n*** THE TESTS OF REDIS ARE SKIPPED: no redis-server on the PATH, and its package cannot be had. ***\n")
}

/** `describe` for tests that need Redis. */
export const describeWithRedis = program === undefined && mayBeMissing ? describe.skip : describe

const living = new Set<ChildProcess>()
process.once("exit", () => {
  for (const child of living) child.kill("SIGKILL")
})

export class RedisServer {
  readonly #port: number
  #child: ChildProcess | undefined
  #client: Redis | undefined

  private constructor(port: number) {
    this.#port = port
  }

  /** A server for one test or, from `beforeAll`, for a file: the caller stops it. */
  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort())
    await server.start()
    return server
  }

  static async forTest(): Promise<RedisServer> {
    const server = await RedisServer.start()
    onTestFinished(() => server.stop())
    return server
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`
  }

  /** A client of the test's own. */
  get client(): Redis {
    return this.#client ??= new Redis(this.url, { retryStrategy: (times) => Math.min(200, times * 20) }).on("error", () => undefined)
  }

  async start(): Promise<void> {
    if (program === undefined) throw new Error("there is no Redis here")
    const args = ["--port", String(this.#port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", tmpdir()]
    const child = spawn(program, args, {
      argv0: "redis-server",
      stdio: "ignore",
      env: { ...process.env, LD_LIBRARY_PATH: libraryPath() }
    })
    living.add(child)
    this.#child = child
    await waitUntil(async () => await this.client.ping().then(() => true, () => false), { deadlineMillis: 10_000, what: "Redis answers" })
  }

  /** Ends the server at once, with what it knows. */
  async kill(): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    const ended = new Promise((resolve) => child.once("exit", resolve))
    this.#signal("SIGKILL")
    await ended
    living.delete(child)
    this.#child = undefined
  }

  freeze(): void {
    this.#signal("SIGSTOP")
  }

  thaw(): void {
    this.#signal("SIGCONT")
  }

  /** Not `child.kill`: Deno takes whoever was signalled for ended. */
  #signal(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid
    if (pid !== undefined) process.kill(pid, signal)
  }

  async stop(): Promise<void> {
    this.#client?.disconnect()
    await this.kill()
  }
}

const libraryPath = (): string =>
  ["x86_64-linux-gnu", "aarch64-linux-gnu"].map((triple) => join(cacheFolder, "root/usr/lib", triple)).join(":")
