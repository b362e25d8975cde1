/** Commands to a store, and what it answers: two stores that are the same answer the same, whatever is asked for. */
import { Document } from "@easel/document"
import { Checkpoints, ClusterMembers, Files, Journal, Log } from "@easel/store"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Cause from "effect/Cause"
import * as fc from "fast-check"
import { entryOf, rowsOf } from "../journalBatch.ts"
import { Backdoor, Leases } from "./storeContract.ts"

/** Numbers name files, addresses, shards and keys of one run; epochs and heads are told by how far off they are. */
export type Command =
  | { readonly type: "join" | "leave" | "remove" | "bury" | "held"; readonly address: number }
  | { readonly type: "take" | "release"; readonly address: number; readonly shards: ReadonlyArray<number> }
  | { readonly type: "runners" | "hosts" }
  | { readonly type: "activate"; readonly file: number; readonly address: number }
  | { readonly type: "reclaim" | "place"; readonly file: number; readonly epochOff: number }
  | { readonly type: "ownershipOf" | "raiseAccess" | "read" | "findKeys"; readonly file: number; readonly key: number }
  | { readonly type: "append"; readonly file: number; readonly epochOff: number; readonly headOff: number; readonly accessOff: number; readonly keys: ReadonlyArray<number>; readonly poison: boolean }
  | { readonly type: "save" | "load"; readonly file: number; readonly seq: number }

const small = fc.nat({ max: 1 })
/** Mostly right, now and then a little off. */
const off = fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(-1, 1) })
const key = fc.nat({ max: 30 })

export const commands: fc.Arbitrary<ReadonlyArray<Command>> = fc.array(
  fc.oneof(
    fc.record({ type: fc.constantFrom("join" as const, "join" as const, "leave" as const, "remove" as const, "bury" as const, "held" as const), address: small }),
    fc.record({ type: fc.constantFrom("take" as const, "take" as const, "release" as const), address: small, shards: fc.uniqueArray(small, { minLength: 1 }) }),
    fc.record({ type: fc.constantFrom("runners" as const, "hosts" as const) }),
    { weight: 3, arbitrary: fc.record({ type: fc.constant("activate" as const), file: small, address: small }) },
    fc.record({ type: fc.constantFrom("reclaim" as const, "place" as const), file: small, epochOff: off }),
    { weight: 2, arbitrary: fc.record({ type: fc.constantFrom("ownershipOf" as const, "raiseAccess" as const, "read" as const, "findKeys" as const), file: small, key }) },
    {
      weight: 6,
      arbitrary: fc.record({
        type: fc.constant("append" as const),
        file: small,
        epochOff: off,
        headOff: off,
        accessOff: off,
        keys: fc.array(key, { minLength: 1, maxLength: 4 }),
        poison: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) })
      })
    },
    fc.record({ type: fc.constantFrom("save" as const, "load" as const), file: small, seq: fc.nat({ max: 10 }) })
  ),
  { minLength: 10, maxLength: 40 }
)

/** Answers in the order of the commands; nothing stays of what they did to the cluster. */
export const answersTo = Effect.fnUntraced(function*(run: string, fileIds: ReadonlyArray<string>, list: ReadonlyArray<Command>) {
  const [files, journal, log, checkpoints] = [yield* Files, yield* Journal, yield* Log, yield* Checkpoints]
  const [members, leases, backdoor] = [yield* ClusterMembers, yield* Leases, yield* Backdoor]
  const addressOf = (address: number): string => `${run}-${address}:1`
  const shardOf = (shard: number): string => `default:${run}-${shard}`
  const fileOf = (file: number): string => fileIds[file] ?? ""
  /** As the answers had it, so both stores are asked the same for as long as they answer the same. */
  const heads = new Map<string, number>()

  const perform = (command: Command): Effect.Effect<unknown, unknown> => {
    switch (command.type) {
      case "join":
        return Effect.asVoid(members.join(addressOf(command.address), JSON.stringify({ groups: ["default"], run, address: command.address })))
      case "leave":
        return members.leave(addressOf(command.address))
      case "remove":
        return members.remove(addressOf(command.address))
      case "bury":
        return members.bury({ address: addressOf(command.address), silentMillis: 0 })
      case "held":
        return Effect.map(leases.held(addressOf(command.address)), (shards) => shards.toSorted())
      case "take":
        return Effect.map(leases.take(addressOf(command.address), command.shards.map(shardOf)), (shards) => shards.toSorted())
      case "release":
        return leases.release(addressOf(command.address), command.shards.map(shardOf))
      case "runners":
        return Effect.map(members.runners, (runners) => runners.filter(([runner]) => runner.includes(run)).toSorted())
      case "hosts":
        return members.hosts("default")
      case "activate":
        return files.activate(fileOf(command.file), { address: addressOf(command.address), shardId: shardOf(command.file) })
      case "reclaim":
        return Effect.flatMap(files.ownershipOf(fileOf(command.file)), ({ epoch }) => files.reclaim(fileOf(command.file), epoch + command.epochOff))
      case "place":
        return Effect.flatMap(files.ownershipOf(fileOf(command.file)), ({ epoch }) => files.place(fileOf(command.file), epoch + command.epochOff, "hot"))
      case "ownershipOf":
        return files.ownershipOf(fileOf(command.file))
      case "raiseAccess":
        return backdoor.raiseAccess(fileOf(command.file))
      case "read":
        return log.read(fileOf(command.file), command.key % 4, command.key, 5)
      case "findKeys":
        return Effect.map(log.findKeys(fileOf(command.file), [`key-${command.key}`, "never"]), (entries) => entries.toSorted((a, b) => a.seq - b.seq))
      case "append": {
        const fileId = fileOf(command.file)
        const head = heads.get(fileId) ?? 0
        const expectedSeq = Math.max(0, head + command.headOff)
        const entries = command.keys.map((key, index) =>
          entryOf(expectedSeq + index + 1, { key: `key-${key}`, id: `${run}-${key}`, newValue: command.poison && index === 0 ? "\u0000" : key }))
        return Effect.flatMap(files.ownershipOf(fileId), ({ access, epoch }) =>
          Effect.tap(
            journal.append({ fileId, epoch: epoch + command.epochOff, access: access + command.accessOff, expectedSeq, rows: rowsOf(entries) }),
            () => Effect.sync(() => heads.set(fileId, expectedSeq + entries.length))
          ))
      }
      case "save":
        return checkpoints.save(fileOf(command.file), 1, command.seq, Document.empty)
      case "load":
        return Effect.map(checkpoints.load(fileOf(command.file), command.seq), (found) => found?.seq)
    }
  }

  const answers: Array<unknown> = []
  for (const command of list) {
    const exit = yield* Effect.exit(perform(command))
    answers.push([command, Exit.isSuccess(exit) ? exit.value : Cause.squash(exit.cause)])
  }
  for (const address of [0, 1]) {
    yield* leases.releaseAll(addressOf(address))
    yield* members.remove(addressOf(address))
  }
  return answers
})
