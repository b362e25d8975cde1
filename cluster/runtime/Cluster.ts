/**
 * The Effect cluster of one node: sharding with its runners, locks and messages in PostgreSQL. The cluster decides
 * where an actor lives; that it is the only one is guaranteed by the fence in the journal, not here.
 */
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as SingleRunner from "effect/cluster/SingleRunner"
import * as Layer from "effect/Layer"

/** Files in memory on one node; a call to a further one waits until another has left. */
const residentFilesMax = 20_000

export const layerSingleNode = SingleRunner.layer({
  runnerStorage: "sql",
  shardingConfig: {
    maxResidentEntities: residentFilesMax,
    shardLockRefreshInterval: "3 seconds",
    shardLockExpiration: "10 seconds",
    refreshAssignmentsInterval: "500 millis",
    entityTerminationTimeout: "2 seconds",
    // Messages between nodes are serialised; within one they pass by reference.
    simulateRemoteSerialization: false
  }
}).pipe(Layer.provide(NodeCrypto.layerDigest))
