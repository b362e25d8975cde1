/**
 * A real node: `node dist/easel.mjs start` in a process of its own, on a free port, with a data folder of its own,
 * either on a database that the test brings or, as `npm start` does, on its own embedded PostgreSQL; or a member of a
 * cluster, as `easel node` and `easel gateway` start it (`EaselCluster.ts`).
 *
 * Verbs are what happens to nodes in production: start, stop (SIGTERM), kill (SIGKILL, with or without its
 * PostgreSQL), freeze and thaw (SIGSTOP, SIGCONT), restart on the same data. What it prints is kept. A node that a
 * test forgot dies with the test's process; `easelNode.ts` ends each with its test.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { existsSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { programArgs } from "./runtime.ts"
import { type TemporaryFolder, temporaryFolder } from "./temporaryFolder.ts"
import { waitUntil } from "./waitUntil.ts"

export interface EaselOptions {
  /** What the program is asked to do; `start` by default. */
  readonly role?: "start" | "node" | "gateway" | "collect-garbage" | "compact" | "fsck"
  /** Flags after the role. */
  readonly flags?: ReadonlyArray<string>
  /** A module that is loaded before the program, to do what cannot be done from outside. */
  readonly preload?: string
  /** Further settings, as the environment names them. */
  readonly environment?: Readonly<Record<string, string>>
  /** A database; without it the node embeds its own, durable PostgreSQL. */
  readonly databaseUrl?: string
  /** Shared with another node; by default a temporary folder, removed in the end. */
  readonly dataFolder?: string
  /** `EASEL_FILE_IDLE`, as in "1 second". */
  readonly fileIdle?: string
  readonly port?: number
  /** A program, and its arguments, that starts the node in surroundings of its own. */
  readonly within?: ReadonlyArray<string>
  /** What starts the node, instead of the built program on the runtime of the tests. */
  readonly command?: readonly [program: string, ...args: ReadonlyArray<string>]
}

export interface ExitStatus {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly millis: number
}

const program = fileURLToPath(new URL("../../dist/easel.mjs", import.meta.url))
const startMillisMax = 60_000
/** A drain that is slower than this is a failed one. */
const stopMillisMax = 20_000
const logCharsMax = 200_000

/** Tests send as fast as they are answered, which is more than one connection may; those of the limits set them back. */
export const unhurried = { EASEL_FRAMES_PER_SECOND: "1000000", EASEL_OPERATIONS_PER_SECOND: "1000000" }

/** Nodes that run, and their folders. */
const living = new Map<ChildProcess, string | undefined>()
const endLiving = (): void => {
  for (const [child, folder] of living) {
    child.kill("SIGKILL")
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  }
}
process.once("exit", endLiving)
// So vitest ends the processes of tests, and then there is no exit to hear of.
process.once("SIGTERM", () => {
  endLiving()
  process.kill(process.pid, "SIGKILL")
})

export class EaselProcess {
  readonly dataFolder: string
  readonly #options: EaselOptions
  readonly #folder: TemporaryFolder | undefined
  #child: ChildProcess | undefined
  #exit: Promise<ExitStatus> | undefined
  #hasExited = true
  #isFrozen = false
  #log = ""
  #stderr = ""
  #url: string | undefined

  private constructor(options: EaselOptions, folder: TemporaryFolder | undefined, dataFolder: string) {
    this.#options = options
    this.#folder = folder
    this.dataFolder = dataFolder
  }

  /** A node that is still to be started. */
  static async prepare(options: EaselOptions = {}): Promise<EaselProcess> {
    if (!existsSync(program)) throw new Error(`${program} is missing: run node cluster/main/build.mjs first`)
    const folder = options.dataFolder === undefined ? await temporaryFolder() : undefined
    return new EaselProcess(options, folder, options.dataFolder ?? folder?.path ?? "")
  }

