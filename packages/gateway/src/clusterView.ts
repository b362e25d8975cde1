/** The cluster as an operator sees it: nodes, their runners and what they host. For `GET /api/cluster`. */
import type { ClusterView } from "@easel/protocol/api"
import type { Member, MemberStatus } from "@easel/store"

export const clusterView = (members: ReadonlyArray<Member>, shards: Readonly<Record<string, number>>): ClusterView => {
  const nodes = new Map<string, { name: string; url: string | null; members: Array<ClusterView["nodes"][number]["members"][number]> }>()
  for (const member of members) {
    const name = text(member.status, "node") ?? member.address
    let node = nodes.get(name)
    if (node === undefined) nodes.set(name, node = { name, url: null, members: [] })
    node.url ??= text(member.status, "url") ?? null
    node.members.push({
      address: member.address,
      role: text(member.status, "role") ?? "unknown",
      state: member.state,
      silentMillis: Math.round(member.silentMillis),
      joinedAt: new Date(member.joinedAt).toISOString(),
      shards: member.shards,
      filesOpen: count(member.status, "filesOpen"),
      groups: member.status["groups"] ?? [],
      hotFiles: member.status["hotFiles"] ?? []
    })
  }
  const held = Object.values(shards).reduce((sum, some) => sum + some, 0)
  const alive = members.reduce((sum, member) => sum + (member.state === "alive" ? member.shards : 0), 0)
  return {
    healthy: members.every(({ state }) => state === "alive") && held === alive && held > 0,
    nodes: [...nodes.values()],
    shards,
    filesOpen: members.reduce((sum, { status }) => sum + count(status, "filesOpen"), 0)
  }
}

const text = (status: MemberStatus, name: string): string | undefined => {
  const value = status[name]
  return typeof value === "string" ? value : undefined
}

const count = (status: MemberStatus, name: string): number => {
  const value = status[name]
  return typeof value === "number" ? value : 0
}
