/** `easel cluster`: who is in the cluster of a running Easel, and what they host. */
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import { jsonFlag, print, table } from "./output.ts"
import { calling } from "./server.ts"

export const cluster = Command.make("cluster", { json: jsonFlag }, ({ json }) =>
  Effect.map(calling((easel) => easel.cluster.read()), (view) =>
    print(json, view, ({ filesOpen, healthy, nodes, shards }) => [
      `${healthy ? "Healthy" : "Not healthy"}: ${filesOpen.toLocaleString("en")} files open, shards held: ${
        Object.entries(shards).map(([group, held]) => `${group} ${held.toLocaleString("en")}`).join(", ")
      }`,
      ...table(
        ["node", "address", "role", "state", "silent ms", "shards", "files"],
        nodes.flatMap(({ members, name }) =>
          members.map(({ address, filesOpen, role, shards, silentMillis, state }) => [name, address, role, state, silentMillis, shards, filesOpen]))
      )
    ]))).pipe(Command.withDescription("Who is in the cluster of a running Easel, and what they host (EASEL_URL, EASEL_TOKEN of an admin)"))
