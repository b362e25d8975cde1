/**
 * What a node holds at rest: memory after a collection, descriptors, fibers, timers and other things that keep its event
 * loop awake. After a fault all of it is to be what it was before, or something was left behind (C8 of the checkers).
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { EaselProcess } from "./EaselProcess.ts"
import { type TemporaryFolder, temporaryFolder } from "./temporaryFolder.ts"
import { waitUntil } from "./waitUntil.ts"

export interface Footprint {
  readonly memoryBytes: number
  readonly descriptors: number
  readonly fibers: number
  readonly timers: number
  /** Sockets, servers, pipes and requests under way. */
  readonly handles: number
}

/** Of each number, above what it was. */
const growthMax = 0.05
const answerMillisMax = 10_000
const restMillisMax = 30_000

export class FootprintProbe {
  /** What a node has to be started with. */
  readonly options: { readonly preload: string; readonly environment: Readonly<Record<string, string>> }
  readonly remove: () => Promise<void>
  readonly #path: string
  #turn = 0

  private constructor({ path, remove }: TemporaryFolder) {
    this.remove = remove
    this.#path = join(path, "footprint.json")
    this.options = { preload: fileURLToPath(new URL("footprintProbe.mjs", import.meta.url)), environment: { EASEL_FOOTPRINT: this.#path } }
  }

  static async prepare(): Promise<FootprintProbe> {
    return new FootprintProbe(await temporaryFolder())
  }

  async read({ pid }: EaselProcess): Promise<Footprint> {
    const turn = ++this.#turn
    process.kill(pid, "SIGUSR2")
    const written = () => existsSync(this.#path) ? JSON.parse(readFileSync(this.#path, "utf8")) : { turn: 0 }
    await waitUntil(() => written().turn === turn, { deadlineMillis: answerMillisMax, what: "the node tells what it holds" })
    const { awake, fibers, memoryBytes } = written()
    const { Timeout: timers = 0, Immediate: _, ...others } = awake
    const handles = Object.values<number>(others).reduce((sum, count) => sum + count, 0)
    return { memoryBytes, fibers, timers, handles, descriptors: readdirSync(`/proc/${pid}/fd`).length }
  }

  /** Waits until the node holds no more than it did `before`, and a twentieth. Returns what it holds then. */
  async returnsTo(before: Footprint, node: EaselProcess): Promise<Footprint> {
    let now = before
    await waitUntil(async () => {
      now = await this.read(node)
      return grownIn(before, now).length === 0
    }, { deadlineMillis: restMillisMax, what: "the node holds what it held before", state: () => ({ before, now, grown: grownIn(before, now) }) })
    return now
  }
}

const names = ["memoryBytes", "descriptors", "fibers", "timers", "handles"] as const

const grownIn = (before: Footprint, now: Footprint): ReadonlyArray<string> =>
  names.filter((name) => now[name] > before[name] * (1 + growthMax))

/** For the report: what changed, in percent. */
export const change = (before: Footprint, now: Footprint): string =>
  names.map((name) => `${name} ${before[name]} to ${now[name]}`).join(", ")
