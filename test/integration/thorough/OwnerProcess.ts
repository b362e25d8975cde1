/**
 * A handle on one EmbeddedPostgresOwner: an Easel process, as far as the
 * embedded server is concerned, with verbs to wait for it and to end it.
 */
import { Schema } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { dirname } from "node:path"
import { programArgs, runtimeForEverybody } from "../../harness/runtime.ts"
import { waitUntil } from "../../harness/waitUntil.ts"
import { OwnerEvent } from "./OwnerEvent.ts"

export interface OwnerProcessOptions {
  readonly settings?: Readonly<Record<string, string>>
  /** Runs as this user; ours if absent. */
  readonly uid?: number
}

const decodeEvent = Schema.decodeSync(Schema.fromJsonString(OwnerEvent))

export class OwnerProcess {
  readonly events: Array<OwnerEvent> = []
  hasExited = false
  readonly #process: ChildProcess
  #output = ""

  constructor(bundle: string, dataFolder: string, { settings = {}, uid }: OwnerProcessOptions) {
    const runtime = uid === undefined ? process.execPath : runtimeForEverybody(dirname(dataFolder))
    const child = spawn(runtime, [...programArgs(bundle), dataFolder, JSON.stringify(settings)], {
      detached: true, // a group of its own, as a terminal gives to each job
      stdio: ["ignore", "pipe", "pipe"],
      ...(uid === undefined ? {} : { cwd: "/", uid, gid: uid })
    })
    this.#process = child
    child.once("close", () => this.hasExited = true)
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("{")) this.events.push(decodeEvent(line))
      else this.#output += `${line}\n`
    })
    child.stderr.on("data", (chunk: Buffer) => this.#output += chunk.toString())
  }

  get pid(): number {
    return this.#process.pid ?? -1
  }

  /** The first event with the tag, awaited. */
  async event<Tag extends OwnerEvent["_tag"]>(tag: Tag): Promise<Extract<OwnerEvent, { _tag: Tag }>> {
    const isIt = (event: OwnerEvent): event is Extract<OwnerEvent, { _tag: Tag }> => event._tag === tag
    await this.until(() => this.events.some(isIt) || this.hasExited, tag)
    const found = this.events.find(isIt)
    if (found === undefined) throw new Error(`no ${tag}: ${JSON.stringify(this.events)} ${this.#output}`)
    return found
  }

  async stop(): Promise<void> {
    this.#process.kill("SIGTERM")
    await this.until(() => this.hasExited, "the owner has stopped")
  }

  async kill(): Promise<void> {
    this.#process.kill("SIGKILL")
    await this.until(() => this.hasExited, "the owner is gone")
  }

  /** What Ctrl-C does: the signal goes to the whole group. */
  interruptGroup(): void {
    process.kill(-this.pid, "SIGINT")
  }

  until(predicate: () => boolean, what: string): Promise<void> {
    const state = () => ({ events: this.events, output: this.#output })
    return waitUntil(predicate, { deadlineMillis: 20_000, what, state })
  }
}
