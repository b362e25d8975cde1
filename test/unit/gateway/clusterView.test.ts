/** What `GET /api/cluster` makes of the members. */
import type { Member } from "@easel/store"
import { expect, test } from "vitest"
import { clusterView } from "../../../packages/gateway/src/clusterView.ts"

const member = (address: string, status: Member["status"], fields: Partial<Member> = {}): Member => ({
  address,
  runner: "{}",
  state: "alive",
  status,
  joinedAt: 0,
  silentMillis: 12.4,
  shards: 0,
  ...fields
})

const a = member("a:1", { node: "a", role: "node", url: "http://a", groups: ["default"], filesOpen: 3 }, { shards: 150 })
const b1 = member("b:1", { node: "b", role: "worker", worker: 1, groups: ["default"], filesOpen: 1 }, { shards: 100 })
const b2 = member("b:2", { node: "b", role: "worker", worker: 2, groups: ["default", "hot"], filesOpen: 2, hotFiles: [{ fileId: "f" }] }, { shards: 350 })
const gateway = member("gateway/1", { node: "b", role: "gateway", url: "http://b", groups: [] }, { runner: null })
const shards = { default: 300, hot: 300 }

test("H6: members stand under their nodes, with what they tell of themselves", () => {
  const view = clusterView([a, b1, b2, gateway], shards)
  expect(view).toMatchObject({ healthy: true, shards, filesOpen: 6 })
  expect(view.nodes.map(({ members, name, url }) => [name, url, members.map(({ address }) => address)])).toEqual([
    ["a", "http://a", ["a:1"]],
    ["b", "http://b", ["b:1", "b:2", "gateway/1"]]
  ])
  expect(view.nodes[1]?.members[1]).toMatchObject({ role: "worker", shards: 350, filesOpen: 2, hotFiles: [{ fileId: "f" }], silentMillis: 12 })
})

test("H6: a dead member, or shards that nobody alive holds, are not healthy", () => {
  expect(clusterView([a, b1, { ...b2, state: "dead" }], shards).healthy).toBe(false)
  expect(clusterView([a, b1, b2], { default: 300, hot: 301 }).healthy).toBe(false)
  expect(clusterView([], {}).healthy).toBe(false)
})

test("H6: what a member of another version tells cannot break the view", () => {
  const view = clusterView([member("x:1", { node: 5, url: null, filesOpen: "many", role: {} })], { default: 0 })
  expect(view.nodes).toMatchObject([{ name: "x:1", url: null, members: [{ role: "unknown", filesOpen: 0 }] }])
})
