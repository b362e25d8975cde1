/**
 * What a test did and saw, one JSON line each, in the order it happened. A line is in the file before what it tells of
 * is sent, so the file explains a run that never came to its end.
 */
import { closeSync, openSync, readFileSync, writeSync } from "node:fs"
import { join } from "node:path"
import type { Result } from "./contract.ts"

/** `process` is an editor; it lives through many connections. */
export type HistoryEvent =
  | { readonly type: "invoke"; readonly process: number; readonly file: string; readonly id: string; readonly key: string; readonly again: boolean }
  | { readonly type: "ok"; readonly process: number; readonly file: string; readonly key: string; readonly result: Result }
  | { readonly type: "told"; readonly process: number; readonly file: string; readonly operations: ReadonlyArray<readonly [seq: number, id: string]> }
  | { readonly type: "info"; readonly process: number; readonly file: string; readonly what: string }
  | { readonly type: "read"; readonly file: string; readonly seq: number; readonly epoch: number; readonly digest: string }
  | { readonly type: "kill"; readonly number: number; readonly inFlight: number }
  | { readonly type: "ready"; readonly number: number; readonly downMillis: number }

export class History {
  readonly path: string
  readonly #file: number

  constructor(folder: string) {
    this.path = join(folder, "history.jsonl")
    this.#file = openSync(this.path, "a")
  }

  record(event: HistoryEvent): void {
    writeSync(this.#file, `${JSON.stringify({ wall: Date.now(), mono: performance.now(), ...event })}\n`)
  }

  close(): void {
    closeSync(this.#file)
  }

  read(): ReadonlyArray<HistoryEvent> {
    return readFileSync(this.path, "utf8").trimEnd().split("\n").map((line): HistoryEvent => JSON.parse(line))
  }
}
