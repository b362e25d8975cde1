/**
 * An editor of one file, and the gateway's lane for it: sends a few operations, waits for their answer, and sends the same
 * again, to whatever node lives, until there is one. Sometimes it sends what was answered long ago.
 */
import type { Operation } from "@easel/document"
import type { OperationResult } from "@easel/protocol"
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import type { HistoryEvent } from "../harness/History.ts"
import type { OperationMaker } from "./OperationMaker.ts"
import type { SimulatedNode } from "./SimulatedNode.ts"
import type { World } from "./World.ts"

const thinkMillis = { min: 60, max: 600 }
const patienceMillis = { min: 1_500, max: 4_000 }
const againMillis = { min: 20, max: 150 }
const operationsMax = 4
const resendProbability = 0.06

export interface EditorOptions {
  readonly world: World
  readonly number: number
  readonly fileId: string
  readonly maker: OperationMaker
  /** Those that can be connected to. */
  readonly nodes: () => ReadonlyArray<SimulatedNode>
  readonly record: (event: HistoryEvent) => void
  readonly violation: (text: string) => void
}

export class ModelEditor {
  private readonly options: EditorOptions
  private readonly sent = new Set<string>()
  private answered: ReadonlyArray<Operation.Operation> = []
  private unanswered: ReadonlyArray<Operation.Operation> = []
  private node: SimulatedNode | undefined
  private attempt = 0
  /** How often what is unanswered was sent. */
  private copies = 0
  private hasStopped = false

  constructor(options: EditorOptions) {
    this.options = options
    this.think()
  }

  /** It makes no more operations, and goes on with those that it has. */
  stop(): void {
    this.hasStopped = true
  }

  get isDone(): boolean {
    return this.hasStopped && this.unanswered.length === 0
  }

  private think(): void {
    const { maker, world } = this.options
    world.after(world.random.between(thinkMillis.min, thinkMillis.max), () => {
      if (this.hasStopped) return
      const { random } = world
      this.unanswered = this.answered.length > 0 && random.chance(resendProbability)
        ? this.answered
        : Array.from({ length: 1 + random.below(operationsMax) }, () => maker.next())
      this.copies = 0
      this.send()
    })
  }

  private send(): void {
    const { fileId, nodes, number, record, world } = this.options
    const attempt = ++this.attempt
    this.copies++
    const living = nodes()
    if (this.node === undefined || !living.includes(this.node)) this.node = world.random.oneOf(living)
    const { node, unanswered: operations } = this
    for (const { id, idempotencyKey: key } of operations) {
      record({ type: "invoke", process: number, file: fileId, id, key, again: this.sent.has(key) })
      this.sent.add(key)
    }
    const again = (): void => {
      if (attempt !== this.attempt) return
      this.node = undefined
      this.attempt++
      world.after(world.random.between(againMillis.min, againMillis.max), () => this.send())
    }
    world.after(world.random.between(patienceMillis.min, patienceMillis.max), again)
    if (node === undefined) return
    node.process.onDeath.add(again)
    const clientId = `client-${number}`
    const submissions = [{ clientId, userId: `user-${number}`, connectionId: clientId, operations }]
    node.call(fileId, (file) => file.Submit({ submissions }), (exit) => {
      node.process.onDeath.delete(again)
      if (attempt !== this.attempt) return
      if (Exit.isSuccess(exit)) this.onAnswer(operations, exit.value.results[0] ?? [])
      else {
        const error = Cause.findErrorOption(exit.cause)
        const what = error._tag === "Some" ? error.value._tag : Cause.hasInterrupts(exit.cause) ? "interrupted" : Cause.pretty(exit.cause)
        if (!expected.has(what)) this.options.violation(`editor ${number} was answered ${what}`)
        record({ type: "info", process: number, file: fileId, what })
        again()
      }
    })
  }

  private onAnswer(operations: ReadonlyArray<Operation.Operation>, results: ReadonlyArray<OperationResult>): void {
    const { fileId, maker, number, record, violation } = this.options
    operations.forEach((operation, index) => {
      const result = results[index]
      if (result?.id !== operation.id) return violation(`editor ${number} was answered ${result?.id} for ${operation.id}`)
      // Nobody remembers a rejection: a copy that still travels may find what this one missed.
      if (result.status === "rejected" && this.copies > 1) record({ type: "info", process: number, file: fileId, what: `${result.reason}: ${result.id}` })
      else record({ type: "ok", process: number, file: fileId, key: operation.idempotencyKey, result })
      if (result.status !== "rejected") maker.accepted(operation)
    })
    this.attempt++
    this.answered = operations.filter((_, index) => results[index]?.status !== "rejected")
    this.unanswered = []
    this.think()
  }
}

/** Answers after which an editor sends again. */
const expected: ReadonlySet<string> = new Set(["FileUnavailable", "CommitIndeterminate", "FileBusy", "EntityNotAssignedToRunner", "interrupted"])
