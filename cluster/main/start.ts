/** `easel start`: Easel for one machine, with a database of its own unless DATABASE_URL is set. */
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Node from "../runtime/Node.ts"
import * as NodeProcesses from "../runtime/NodeProcesses.ts"
import { settings, SettingsConflict } from "../runtime/Settings.ts"
import { serving, workersFlag, workersOf } from "./serving.ts"

const nodesMax = 16

const nodesFlag = Flag.Int("nodes").pipe(
  Flag.withDescription("Run so many processes on ports that count up from PORT, to try a cluster out"),
  Flag.withDefault(1)
)

export const start = Command.make("start", { nodes: nodesFlag, workers: workersFlag }, ({ nodes, workers }) =>
  serving(Effect.gen(function*() {
    const read = yield* settings
    const node = { ...read, workers: workersOf(workers, read) }
    if (nodes < 1 || nodes > nodesMax) return yield* new SettingsConflict({ reason: `--nodes is 1 to ${nodesMax}` })
    return yield* nodes === 1 ? Node.start(node) : NodeProcesses.start(node, nodes)
  }))).pipe(Command.withDescription("Start Easel, with an embedded PostgreSQL unless DATABASE_URL is set"))
