/**
 * A PostgreSQL for one test, with settings of its own and at one address for all of its lives: it can be killed, with all
 * that was not committed, and started again on what it left.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as EmbeddedPostgres from "../../cluster/runtime/EmbeddedPostgres.ts"
import { freePort } from "../../cluster/runtime/freePort.ts"
import { type TemporaryFolder, temporaryFolder } from "./temporaryFolder.ts"

export class OwnPostgres {
  readonly #folder: TemporaryFolder
  readonly #settings: Readonly<Record<string, string>>
  #scope = Scope.makeUnsafe()
  #pid = 0
  #url = ""

  private constructor(folder: TemporaryFolder, settings: Readonly<Record<string, string>>) {
    this.#folder = folder
    this.#settings = settings
  }

  /** Without fsync, unless the settings say otherwise: killing a process loses nothing by that. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<OwnPostgres> {
    const postgres = new OwnPostgres(await temporaryFolder(), { port: String(await freePort()), fsync: "off", ...settings })
    await postgres.start()
    return postgres
  }

  /** A superuser's, on an empty database. */
  get url(): string {
    return this.#url
  }

  /** The postmaster. */
  get pid(): number {
    return this.#pid
  }

  async start(): Promise<void> {
    this.#scope = Scope.makeUnsafe()
    const made = EmbeddedPostgres.make({ dataFolder: this.#folder.path, settings: this.#settings })
    const { pid, url } = await Effect.runPromise(Scope.provide(made, this.#scope))
    this.#pid = pid
    this.#url = url
  }

  async kill(): Promise<void> {
    process.kill(this.#pid, "SIGKILL")
    await this.#stop()
  }

  /** Stops it for good, with what it holds. */
  async drop(): Promise<void> {
    await this.#stop()
    await this.#folder.remove()
  }

  #stop(): Promise<void> {
    return Effect.runPromise(Scope.close(this.#scope, Exit.void))
  }
}
