/** What this member of the cluster tells of itself with each heartbeat: shown by `GET /api/cluster`, never decided on. */
import type { MemberStatus as Json } from "@easel/store"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import { openFiles } from "../file/fileMetrics.ts"

export interface MemberIdentity {
  /** The node, as an operator knows it; shared by its workers. */
  readonly node: string
  readonly role: "node" | "gateway" | "worker"
  /** Number of a worker, from 1. */
  readonly worker?: number
  /** The shard groups that it takes. */
  readonly groups: ReadonlyArray<string>
}

export class MemberStatus extends Context.Service<MemberStatus, {
  readonly read: Effect.Effect<Json>
  /** What to tell of the files that it hosts. */
  readonly hosts: (tell: () => Json) => void
  /** Where editors connect. */
  readonly servesAt: (url: string) => void
}>()("@easel/cluster/MemberStatus") {
  static readonly layer = (identity: MemberIdentity) =>
    Layer.sync(MemberStatus, () => {
      let served: { readonly url?: string } = {}
      let hosted: () => Json = () => ({})
      return MemberStatus.of({
        read: Effect.map(Metric.value(openFiles), ({ value }) => ({ ...identity, ...served, ...hosted(), filesOpen: Number(value) })),
        hosts: (tell) => {
          hosted = tell
        },
        servesAt: (url) => {
          served = { url }
        }
      })
    })
}