  /** `http://127.0.0.1:port` of the running node; another one after each start. */
  get url(): string {
    if (this.#url === undefined) throw new Error(`the node is not ready\n${this.#log}`)
    return this.#url
  }

  get webSocketUrl(): string {
    return `${this.url.replace("http", "ws")}/ws`
  }

  get pid(): number {
    const pid = this.#child?.pid
    if (pid === undefined || this.#hasExited) throw new Error(`the node does not run\n${this.#log}`)
    return pid
  }

  get isRunning(): boolean {
    return !this.#hasExited
  }

  /** It has said where editors connect. */
  get isReady(): boolean {
    return this.#url !== undefined && !this.#hasExited
  }

  get isFrozen(): boolean {
    return this.#isFrozen
  }

  /** Everything it has printed, of all its lives. */
  get log(): string {
    return this.#log
  }

  /** What the present life has printed to stderr. */
  get stderr(): string {
    return this.#stderr
  }

  /** Its embedded PostgreSQL, as the lock file names it. */
  get postmasterPid(): number | undefined {
    const lock = join(this.dataFolder, "postgres/postmaster.pid")
    return existsSync(lock) ? Number(readFileSync(lock, "utf8").split("\n")[0]) : undefined
  }

  /** Starts the process and does not wait. */
  launch(): void {
    const { command = commandOf(this.#options), databaseUrl, environment = {}, fileIdle, port = 0, within = [] } = this.#options
    const [runtime = "", ...args] = [...within, ...command]
    const { DATABASE_URL: _url, EASEL_DATA: _data, EASEL_FILE_IDLE: _idle, ...inherited } = process.env
    const child = spawn(runtime, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...inherited,
        HOST: "127.0.0.1",
        PORT: String(port),
        EASEL_DATA: this.dataFolder,
        ...unhurried,
        ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
        ...(fileIdle === undefined ? {} : { EASEL_FILE_IDLE: fileIdle }),
        ...environment
      }
    })
    living.set(child, this.#folder?.path)
    this.#child = child
    this.#hasExited = false
    this.#isFrozen = false
    this.#url = undefined
    this.#stderr = ""
    const startedMillis = performance.now()
    this.#exit = new Promise((resolve) =>
      child.once("close", (code, signal) => {
        living.delete(child)
        this.#hasExited = true
        resolve({ code, signal, millis: performance.now() - startedMillis })
      })
    )
    child.stdout.on("data", (chunk: Buffer) => {
      this.#print(chunk.toString())
      this.#url ??= /^Easel is ready: (http:\S+)$/m.exec(this.#log.slice(this.#log.lastIndexOf(lifeMark)))?.[1]
    })
    child.stderr.on("data", (chunk: Buffer) => {
      this.#stderr += chunk.toString()
      this.#print(chunk.toString())
    })
    this.#print(`${lifeMark} process ${child.pid}\n`)
  }

  /** Starts the process and waits until it is ready. */
  async start(): Promise<this> {
    this.launch()
    await waitUntil(() => this.#url !== undefined || this.#hasExited, {
      deadlineMillis: startMillisMax,
      what: "the node is ready",
      state: () => this.#log
    })
    if (this.#url === undefined) throw new Error(`the node did not start\n${this.#log}`)
    return this
  }

  /** Waits for the process to end by itself. */
  async exited(deadlineMillis = startMillisMax): Promise<ExitStatus> {
    await waitUntil(() => this.#hasExited, { deadlineMillis, what: "the node has exited", state: () => this.#log })
    if (this.#exit === undefined) throw new Error("the node was never started")
    return this.#exit
  }

  /** SIGTERM: the node drains and exits. `millis` is what the drain took. */
  async stop(): Promise<ExitStatus> {
    return this.#end("SIGTERM")
  }

  /** What Ctrl-C does. */
  async interrupt(): Promise<ExitStatus> {
    return this.#end("SIGINT")
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal)
  }

  /** SIGSTOP: the process does nothing any more, and its connections stay. */
  freeze(): void {
    this.signal("SIGSTOP")
    this.#isFrozen = true
  }

  /** SIGCONT: it goes on as if no time had passed. */
  thaw(): void {
    this.signal("SIGCONT")
    this.#isFrozen = false
  }

  /** SIGKILL of the node alone; embedded PostgreSQL notices and stops. */
  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL")
    await this.exited()
  }

  /** SIGKILL of the node and of its embedded PostgreSQL in the same instant: a power cut, but for the disk. */
  async killWithPostgres(): Promise<void> {
    const postmaster = this.postmasterPid
    if (postmaster === undefined) throw new Error("the node has no embedded PostgreSQL")
    process.kill(postmaster, "SIGKILL")
    process.kill(this.pid, "SIGKILL")
    await this.exited()
  }

  /** Ends the present life as given and starts the next on the same data. */
  async restart(how: "stop" | "kill" | "killWithPostgres"): Promise<this> {
    await this[how]()
    return this.start()
  }

  /** Ends the process, whatever state it is in, and removes its folder. */
  async dispose(): Promise<void> {
    if (!this.#hasExited) {
      if (this.#isFrozen) this.thaw()
      // Embedded PostgreSQL goes with a stopped node at once, and with a killed one a moment later.
      this.#child?.kill("SIGTERM")
      const deadline = setTimeout(() => this.#child?.kill("SIGKILL"), stopMillisMax)
      await this.#exit
      clearTimeout(deadline)
    }
    await this.#folder?.remove()
  }

  async #end(signal: "SIGTERM" | "SIGINT"): Promise<ExitStatus> {
    const askedMillis = performance.now()
    // Not by ChildProcess.kill: on Deno, its exit is then that signal, whatever the code.
    if (this.isRunning) this.signal(signal)
    const status = await this.exited(stopMillisMax)
    return { ...status, millis: performance.now() - askedMillis }
  }

  #print(text: string): void {
    this.#log = (this.#log + text).slice(-logCharsMax)
  }
}

const commandOf = ({ flags = [], preload, role = "start" }: EaselOptions): readonly [string, ...ReadonlyArray<string>] =>
  [process.execPath, ...programArgs(program, preload), role, ...flags]

const lifeMark = "--- a life of the node:"
