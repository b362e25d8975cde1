/** A node on Node and a node on Deno in one cluster: they serve the same files, and take each other's over. */
import { expect, it } from "vitest"
import { clusterForTest } from "../../harness/EaselCluster.ts"
import { waitUntil } from "../../harness/waitUntil.ts"
import { ClusterLoad } from "../ClusterLoad.ts"

/** Said in full, because these tests run on both runtimes. */
const onNode = ["node", "dist/easel.mjs", "node"] as const
const onDeno = ["/bin/sh", "-c", "exec cluster/main/deno.sh run -A cluster/main/easel.ts node"] as const

it("K1 K4: editors on Node and on Deno meet in the same files, which move from the one to the other and back", { timeout: 180_000 }, async () => {
  const cluster = await clusterForTest({ command: onNode }, { command: onDeno })
  const [node, deno] = cluster.members
  if (node === undefined || deno === undefined) throw new Error("two members")
  expect(await (await fetch(`${deno.process.url}/healthz`)).text()).toBe("ok\n")
  // Two editors a file: one at home where the file lives, one on the other runtime.
  const load = await ClusterLoad.start(cluster, { name: "mixed", files: 10, editors: 20, localEvery: 2 })
  const owners = async () => [...new Set((await cluster.ownersOf(load.fileIds)).values())].sort()
  await waitUntil(async () => String(await owners()) === String([node.name, deno.name]), { deadlineMillis: 30_000, what: "both own files", state: owners })
  for (const each of [deno, node]) {
    expect((await each.process.stop()).code).toBe(0)
    await load.flows()
    await each.process.start()
    await cluster.untilSettled(2)
    await load.flows()
  }
  console.log("mixed:", await load.finish())
})
