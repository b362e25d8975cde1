/**
 * Editors on the files of a cluster, and the verdict in the end: nothing that was acknowledged is lost, nothing is
 * doubled, seqs have no gaps, and every node, every editor and a cold start have the same documents.
 *
 * An editor has a node where it is at home, and goes to another one that lives while that is away.
 */
import { expect, onTestFinished } from "vitest"
import { checkHistory, type Verdict } from "../harness/checkHistory.ts"
import type { EaselCluster, Member } from "../harness/EaselCluster.ts"
import { createFile, readFile } from "../harness/editing.ts"
import { longestGap } from "../harness/gaps.ts"
import type { History } from "../harness/History.ts"
import { historyForTest } from "../harness/historyForTest.ts"
import { readAllTheTime } from "../harness/readAllTheTime.ts"
import { fold, readLogs } from "../harness/readLogs.ts"
import { waitUntil } from "../harness/waitUntil.ts"
import { LoadEditor } from "./LoadEditor.ts"
import { type Band, measureViolations, recordTimeline } from "./report/record.ts"
import { timelineOf } from "./report/timeline.ts"

export interface ClusterLoadOptions {
  /** Names the history. */
  readonly name: string
  readonly files?: number
  readonly editors?: number
  /** Every so many files have an editor at home on the node that owns the file; the others' are elsewhere. */
  readonly localEvery?: number
}

const pauseMillis = 100
/** Longer than any freeze. */
const answerMillisMax = 90_000
const flowMillisMax = 60_000

interface Seat {
  readonly editor: LoadEditor
  readonly home: Member
}

export class ClusterLoad {
  readonly fileIds: ReadonlyArray<string>
  readonly seats: ReadonlyArray<Seat>
  readonly name: string
  readonly #cluster: EaselCluster
  readonly #history: History
  readonly #running: Promise<unknown>
  readonly #bands: Array<Band> = []
  readonly #stopReader: () => Promise<void>

  private constructor(name: string, cluster: EaselCluster, history: History, fileIds: ReadonlyArray<string>, seats: ReadonlyArray<Seat>) {
    this.name = name
    this.#cluster = cluster
    this.#history = history
    this.fileIds = fileIds
    this.seats = seats
    this.#running = Promise.all(seats.map(({ editor }) => editor.run()))
    this.#running.catch(() => undefined)
    let turn = 0
    const anyUrl = () => cluster.living[turn++ % cluster.living.length]?.process.url
    this.#stopReader = readAllTheTime(anyUrl, fileIds, history)
  }

  /** Starts editing and returns when every editor has had answers. */
  static async start(cluster: EaselCluster, { editors = 20, files = 20, localEvery = 4, name }: ClusterLoadOptions): Promise<ClusterLoad> {
    const history = await historyForTest(`cluster-${name}`)
    const doors = cluster.living.map(({ process }) => process)
    const fileIds = await Promise.all(Array.from({ length: files }, (_, n) => createFile(doors[n % doors.length] ?? doorMissing())))
    const owners = await cluster.ownersOf(fileIds)
    const seats = Array.from({ length: editors }, (_, number): Seat => {
      const fileId = fileIds[number % files] ?? ""
      const owner = cluster.members.findIndex(({ name }) => name === owners.get(fileId))
      const away = number % localEvery === 0 ? 0 : 1 + (number + Math.floor(number / files)) % Math.max(1, cluster.members.length - 1)
      const home = cluster.members[(Math.max(0, owner) + away) % cluster.members.length] ?? doorMissing()
      return { home, editor: new LoadEditor({ number, fileId, seed: number, history, pauseMillis, answerMillisMax, url: urlOf(cluster, home, number) }) }
    })
    onTestFinished(() => {
      for (const { editor } of seats) {
        editor.stop()
        editor.disconnect()
      }
    })
    const load = new ClusterLoad(name, cluster, history, fileIds, seats)
    await load.flows()
    return load
  }

