/** P21: a change of roles that comes while an editor joins, or catches up, reaches it. */
import { FileDamaged, FileUnavailable, type Joined, type Role, type ServerFrame } from "@easel/protocol"
import { Access } from "@easel/store"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { expect, onTestFinished, test } from "vitest"
import { Attachment, type Outbox } from "../../../packages/gateway/src/Attachment.ts"
import type { FileClient } from "../../../packages/gateway/src/FileClient.ts"
import { FileHub } from "../../../packages/gateway/src/FileHub.ts"
import { encode } from "../../../packages/gateway/src/serverFrames.ts"
import { type Message, payloadOf } from "../../../packages/gateway/src/webSocketFrame.ts"
import { waitUntil } from "../../harness/waitUntil.ts"

/** A file whose roles the test changes, and whose joins it may hold back. */
const world = () => {
  const state: { role: Role | undefined; held: Deferred.Deferred<void> | undefined; damaged: boolean; breakWatch: () => void } = {
    role: "editor",
    held: undefined,
    damaged: false,
    breakWatch: () => undefined
  }
  const sent: Array<ServerFrame> = []
  const closed: Array<string> = []
  const join = Effect.gen(function*() {
    const { role } = state
    if (state.held !== undefined) yield* Deferred.await(state.held)
    const joined: Joined = { role: role ?? "viewer", color: "#000000", presence: new Uint8Array(), epoch: 1, seq: 0, latestTimestamp: 0 }
    return joined
  })
  // SAFETY: the hub asks for nothing else here.
  const client = {
    Watch: () => state.damaged ? Stream.fail(new FileDamaged({ fileId: "f", reason: "for the test" })) : Stream.concat(Stream.make({ _tag: "Live", epoch: 1, seq: 0, name: "F", commentSeq: 0, present: [], saving: "normal" }), Stream.callback<never, FileUnavailable>((queue) => Effect.sync(() => { state.breakWatch = () => Queue.failCauseUnsafe(queue, Cause.fail(new FileUnavailable({ fileId: "f", reason: "for the test" }))) }))),
    Join: () => join
  } as unknown as FileClient
  const access = Access.of({ rolesOf: (_fileId, principals) => Effect.sync(() => principals.map(() => ({ role: state.role }))) })
  const fork = (effect: Effect.Effect<void>) => void Effect.runFork(effect)
  const hub = new FileHub({ fileId: "f", gatewayId: "g", client, access, fork, observe: () => undefined })
  const watching = Effect.runFork(hub.watch)
  onTestFinished(() => Effect.runPromise(Fiber.interrupt(watching)).then(() => undefined))
  const send = (message: Message) => void sent.push(JSON.parse(payloadOf(message).toString("utf8")))
  const outbox: Outbox = {
    format: "json",
    cork: () => undefined,
    uncork: () => undefined,
    full: () => false,
    whenTaken: (_, taken) => taken(),
    send,
    sendLossy: send,
    sendSnapshot: send,
    tell: (frame) => send(encode(frame, "json")),
    closeSlow: () => void closed.push("slow"),
    closeReplaced: () => void closed.push("replaced"),
    closeForbidden: () => void closed.push("forbidden"),
    closeMissing: () => void closed.push("missing")
  }
  const attachment = new Attachment({ editor: { clientId: "c", userId: "u", userName: "U" }, identity: undefined }, false, outbox, hub.resync)
  const roles = () => sent.flatMap((frame) => frame.type === "access" || frame.type === "sync" ? [[frame.type, frame.payload.role]] : [])
  const errors = () => sent.flatMap((frame) => frame.type === "error" ? [frame.payload.code] : [])
  return { state, closed, hub, attachment, roles, errors }
}

const told = (what: string, check: () => boolean) => waitUntil(check, { deadlineMillis: 5_000, what })

test("P21: a role that is taken away while the answer to a join is on its way is taken away", async () => {
  const { attachment, closed, hub, state } = world()
  const slow = Deferred.makeUnsafe<void>()
  state.held = slow
  const attaching = Effect.runPromise(hub.attach(attachment, 0))
  await told("the join has been asked", () => hub.size === 1)
  await new Promise((resolve) => setImmediate(resolve))
  state.role = undefined
  hub.regrantSoon()
  Deferred.doneUnsafe(slow, Effect.void)
  expect(await attaching).toBe(true)
  await told("it is sent away", () => closed.length > 0)
  expect(closed).toEqual(["forbidden"])
})

test("P21: an editor that catches up hears of a role that the answer brings", async () => {
  const { attachment, hub, roles, state } = world()
  await Effect.runPromise(hub.attach(attachment, 0))
  state.role = "viewer"
  hub.resync(attachment, 0)
  await told("it hears of it", () => roles().length > 1)
  expect(roles()).toEqual([["sync", "editor"], ["access", "viewer"]])
})

test("A11: those who have a file open hear once that it cannot be opened any more", async () => {
  const { attachment, errors, hub, state } = world()
  await Effect.runPromise(hub.attach(attachment, 0))
  state.damaged = true
  state.breakWatch()
  await told("they hear of it", () => errors().length > 0)
  state.damaged = false
  // The next watch comes alive, so there were several tries.
  await told("the file is back", () => hub.watchedSeq === 0 && errors().length === 1)
  expect(errors()).toEqual(["file_damaged"])
})
