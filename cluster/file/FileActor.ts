/**
 * The actor of one file: a thin shell around `FileState.step`.
 *
 * One loop takes everything that waits in the inbox, steps over it, hands one batch to the journal and goes on with
 * the next while the commit is in flight. When a commit returns, in order, the file's committed state advances,
 * watchers are told and tickets complete; nothing leaves the actor before. A commit that fails, or whose outcome is
 * unknown, stops the pipeline: the actor reclaims the file, reads what the log really holds, and steps the unanswered
 * submissions again, where those that were committed after all are recognised by their keys. An actor that was fenced
 * forgets its memory and answers that it does not know.
 */
import { type Action, CommitIndeterminate, FileBusy, FileDamaged, FileMoved, FileUnavailable, type Principal, type ShardGroup, type Submission, type Submitted } from "@easel/protocol"
import { Checkpoints, type CommitError, CommitUnknown, type EpochStale, Files, type Grant, type Ownership, Journal, Log, PresenceStore, Quarantine, type ShardLeases, type StoreUnavailable } from "@easel/store"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberSet from "effect/FiberSet"
import * as Latch from "effect/Latch"
import * as Metric from "effect/Metric"
import * as Queue from "effect/Queue"
import * as activation from "./activation.ts"
import { catchUp } from "./catchUp.ts"
import { type Command, commitErrorOf, type LoadError } from "./ActorCommand.ts"
import { type Answer, type Batch, doubtOf, share, type SubmitError, type Ticket, ticketsOf, withRefused } from "./Batch.ts"
import * as CheckpointKeeper from "./CheckpointKeeper.ts"
import { CommittedFile } from "./CommittedFile.ts"
import { committedEvent, toRows } from "./committedEvent.ts"
import * as metrics from "./fileMetrics.ts"
import * as FileRoles from "./FileRoles.ts"
import * as FileState from "./FileState.ts"
import { asLoadError } from "./loadError.ts"
import * as ownership from "./ownership.ts"
import * as RecentKeys from "./RecentKeys.ts"
import { supervised } from "./supervision.ts"

/** Batches of one file on their way to the journal: one commits, one is ready behind it. */
const batchesInFlightMax = 2

/** Calls that wait for the loop. Gateways send few and large ones; beyond this they are answered `FileBusy`. */
const inboxTicketsMax = 1_024

/** Refused commits in a row, without progress, before the waiting operations are given up as unknown. */
const refusalsMax = 5

/** How long the presence of a former owner may take. */
const recallWait = "250 millis"

const recoveryPause = "500 millis"

/** After a recovery, how long gateways may take to submit what they have shown as tentative. */
const tentativeWait = "5 seconds"

/** How long the last commits of a file that is put to rest may take, so that its checkpoint holds them. */
const finalCommitsWait = "1500 millis"

export type Actor = Effect.Success<ReturnType<typeof make>>

export interface Hooks {
  /** Begins each time that the file has come into memory, and is not waited for. */
  readonly opened: (grant: Grant) => Effect.Effect<void>
  /** Is called when it has come into memory, and whenever its committed state is another. */
  readonly changed: () => void
}

