/**
 * The database of a simulated cluster: it stands outside of the nodes and is never frozen. A statement that has reached
 * it is carried out, whatever has become of its caller; and each node has its own way there, which may break.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { SqlError } from "effect/sql/SqlError"
import { connectionLost, refusalOf, type StoreLink } from "../harness/store/modelStore.ts"
import { WatchedStore } from "./WatchedStore.ts"
import type { StoreModel } from "../harness/store/StoreModel.ts"
import type { Process, World } from "./World.ts"

/** `refusing`: connections break and new ones are refused. `silent`: nothing goes through, and nobody says so. */
export type Condition = "working" | "refusing" | "silent"

const travelMillis = { min: 0.2, max: 2 }
/** Now and then a statement waits for a row, or a disk. */
const slow = { probability: 0.01, millisMax: 400 }
const refusedMillis = 1

interface Statement {
  readonly run: (store: StoreModel) => unknown
  readonly resume: (exit: Exit.Exit<never, SqlError>) => void
  readonly isCommit: boolean
  isAnswered: boolean
}

export class Database {
  readonly store: WatchedStore
  readonly world: World
  readonly lines = new Map<Process, DatabaseLine>()
  /** Of commits; as if the connection broke between the commit and its answer. */
  readonly lostReplies = { probability: 0, count: 0 }
  /** How often it was out of somebody's reach, or came back. */
  troubles = 0

  get counts(): WatchedStore["counts"] {
    return this.store.counts
  }

  constructor(world: World) {
    this.world = world
    this.store = new WatchedStore(() => world.now)
  }

  connect(process: Process): DatabaseLine {
    const line = new DatabaseLine(this, process)
    this.lines.set(process, line)
    return line
  }

  /** Whether everybody reaches it. */
  get isThere(): boolean {
    return [...this.lines].every(([process, line]) => process.isDead || line.isWorking)
  }

  set(condition: Condition): void {
    for (const line of this.lines.values()) line.set(condition)
  }
}

export class DatabaseLine implements StoreLink {
  private readonly database: Database
  private readonly process: Process
  private condition: Condition = "working"
  private readonly underWay = new Set<Statement>()
  private held: Array<() => void> = []
  /** Commits arrive in the order in which they were sent, and so do their answers. */
  private readonly lastArrival = { there: 0, back: 0 }

  constructor(database: Database, process: Process) {
    this.database = database
    this.process = process
  }

  get isWorking(): boolean {
    return this.condition === "working"
  }

  readonly ask = <A>(run: (store: StoreModel) => A): Effect.Effect<A, SqlError> => this.send(run, false)

  readonly commit = <A>(run: (store: StoreModel) => A): Effect.Effect<A, SqlError> =>
    Effect.onInterrupt(this.send(run, true), () => Effect.sync(() => this.breakCommits()))

  readonly newId = (): string => this.database.world.random.uuid()

  /** What was held up goes on, or has never been sent. */
  set(condition: Condition): void {
    this.database.troubles++
    this.condition = condition
    if (condition === "silent") return
    const { random } = this.database.world
    const held = this.held
    this.held = []
    const goesOn = condition === "working" && random.chance(0.5)
    if (goesOn) for (const go of held) go()
    if (condition === "refusing" || (held.length > 0 && !goesOn)) this.fail([...this.underWay], "the connection broke")
  }

  /** The connection of the commits is another one now; those that were sent may arrive all the same. */
  private breakCommits(): void {
    this.fail([...this.underWay].filter(({ isCommit }) => isCommit), "the connection broke")
  }

  private send<A>(run: (store: StoreModel) => A, isCommit: boolean): Effect.Effect<A, SqlError> {
    return Effect.callback<A, SqlError>((resume) => {
      // SAFETY: the statement answers what it was sent for.
      const statement: Statement = { run, isCommit, resume: resume as Statement["resume"], isAnswered: false }
      if (this.condition === "refusing") return this.answer(statement, Exit.fail(connectionLost("refused")), refusedMillis)
      this.underWay.add(statement)
      this.through(this.travel(isCommit ? "there" : undefined), () => this.arrive(statement))
    })
  }

  private travel(inOrder?: "there" | "back"): number {
    const { now, random } = this.database.world
    const millis = random.between(travelMillis.min, travelMillis.max) + (random.chance(slow.probability) ? random.between(0, slow.millisMax) : 0)
    if (inOrder === undefined) return millis
    this.lastArrival[inOrder] = Math.max(this.lastArrival[inOrder], now + millis)
    return this.lastArrival[inOrder] - now
  }

  /** Something goes over the line, which may be held up. */
  private through(millis: number, go: () => void): void {
    this.database.world.after(millis, () => {
      if (this.condition === "silent") this.held.push(go)
      else go()
    })
  }

  private arrive(statement: Statement): void {
    const { lostReplies, store, world } = this.database
    // Of what was under way when the connection broke, some had left already.
    if (statement.isAnswered && world.random.chance(0.5)) return
    const exit = this.execute(statement, store)
    if (statement.isCommit && !statement.isAnswered && Exit.isSuccess(exit) && world.random.chance(lostReplies.probability)) {
      lostReplies.count++
      return this.breakCommits()
    }
    this.through(this.travel(statement.isCommit ? "back" : undefined), () => this.answer(statement, exit, 0))
  }

  private execute({ run }: Statement, store: StoreModel): Exit.Exit<unknown, SqlError> {
    try {
      return Exit.succeed(run(store))
    } catch (cause) {
      return Exit.fail(refusalOf(cause))
    }
  }

  private fail(statements: ReadonlyArray<Statement>, reason: string): void {
    for (const statement of statements) this.answer(statement, Exit.fail(connectionLost(reason)), refusedMillis)
  }

  private answer(statement: Statement, exit: Exit.Exit<unknown, SqlError>, millis: number): void {
    if (statement.isAnswered) return
    statement.isAnswered = true
    this.underWay.delete(statement)
    // SAFETY: as above.
    this.database.world.after(millis, () => statement.resume(exit as Exit.Exit<never, SqlError>), this.process)
  }
}
