/** What is found in one file, repaired where that was asked for, and told at once: nothing is gathered but counts. */
import type { StoreUnavailable } from "@easel/store"
import * as Effect from "effect/Effect"
import { type Finding, type FindingKind, findingKinds } from "./findings.ts"

export type Mode = "check" | "fix"

export type Report = ReturnType<typeof make>

type Where = Pick<Finding, "seq" | "objectId" | "detail">

/** Findings of one kind that are told of one file; a document may have as many as objects. */
const findingsOfKindMax = 100

export const make = (fileId: string, mode: Mode, tell: (finding: Finding) => void) => {
  const counts = new Map<FindingKind, number>()
  return {
    /** `repair` returns whether it could. */
    found: Effect.fnUntraced(function*(kind: FindingKind, where: Where, repair?: Effect.Effect<boolean, StoreUnavailable>) {
      const count = (counts.get(kind) ?? 0) + 1
      counts.set(kind, count)
      const isDone = mode === "fix" && repair !== undefined && (yield* repair)
      if (count > findingsOfKindMax) return
      const { severity } = findingKinds[kind]
      const state = isDone ? "done" : mode === "check" && repair !== undefined ? "possible" : "impossible"
      tell({ fileId, kind, severity, ...where, repair: state })
    })
  }
}
