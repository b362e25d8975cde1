/**
 * What a gateway knows of a file from its watch stream: opened again, from the last seq it saw, whenever it breaks. Every
 * operation must come once and in order, and all of them together are the file.
 */
import { FileUnavailable, type WatchEvent } from "@easel/protocol"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ToldOperation } from "../harness/contract.ts"
import type { HistoryEvent } from "../harness/History.ts"
import { Model } from "../harness/model.ts"
import type { SimulatedNode } from "./SimulatedNode.ts"
import type { World } from "./World.ts"

const pause = "50 millis"
const homelessMillis = 100

export interface WatcherOptions {
  readonly world: World
  readonly number: number
  readonly fileId: string
  readonly nodes: () => ReadonlyArray<SimulatedNode>
  readonly record: (event: HistoryEvent) => void
  readonly violation: (text: string) => void
}

export class ModelWatcher {
  readonly model = new Model()
  seq = 0
  private epoch = 0
  private lives = 0
  private readonly options: WatcherOptions

  constructor(options: WatcherOptions) {
    this.options = options
    this.findHome()
  }

  private findHome(): void {
    const { fileId, nodes, number, world } = this.options
    const node = world.random.oneOf(nodes())
    if (node === undefined) {
      world.after(homelessMillis, () => this.findHome())
      return
    }
    const life = ++this.lives
    const gatewayId = `${node.process.name}/${number}/${life}`
    const leave = (): void => {
      if (life === this.lives) this.findHome()
    }
    node.process.onDeath.add(leave)
    node.call(fileId, (file) =>
      Effect.suspend(() => file.Watch({ gatewayId, editors: [], shown: [], sinceSeq: this.seq }).pipe(
        Stream.runForEach((event) => this.isStale(event)
          ? Effect.fail(new FileUnavailable({ fileId, reason: "a former owner answers" }))
          : Effect.sync(() => {
            if (life === this.lives) this.onEvent(event)
          }))
      )).pipe(
        Effect.catchCause(() => Effect.void),
        Effect.andThen(Effect.sleep(pause)),
        Effect.repeat({ while: () => life === this.lives })
      ), leave)
  }

  private isStale(event: WatchEvent): boolean {
    return "epoch" in event && event.epoch < this.epoch
  }

  private onEvent(event: WatchEvent): void {
    const { number, violation } = this.options
    if (event._tag === "Lost") return violation(`watcher ${number} lost what follows seq ${this.seq}`)
    if (event._tag !== "Live" && event._tag !== "Committed") return
    this.epoch = event.epoch
    if (event._tag === "Live") {
      if (event.seq !== this.seq) violation(`watcher ${number} is at seq ${this.seq}, its stream begins at ${event.seq}`)
      return
    }
    if (event.seq <= this.seq) return
    if (event.fromSeq !== this.seq) violation(`watcher ${number} is at seq ${this.seq}, and was told what follows ${event.fromSeq}`)
    this.tell(JSON.parse(`[${Buffer.from(event.body).toString("utf8")}]`))
    this.seq = event.seq
  }

  private tell(operations: ReadonlyArray<ToldOperation>): void {
    const { fileId, number, record } = this.options
    for (const operation of operations) this.model.apply(operation)
    if (operations.length > 0) record({ type: "told", process: number, file: fileId, operations: operations.map(({ id, seq }) => [seq, id] as const) })
  }
}
