/** A runner: the actors of the files whose shards it holds, over the database in context. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as compaction from "../compaction/compact.ts"
import * as FileEntityLayer from "../file/FileEntityLayer.ts"
import { HotFiles } from "../file/HotFiles.ts"
import * as PresenceSync from "../file/PresenceSync.ts"
import { ResidentFiles } from "../file/ResidentFiles.ts"
import * as autoSaving from "../file/versions/autoSaving.ts"
import { layerRoles } from "./accessLayers.ts"
import * as Cluster from "./Cluster.ts"
import * as MemberWatch from "./MemberWatch.ts"
import type { MemberIdentity } from "./MemberStatus.ts"
import { MemberStatus } from "./MemberStatus.ts"
import type { Settings } from "./Settings.ts"
import { layerShared, layerStore } from "./storeLayers.ts"

export interface RunnerSettings extends Settings {
  readonly url: Redacted.Redacted
  /** Whether users have roles, or may do everything. */
  readonly rolesApply: boolean
}

export const layer = (settings: RunnerSettings, identity: Pick<MemberIdentity, "role" | "worker">) =>
  MemberWatch.layerDeparture.pipe(
    Layer.provideMerge(Layer.mergeAll(FileEntityLayer.layer({ idle: settings.fileIdle }), tellOfHotFiles, compacting(settings), PresenceSync.layer, autoSaving.layer(settings.autosave))),
    Layer.provide(HotFiles.layer({
      editorsMin: settings.hotEditors,
      operationsPerSecondMin: settings.hotOperationsPerSecond,
      warmMillis: Duration.toMillis(settings.hotAfter),
      coolMillis: Duration.toMillis(settings.coolAfter)
    })),
    Layer.provide(ResidentFiles.layer),
    Layer.provide(layerRoles(settings.rolesApply)),
    Layer.provideMerge(Cluster.layerRunner({
      host: settings.runnerHost,
      port: settings.runnerPort,
      listenHost: settings.runnerListenHost,
      groups: settings.shardGroups,
      shardsPerGroup: settings.shardsPerGroup,
      residentFilesMax: settings.residentFilesMax
    })),
    Layer.provideMerge(layerStore(settings)),
    Layer.provideMerge(layerShared(settings.redisUrl)),
    Layer.provideMerge(MemberStatus.layer({ ...identity, node: settings.nodeName, groups: settings.shardGroups }))
  )

/** Hot files that `GET /api/cluster` names, per runner. */
const namedHotFilesMax = 20

const compacting = ({ offlineHorizon }: Settings) => Layer.effectDiscard(Effect.forkScoped(compaction.daily(offlineHorizon)))

const tellOfHotFiles = Layer.effectDiscard(Effect.gen(function*() {
  const hotFiles = yield* HotFiles
  const status = yield* MemberStatus
  status.hosts(() => ({ hotFiles: hotFiles.busiest(namedHotFilesMax).map((file) => ({ ...file })) }))
}))