export const make = Effect.fnUntraced(function*(fileId: string, lease: ShardLeases.Lease, { changed, opened }: Hooks) {
  const files = yield* Files
  const journal = yield* Journal
  const checkpoints = yield* CheckpointKeeper.make
  const log = yield* Log
  const presence = yield* PresenceStore
  const quarantine = yield* Quarantine
  const services = yield* Effect.context<Checkpoints | Log>()
  const inbox = yield* Queue.unbounded<Command>()
  const fork = yield* FiberSet.makeRuntime<never>()
  const roles = yield* FileRoles.make(fileId)
  const askOwnership = yield* ownership.make(fileId)
  const batchReturned = Latch.makeUnsafe(true)

  /** What readers see; present while the file is in memory. */
  let file: CommittedFile | undefined
  /** Of the last grant; also when the file has been forgotten since. */
  let newestEpoch = 0
  let activations = 0
  /** The state after all batches in flight; ahead of `file.state`. */
  let stepped = FileState.empty
  let inFlight: Array<Batch> = []
  /** Batches whose commit failed, in order, waiting for the recovery. */
  let unsettled: Array<Batch> = []
  let failure: CommitError | undefined
  /** Since operations were last answered, and those of them that followed a refusal. */
  let [recoveries, refusals] = [0, 0]
  let refusedKeys: ReadonlySet<string> = new Set()
  /** What the loop is at work on; a defect must not leave it without an answer. */
  let taken: ReadonlyArray<Command> = []
  let waitingTickets = 0

  /** Whom a former owner had; nobody waits long for it. */
  const recalled = presence.read(fileId).pipe(Effect.timeout(recallWait), Effect.orElseSucceed(() => []))

  // ---- loading ------------------------------------------------------------------------------------------------

  const activate = Effect.gen(function*() {
    activations++
    const grant = yield* files.activate(fileId, lease)
    if (grant.quarantine !== null) return yield* new FileDamaged({ fileId, reason: `it is in quarantine: ${grant.quarantine}` })
    newestEpoch = grant.epoch
    const loaded = yield* activation.load(grant)
    stepped = loaded.state
    checkpoints.loadedFrom(loaded.checkpointSeq)
    const current = new CommittedFile(grant, loaded.state, changed)
    current.board.seed(yield* recalled)
    file = current
    changed()
    fork(opened(grant))
    yield* Metric.update(metrics.activations, 1)
    yield* Metric.modify(metrics.openFiles, 1)
    return file
  }).pipe(Effect.provideContext(services), asLoadError(fileId, lease))

  const loaded: Effect.Effect<CommittedFile, LoadError> = Effect.suspend(() => file === undefined ? activate : Effect.succeed(file))

  const unavailable = (reason: string) => Effect.fail(new FileUnavailable({ fileId, reason }))
  const turnAway = (tickets: ReadonlyArray<Ticket>, reason: string): void => tickets.forEach((ticket) => ticket.resume(unavailable(reason)))

  const unload = (why: FileUnavailable | FileMoved): void => {
    if (file === undefined) return
    file.watchers.endAll(why)
    file = undefined
    Metric.modify(metrics.openFiles, -1).pipe(fork)
  }

  // ---- the edit path ------------------------------------------------------------------------------------------

  const submit = (submissions: ReadonlyArray<Submission>): Effect.Effect<Submitted, SubmitError> =>
    Effect.flatMap(Clock.currentTimeMillis, (arrivedMillis) =>
      Effect.callback((resume) => {
        if (waitingTickets >= inboxTicketsMax) return resume(Effect.fail(new FileBusy({ fileId })))
        waitingTickets++
        Queue.offerUnsafe(inbox, { _tag: "Submit", submissions, arrivedMillis, resume })
      }))

  const turn = Effect.fnUntraced(function*(commands: ReadonlyArray<Command>) {
    taken = commands
    if (failure !== undefined) yield* recover
    const answer = yield* Effect.exit(loaded)
    const tickets = commands.filter((command) => command._tag === "Submit")
    for (const command of commands) if (command._tag === "Load") command.resume(answer)
    waitingTickets -= tickets.length
    if (tickets.length > 0) {
      if (Exit.isSuccess(answer)) yield* stepAndCommit(answer.value, tickets)
      else for (const ticket of tickets) ticket.resume(Effect.failCause(answer.cause))
    }
    for (const command of commands) if (command._tag === "Move") command.resume(Effect.succeed(yield* move(command.group)))
    taken = []
  })

  /** A turn is a call of its own, so that a file at rest does not hold the last submissions. */
  const loop = Effect.forever(Effect.flatMap(Queue.takeAll(inbox), turn), { disableYield: true })

  const stepAndCommit = Effect.fnUntraced(function*(current: CommittedFile, tickets: ReadonlyArray<Ticket>) {
    const nowMillis = yield* Clock.currentTimeMillis
    const submissions = tickets.flatMap((ticket) => ticket.submissions)
    const { access } = current
    const mayEdit = yield* Effect.exit(roles.mayEdit(access, submissions))
    if (Exit.isFailure(mayEdit)) return turnAway(tickets, "roles cannot be read now")
    const command = { submissions, nowMillis, refusedKeys, mayEdit: mayEdit.value }
    let [after, outcome] = FileState.step(stepped, command)
    const doubt = doubtOf(submissions, outcome.results, nowMillis)
    if (doubt !== undefined) {
      // It may be a resend of what was committed before our memory of keys begins, or just now.
      yield* awaitInFlightBelow(1)
      const known = yield* Effect.exit(log.findKeys(fileId, doubt.keys, doubt.sinceMillis))
      if (Exit.isFailure(known)) return turnAway(tickets, "the log cannot be read now")
      const recent = RecentKeys.lookUp(stepped.recent, known.value)
      if (known.value.length > 0) [after, outcome] = FileState.step({ ...stepped, recent }, command)
    }
    const answers = share(tickets, outcome.results)
    const fromSeq = stepped.seq
    stepped = after
    const last = inFlight.at(-1)
    if (outcome.entries.length > 0) {
      const batch = { fromSeq, after, rows: toRows(outcome.entries), answers }
      inFlight.push(batch)
      fork(commit({ epoch: current.epoch, access }, batch))
    } else if (last !== undefined) {
      // A duplicate of an operation in flight must not be answered before that operation is committed.
      last.answers.push(...answers)
    } else if (failure !== undefined) {
      // They rest on a commit that failed while the log was asked: the recovery answers them.
      unsettled.push({ fromSeq, after, rows: [], answers })
    } else {
      yield* settle(current, answers)
    }
    yield* awaitInFlightBelow(batchesInFlightMax)
  })

  const awaitInFlightBelow = Effect.fnUntraced(function*(count: number) {
    while (inFlight.length >= count) {
      batchReturned.closeUnsafe()
      yield* batchReturned.await
    }
  })

  const commit = (ownership: Ownership, batch: Batch): Effect.Effect<void> =>
    journal.append({ fileId, ...ownership, expectedSeq: batch.fromSeq, rows: batch.rows }).pipe(
      Effect.exit,
      Effect.flatMap((exit) => returned(batch, exit))
    )

  /** A batch that follows a failed one fails too, because the head is not where it expects it. */
  const returned = (batch: Batch, exit: Exit.Exit<void, CommitError>): Effect.Effect<void> =>
    Effect.suspend(() => {
      // A batch from before a defect: its tickets are answered, and what became of it is in the log.
      if (!inFlight.includes(batch)) return Effect.void
      inFlight = inFlight.filter((other) => other !== batch)
      const committed = file !== undefined && Exit.isSuccess(exit) && failure === undefined ? publish(file, batch) : undefined
      if (file !== undefined && committed === undefined) keep(batch, exit)
      // Who waits for it goes on within this call, and must find it among the unsettled.
      batchReturned.openUnsafe()
      return committed ?? Effect.void
    })

  const keep = (batch: Batch, exit: Exit.Exit<void, CommitError>): void => {
    unsettled.push(batch)
    const error = Exit.isFailure(exit) ? commitErrorOf(exit.cause, fileId) : undefined
    failure ??= error
    if (error?._tag === "CommitRefused") refusedKeys = withRefused(refusedKeys, batch, error.seqs)
    if (inFlight.length === 0) Queue.offerUnsafe(inbox, { _tag: "Wake" })
  }

  const publish = (current: CommittedFile, batch: Batch): Effect.Effect<void> =>
    Effect.suspend(() => {
      current.advance(batch.after, committedEvent(current.epoch, batch.fromSeq, batch.rows))
      return settle(current, batch.answers)
    })

  const settle = (current: CommittedFile, answers: ReadonlyArray<Answer>): Effect.Effect<void> =>
    Effect.gen(function*() {
      const now = yield* Clock.currentTimeMillis
      goesOn(current)
      current.tentative.answered(answers)
      for (const { ticket, results } of answers) {
        ticket.resume(Effect.succeed({ epoch: current.epoch, seq: current.state.seq, results }))
        metrics.countOperations(ticket.submissions, results, services)
        yield* Metric.update(metrics.operationLatency, now - ticket.arrivedMillis)
      }
      const checkpoint = checkpoints.due(current, now)
      if (checkpoint !== undefined) fork(checkpoint)
    })

  // ---- recovery -----------------------------------------------------------------------------------------------

  /** Finds out what the log holds and steps the unanswered submissions again. Waits out a database that is away or full. */
  const recover: Effect.Effect<void> = Effect.gen(function*() {
    yield* awaitInFlightBelow(1)
    const current = file
    if (current === undefined || failure === undefined) return
    const tickets = ticketsOf(unsettled.sort((a, b) => a.fromSeq - b.fromSeq))
    const isRefusal = failure._tag !== "CommitUnknown"
    if (recoveries++ === 0) yield* Effect.logWarning("Reading the log again after a commit", { fileId, failure: failure._tag, reason: failure.message, tickets: tickets.length })
    yield* Metric.update(metrics.recoveries, 1)
    const pause = Effect.map(Clock.currentTimeMillis, (now) => current.tentative.pause(stepped, unsettled, now))
    // It was tried before: PostgreSQL does not answer, or answers and saves nothing, because its disk is full.
    if (!isRefusal && recoveries > 1) yield* Effect.andThen(pause, Effect.sleep(recoveryPause))
    const result = yield* Effect.exit(Effect.raceFirst(reread(current, tickets), Effect.andThen(Effect.delay(pause, recoveryPause), Effect.never)))
    if (Exit.isSuccess(result)) {
      if (isRefusal && ++refusals > refusalsMax) return giveUp(tickets, "no progress")
      taken = [...taken, ...tickets]
      unsettled = []
      failure = undefined
      return yield* tickets.length > 0 ? stepAndCommit(current, tickets) : Effect.sync(() => goesOn(current))
    }
    const error = Cause.findErrorOption(result.cause)
    if (error._tag === "None") return yield* Effect.failCause(result.cause).pipe(Effect.orDie)
    if (error.value._tag === "EpochStale") {
      yield* Metric.update(metrics.fencedWrites, 1)
      return giveUp(tickets, "the file was granted to another owner")
    }
    if (error.value._tag === "LogIncomplete") return giveUp(tickets, "the log is incomplete")
    if (isRefusal) yield* Effect.andThen(pause, Effect.sleep(recoveryPause))
    return yield* recover
  })

  /** Commits are answered again. What was tentative is forgotten when it is answered itself, or does not come. */
  const goesOn = (current: CommittedFile): void => {
    if (recoveries === 0) return
    recoveries = refusals = 0
    current.tentative.recovered()
    if (current.tentative.saving !== "normal") fork(Effect.delay(Effect.sync(() => current.tentative.end()), tentativeWait))
  }

  const reread = Effect.fnUntraced(function*(
    current: CommittedFile,
    tickets: ReadonlyArray<Ticket>
  ): Effect.fn.Return<void, EpochStale | StoreUnavailable | activation.LogIncomplete> {
    const grant = yield* files.reclaim(fileId, current.epoch)
    current.epoch = newestEpoch = grant.epoch
    current.access = grant.access
    const keys = tickets.flatMap(({ submissions }) => submissions.flatMap((s) => s.operations.map((o) => o.idempotencyKey)))
    const known = yield* log.findKeys(fileId, keys)
    yield* catchUp(current, grant).pipe(Effect.provideContext(services))
    stepped = { ...current.state, recent: RecentKeys.lookUp(current.state.recent, known) }
  })

  /** Forgets first: who is answered may ask again in the same breath. */
  const giveUp = (tickets: ReadonlyArray<Ticket>, reason: string): void => {
    unsettled = []
    failure = undefined
    recoveries = refusals = 0
    unload(new FileUnavailable({ fileId, reason }))
    for (const ticket of tickets) ticket.resume(Effect.fail(new CommitIndeterminate({ fileId })))
  }

  // ---- moving -------------------------------------------------------------------------------------------------

  /** Finishes what it has, hands the file over to another group, and tells everybody where it is. */
  const move = Effect.fnUntraced(function*(group: ShardGroup) {
    yield* awaitInFlightBelow(1)
    if (failure !== undefined || file === undefined) return false
    yield* checkpoints.saveAside(file)
    const hasMoved = yield* Effect.orElseSucceed(files.place(fileId, file.epoch, group), () => false)
    if (hasMoved) unload(new FileMoved({ fileId, group }))
    return hasMoved
  })

  // ---- the end ------------------------------------------------------------------------------------------------

  /** A defect costs the actor its memory, not its life; what waits is answered, and the next call loads the file. */
  const forget = Effect.gen(function*() {
    const commands = [...taken, ...(yield* Queue.clear(inbox))]
    const tickets = [...ticketsOf([...inFlight, ...unsettled])]
    for (const command of commands) {
      if (command._tag === "Submit") tickets.push(command)
      else if (command._tag === "Load") command.resume(unavailable("the file's actor failed"))
      else if (command._tag === "Move") command.resume(Effect.succeed(false))
    }
    waitingTickets = 0
    inFlight = []
    giveUp(tickets, "the file's actor failed")
  })

  yield* Effect.addFinalizer(() =>
    Effect.gen(function*() {
      yield* Effect.timeoutOption(awaitInFlightBelow(1), finalCommitsWait)
      if (file !== undefined && failure === undefined) yield* checkpoints.saveAside(file)
      if (file !== undefined && failure?._tag === "CommitStale") yield* ownership.countFenced(file, finalCommitsWait)
      giveUp(ticketsOf([...inFlight, ...unsettled]), "the file is put to rest")
    })
  )
  yield* Effect.forkScoped(supervised({ fileId, loop, forget, quarantine: (reason) => quarantine.add(fileId, newestEpoch, reason) }))

  const inMemoryOrLoaded: Effect.Effect<CommittedFile, LoadError> = Effect.suspend(() =>
    file !== undefined
      ? Effect.succeed(file)
      : Effect.callback<CommittedFile, LoadError>((resume) => {
        Queue.offerUnsafe(inbox, { _tag: "Load", resume })
      })
  )

  /** A doubt is settled as a commit of unknown outcome is: the file is reclaimed, or forgotten. */
  const confirmed: Effect.Effect<CommittedFile, LoadError> = Effect.suspend(() => {
    // One that was under way already may have been granted the file before the call.
    const before = activations
    if (file === undefined) return Effect.flatMap(inMemoryOrLoaded, (loaded) => activations > before && file === loaded ? Effect.succeed(loaded) : confirmed)
    const current = file
    return Effect.flatMap(askOwnership(() => current.epoch), (answer) => {
      if (file !== current) return confirmed
      if (answer !== "replaced") {
        if (answer !== "unknown") current.access = Math.max(current.access, answer.access)
        return Effect.succeed(current)
      }
      failure ??= new CommitUnknown({ fileId, reason: "a newer epoch was seen" })
      Queue.offerUnsafe(inbox, { _tag: "Wake" })
      return unavailable("the file has moved to another node")
    })
  })

  return {
    submit,
    /** Shows what cannot be committed now, to whoever watches a file that is in memory. */
    preview: (submissions: ReadonlyArray<Submission>): Effect.Effect<void> =>
      Effect.zipWith(roles.remembered, Clock.currentTimeMillis, (mayEdit, nowMillis) => file?.tentative.add(submissions, mayEdit, nowMillis)),
    /** The file, if it is in memory. */
    inMemory: (): CommittedFile | undefined => file,
    /** What the principal holds in a file that is in memory, if it allows the action. */
    require: (current: CommittedFile, principal: Principal, action: Action) =>
      Effect.catchTag(roles.require(current.access, principal, action), "StoreUnavailable", () => unavailable("roles cannot be read now")),
    /** Moves the file to another group of shards. Returns whether it did: it needs a runner there. */
    move: (group: ShardGroup): Effect.Effect<boolean> =>
      Effect.callback((resume) => {
        Queue.offerUnsafe(inbox, { _tag: "Move", group, resume })
      }),
    /** The committed file; loads it first if it is not in memory. */
    loaded: inMemoryOrLoaded,
    /** The same, by an actor that was the file's owner at some time after the call. */
    confirmed
  }
})
