/**
 * Nodes for tests: each ends with the test, or the file, that started it, and what it printed stands in the output
 * when the test fails.
 */
import { afterAll, beforeAll, beforeEach, onTestFailed, onTestFinished } from "vitest"
import { type EaselOptions, EaselProcess } from "./EaselProcess.ts"
import { createDatabase, type TestDatabase } from "./postgres.ts"

const logCharsShown = 8_000

/** A node for one test, prepared but not started. Call it inside a test. */
export const nodeForTest = async (options: EaselOptions = {}): Promise<EaselProcess> => {
  const node = await EaselProcess.prepare(options)
  onTestFinished(() => node.dispose())
  onTestFailed(() => show(node.log))
  return node
}

/** A database for one test. Call it before the node that uses it, so that the node ends first. */
export const databaseForTest = async (): Promise<TestDatabase> => {
  const database = await createDatabase()
  onTestFinished(() => database.drop())
  return database
}

export interface FileNode {
  readonly node: EaselProcess
  readonly database: TestDatabase
}

/** One node on a database of its own for all tests of a file: read the result inside tests only. */
export const nodeForFile = (options: EaselOptions = {}): FileNode => startedBefore(() => startNode(options), endNode)

/** Nodes that are there for every file of a process that wants one like them, by their options. */
const shared = new Map<string, FileNode>()

/**
 * A node that other files use as well, one after the other, so that it is started once for all of them. For tests that
 * look at nothing but files and users of their own; should one of them have ended it, the next file has another.
 */
export const sharedNode = (options: EaselOptions = {}): FileNode =>
  startedBefore(async () => {
    const name = JSON.stringify(options)
    const former = shared.get(name)
    if (former?.node.isReady === true) return former
    if (former !== undefined) await endNode(former)
    const started = await startNode(options)
    shared.set(name, started)
    return started
  }, async () => undefined)

const startNode = async (options: EaselOptions): Promise<FileNode> => {
  const database = await createDatabase()
  const node = await EaselProcess.prepare({ ...options, databaseUrl: database.url })
  const started = { node, database }
  try {
    await node.start()
  } catch (error) {
    await endNode(started)
    throw error
  }
  return started
}

const endNode = async ({ database, node }: FileNode): Promise<void> => {
  await node.dispose()
  await database.drop()
}

const startedBefore = (start: () => Promise<FileNode>, end: (started: FileNode) => Promise<void>): FileNode => {
  let started: FileNode | undefined
  const get = (): FileNode => {
    if (started === undefined) throw new Error("the node is there inside tests only")
    return started
  }
  beforeAll(async () => {
    started = await start()
  })
  beforeEach(({ onTestFailed }) => {
    const { length } = get().node.log
    onTestFailed(() => show(get().node.log.slice(Math.min(length, get().node.log.length - 1))))
  })
  afterAll(async () => {
    if (started !== undefined) await end(started)
  })
  return {
    get node() {
      return get().node
    },
    get database() {
      return get().database
    }
  }
}

const show = (log: string): void => {
  if (log.trim() !== "") console.error(`what the node printed:\n${log.slice(-logCharsShown)}`)
}
