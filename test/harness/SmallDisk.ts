/**
 * A disk of so many bytes that can be filled and emptied: a tmpfs in a mount namespace of its own, which root may make
 * and, where the kernel lets them, users in a user namespace. Where neither works the test fails and says so. It is there
 * for as long as its keeper, which ends with the test, or with the test's process.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process"
import { once } from "node:events"
import { closeSync, openSync, rmSync, writeSync } from "node:fs"
import { join } from "node:path"
import type { Readable, Writable } from "node:stream"
import { onTestFinished } from "vitest"
import { type TemporaryFolder, temporaryFolder } from "./temporaryFolder.ts"

type Keeper = ChildProcessByStdio<Writable, Readable, Readable>

/** Its `cat` ends with the pipe from us. */
const mountAndStay = "mount -t tmpfs -o size=\"$2\",mode=0711 easel \"$1\" && echo mounted && exec cat"

/** The user, as the tests' own user sees it: PostgreSQL refuses to run as root. */
const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0]

export class SmallDisk {
  /** Where it is mounted, for those who run `within`. */
  readonly path: string
  /** What a program is started by to see it. */
  readonly within: ReadonlyArray<string>
  readonly #folder: TemporaryFolder
  readonly #keeper: Keeper

  private constructor(folder: TemporaryFolder, keeper: Keeper) {
    this.path = folder.path
    this.#folder = folder
    this.#keeper = keeper
    const target = ["nsenter", "--target", String(keeper.pid), "--mount"]
    this.within = uid === 0 ? target : [...target, "--user", "--preserve-credentials", "unshare", "--user", `--map-user=${uid}`, `--map-group=${gid}`]
  }

  static async forTest(bytes: number): Promise<SmallDisk> {
    const folder = await temporaryFolder()
    const namespaces = uid === 0 ? ["--mount"] : ["--map-root-user", "--mount"]
    const keeper = spawn("unshare", [...namespaces, "--", "sh", "-c", mountAndStay, "sh", folder.path, String(bytes)], { stdio: "pipe" })
    const disk = new SmallDisk(folder, keeper)
    onTestFinished(() => disk.#remove())
    let complaint = ""
    keeper.stderr.on("data", (chunk: Buffer) => complaint += chunk.toString())
    const failed = once(keeper, "error").then(([error]: Array<unknown>) => String(error))
    const ended = once(keeper, "close").then(() => complaint)
    const outcome = await Promise.race([failed, ended, once(keeper.stdout, "data").then(() => "")])
    if (outcome !== "") throw new Error(`a small disk cannot be made here, by root or in a user namespace: ${outcome}`)
    return disk
  }

  /** How others reach a path on it. */
  seen(...path: ReadonlyArray<string>): string {
    return join(`/proc/${this.#keeper.pid}/root`, this.path, ...path)
  }

  /** Takes all that is free. Returns how much that was, in bytes. */
  fill(): number {
    const file = openSync(this.#ballast, "a")
    let bytes = 0
    try {
      for (const piece of [Buffer.alloc(1024 * 1024), Buffer.alloc(4096)]) {
        while (true) {
          const written = writtenBytes(file, piece)
          bytes += written
          if (written < piece.length) break
        }
      }
    } finally {
      closeSync(file)
    }
    return bytes
  }

  free(): void {
    rmSync(this.#ballast, { force: true })
  }

  get #ballast(): string {
    return this.seen("ballast")
  }

  async #remove(): Promise<void> {
    if (this.#keeper.exitCode === null && this.#keeper.pid !== undefined) {
      const ended = once(this.#keeper, "close")
      this.#keeper.stdin.end()
      await ended
    }
    await this.#folder.remove()
  }
}

const writtenBytes = (file: number, piece: Buffer): number => {
  try {
    return writeSync(file, piece)
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOSPC") return 0
    throw error
  }
}
