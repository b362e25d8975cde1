/**
 * What an actor knows of who may do what with its file. It is good for one value of `files.access`, which counts every
 * change of roles: commits carry that value and are refused at another one, so nothing is committed under a role that
 * was taken away. What is only read is checked when it is asked for, and gateways hear of changes.
 */
import { type Action, Forbidden, may, type Principal } from "@easel/protocol"
import { Access, type Held } from "@easel/store"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** Users remembered of one file; when there are more, all are asked for again. */
const rememberedMax = 10_000

const nothing: Held = { role: undefined }

export const make = Effect.fnUntraced(function*(fileId: string) {
  const access = yield* Access
  let known = new Map<string, Held>()
  let knownAt = -1

  const isCurrent = (held: Held | undefined, nowMillis: number): held is Held =>
    held !== undefined && (held.untilMillis === undefined || held.untilMillis > nowMillis)

  /** What the principals hold while `files.access` has this value. */
  const at = Effect.fnUntraced(function*(value: number, principals: ReadonlyArray<Principal>) {
    const nowMillis = yield* Clock.currentTimeMillis
    if (value !== knownAt || known.size > rememberedMax) known = new Map()
    knownAt = value
    // What is remembered may change while others are asked for: the answer is about what was found here.
    const remembered = known
    const found = new Map<string, Held>()
    const unknown = new Map<string, Principal>()
    for (const principal of principals) {
      const key = keyOf(principal)
      const held = remembered.get(key)
      if (isCurrent(held, nowMillis)) found.set(key, held)
      else unknown.set(key, principal)
    }
    if (unknown.size > 0) {
      const answers = yield* access.rolesOf(fileId, [...unknown.values()])
      let index = 0
      for (const key of unknown.keys()) {
        const held = answers[index++] ?? nothing
        found.set(key, held)
        remembered.set(key, held)
      }
    }
    return (principal: Principal): Held => found.get(keyOf(principal)) ?? nothing
  })

  return {
    /** Who of the authors may edit. A refusal is not committed and so not fenced: it never comes from memory. */
    mayEdit: (value: number, authors: ReadonlyArray<Principal>) =>
      Effect.suspend(() => {
        for (const author of authors) if (!may(known.get(keyOf(author))?.role, "edit")) known.delete(keyOf(author))
        return Effect.map(at(value, authors), (held) => (author: Principal) => may(held(author).role, "edit"))
      }),
    /** Who may edit as far as is remembered, for when nobody can be asked. It decides nothing that is committed. */
    remembered: Effect.map(Clock.currentTimeMillis, (nowMillis) => (author: Principal) => {
      const held = known.get(keyOf(author))
      return isCurrent(held, nowMillis) && may(held.role, "edit")
    }),
    /** What the principal holds, if that allows the action. */
    require: Effect.fnUntraced(function*(value: number, principal: Principal, action: Action) {
      const held = (yield* at(value, [principal]))(principal)
      const { role } = held
      if (role === undefined || !may(role, action)) return yield* new Forbidden({ fileId })
      return { ...held, role }
    })
  }
})

const keyOf = ({ isAdmin = false, linkId = "", userId }: Principal): string => `${isAdmin} ${linkId} ${userId}`