  /** Waits until each editor, or those given, has had so many answers more. */
  async flows(answers = 5, seats: ReadonlyArray<Seat> = this.seats): Promise<void> {
    const targets = seats.map(({ editor }) => editor.answers.length + answers)
    const waits = () => seats.filter(({ editor }, index) => editor.answers.length < (targets[index] ?? 0))
    const flows = waitUntil(() => waits().length === 0, {
      deadlineMillis: flowMillisMax,
      what: "every editor has answers",
      state: async () => ({ waits: waits().map(({ editor, home }) => [home.name, editor.fileId, editor.inFlight]), runners: await this.#cluster.runners() })
    })
    await Promise.race([flows, this.#running])
  }

  /** Longest silences since a moment, one per editor. */
  gapsSince(fromMillis: number, seats: ReadonlyArray<Seat>): Array<number> {
    const now = performance.now()
    return seats.map(({ editor }) => longestGap(editor.answers.map(({ atMillis }) => atMillis), fromMillis, now))
  }

  /** Something is broken from now on; returns how to say that it is whole again. */
  breaks(name: string): () => void {
    const fromMillis = performance.now()
    return () => void this.#bands.push({ name, fromMillis, toMillis: performance.now() })
  }

  /** Ends the editing, judges everything, and ends with a cold start: a single node, which is the only one left. */
  async finish(): Promise<Verdict["counts"]> {
    const editors = this.seats.map(({ editor }) => editor)
    for (const editor of editors) editor.stop()
    await this.#running
    recordTimeline(timelineOf(this.name, editors.flatMap(({ answers }) => answers), this.#bands))
    await Promise.all(editors.slice(0, this.fileIds.length).map((editor) => editor.finish()))
    await this.#stopReader()
    const warm = await this.#sameEverywhere()
    for (const [index, fileId] of this.fileIds.entries()) {
      for (const editor of editors.filter((each) => each.fileId === fileId)) {
        await editor.reaches(warm[index]?.seq ?? Infinity)
        expect([editor.errors, editor.replica.violations.slice(0, 5)]).toEqual([[], []])
        expect(editor.replica.model.digest).toBe(warm[index]?.digest)
      }
    }
    const statuses = await Promise.all(this.#cluster.living.map(({ process }) => process.stop()))
    console.log(`${this.name}: stopping took ${statuses.map(({ millis }) => Math.round(millis)).join(", ")} ms`)
    expect(statuses.map(({ code }) => code)).toEqual(statuses.map(() => 0))
    await this.#cluster.start({})
    expect(await this.#sameEverywhere()).toEqual(warm)

    const logs = await readLogs(this.#cluster.databaseUrl)
    expect(this.fileIds.map((fileId) => [logs.get(fileId)?.length, fold(logs.get(fileId) ?? []).digest]))
      .toEqual(warm.map(({ digest, seq }) => [seq, digest]))
    const { counts, violations } = checkHistory(this.#history.read(), logs)
    measureViolations(this.name, violations, counts.acked)
    expect(violations.slice(0, 10)).toEqual([])
    return counts
  }

  async #sameEverywhere(): Promise<Array<{ readonly digest: string; readonly seq: number }>> {
    const seen = await Promise.all(this.#cluster.living.map(({ process }) =>
      Promise.all(this.fileIds.map(async (fileId) => {
        const { digest, seq } = await readFile(process, fileId)
        return { digest, seq }
      }))))
    const [first = []] = seen
    for (const other of seen) expect(other).toEqual(first)
    return first
  }
}

const urlOf = (cluster: EaselCluster, home: Member, number: number) => (failures: number): string | undefined => {
  const { living } = cluster
  if (failures === 0 && living.includes(home)) return home.process.webSocketUrl
  return living[(number + failures) % living.length]?.process.webSocketUrl
}

const doorMissing = (): never => {
  throw new Error("no member of the cluster runs")
}
