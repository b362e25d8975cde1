/**
 * A whole node in the process of the test, on a database and a port of its own: faster to start than a process, and
 * its database is within reach. What must survive a kill is tested with `EaselProcess`.
 */
import { WebSocket } from "ws"
import { EditorFile, type EditorFileOptions } from "@easel/client"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as References from "effect/References"
import * as Scope from "effect/Scope"
import { expect, onTestFinished } from "vitest"
import * as Node from "../../cluster/runtime/Node.ts"
import { settings } from "../../cluster/runtime/Settings.ts"
import type { FileRead } from "./contract.ts"
import { unhurried } from "./EaselProcess.ts"
import { createFile, readFile } from "./editing.ts"
import { createDatabase } from "./postgres.ts"
import { runSql } from "./runSql.ts"
import { temporaryFolder } from "./temporaryFolder.ts"
import { waitUntil } from "./waitUntil.ts"

export interface NodeOptions {
  /** `EASEL_FILE_IDLE`, as in "1 second". */
  readonly fileIdle?: string
  /** Another node of the same cluster, which outlives this one. */
  readonly beside?: NodeInProcess
  /** Further settings. */
  readonly env?: Readonly<Record<string, string>>
}

const deadlineMillis = 20_000

export class NodeInProcess {
  readonly databaseUrl: string
  readonly #folder: string
  readonly #options: NodeOptions
  readonly #dispose: () => Promise<void>
  #scope = Scope.makeUnsafe()
  #url = ""

  private constructor(options: NodeOptions, databaseUrl: string, folder: string, dispose: () => Promise<void>) {
    this.#options = options
    this.databaseUrl = databaseUrl
    this.#folder = folder
    this.#dispose = dispose
  }

  static async #alone(options: NodeOptions): Promise<NodeInProcess> {
    const database = await createDatabase()
    const folder = await temporaryFolder()
    return new NodeInProcess(options, database.url, folder.path, async () => {
      await database.drop()
      await folder.remove()
    })
  }

  static async start(options: NodeOptions = {}): Promise<NodeInProcess> {
    const { beside } = options
    const node = beside === undefined ? await NodeInProcess.#alone(options) : new NodeInProcess(options, beside.databaseUrl, beside.#folder, async () => {})
    await node.#start("0")
    return node
  }

  get url(): string {
    return this.#url
  }

  get webSocketUrl(): string {
    return `${this.#url.replace("http", "ws")}/ws`
  }

  /** Stops the node as SIGTERM does and starts another in its place. */
  async restart(): Promise<void> {
    await Effect.runPromise(Scope.close(this.#scope, Exit.void))
    this.#scope = Scope.makeUnsafe()
    await this.#start(new URL(this.#url).port)
  }

  /** Ends the node's sessions, of all names that begin so. */
  async terminateSessions(application: string): Promise<void> {
    await runSql(
      this.databaseUrl,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND starts_with(application_name, $1)`,
      [application]
    )
  }

  async stop(): Promise<void> {
    await Effect.runPromise(Scope.close(this.#scope, Exit.void))
    await this.#dispose()
  }

  async #start(port: string): Promise<void> {
    const provider = ConfigProvider.fromUnknown({
      PORT: port,
      EASEL_DATA: this.#folder,
      DATABASE_URL: this.databaseUrl,
      ...unhurried,
      ...(this.#options.fileIdle === undefined ? {} : { EASEL_FILE_IDLE: this.#options.fileIdle }),
      ...this.#options.env
    })
    const { url } = await Effect.flatMap(settings.parse(provider), Node.start).pipe(
      Scope.provide(this.#scope),
      Effect.provideService(References.MinimumLogLevel, "None"),
      Effect.runPromise
    )
    this.#url = url
  }
}

/** A node that editors can reach, in this process or another. */
type Reachable = Pick<NodeInProcess, "url" | "webSocketUrl">

/** An editor of the SDK on a node, closed with the test. */
export const openEditor = (
  node: Reachable,
  fileId: string,
  options: Partial<EditorFileOptions> = {}
): EditorFile => {
  const editor = new EditorFile({ url: node.url, fileId, userId: `user-${crypto.randomUUID().slice(0, 8)}`, WebSocket, ...options })
  onTestFinished(() => editor.close())
  return editor
}

/** Waits until an editor has its file. */
export const online = (editor: EditorFile): Promise<void> =>
  waitUntil(() => editor.status.connectivity === "online", {
    deadlineMillis,
    what: "the editor is online",
    state: () => editor.status
  })

/** A new file with so many editors that have it. */
export const editorsOf = async (node: Reachable, count: number): Promise<{ fileId: string; editors: Array<EditorFile> }> => {
  const fileId = await createFile(node)
  const editors = Array.from({ length: count }, () => openEditor(node, fileId))
  await Promise.all(editors.map(online))
  return { fileId, editors }
}

/** C3: everything is saved, every editor has everything, and all have the server's digest. */
export const converged = async (node: Reachable, fileId: string, editors: ReadonlyArray<EditorFile>): Promise<FileRead> => {
  await Promise.all(editors.map((editor) => editor.saved()))
  const file = await readFile(node, fileId)
  await waitUntil(() => editors.every(({ seq, status }) => seq === file.seq && status.connectivity === "online"), {
    deadlineMillis,
    what: `every editor is at seq ${file.seq}`,
    state: () => editors.map(({ seq, status }) => ({ seq, ...status }))
  })
  for (const editor of editors) {
    expect(editor.digest()).toBe(file.digest)
    expect([...editor.document.all()].length).toBe(file.objects.length + file.deleted.length)
  }
  return file
}

export { createFile, readFile } from "./editing.ts"
