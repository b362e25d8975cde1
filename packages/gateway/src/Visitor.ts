/**
 * Who asks for a WebSocket, as far as it shows before the upgrade: from which address, and on behalf of which site. An
 * address is the peer's own, or the one that a trusted proxy has written down; whatever strangers write there counts for
 * nothing. Browsers name the site in `Origin` and cannot lie about it; other programs name none.
 */
import type { IncomingMessage } from "node:http"
import { BlockList, isIP, isIPv4 } from "node:net"

/** Addresses and networks such as `10.0.0.0/8`, or the one that cannot be understood. */
export const networksOf = (texts: ReadonlyArray<string>): BlockList | { readonly wrong: string } => {
  const networks = new BlockList()
  for (const text of texts) {
    const [address = "", bits, ...more] = text.split("/")
    const family = isIP(address)
    const bitsMax = family === 4 ? 32 : 128
    const prefix = bits === undefined ? bitsMax : Number(bits)
    const isPrefix = bits === undefined || (/^\d+$/.test(bits) && prefix <= bitsMax)
    if (family === 0 || more.length > 0 || !isPrefix) return { wrong: text }
    networks.addSubnet(address, prefix, family === 4 ? "ipv4" : "ipv6")
  }
  return networks
}

/** The address to count connections by: of IPv6, the network that one subscriber has. */
export const addressOf = (request: IncomingMessage, trustedProxies: BlockList): string => {
  let address = plain(request.socket.remoteAddress ?? "")
  const forwarded = request.headers["x-forwarded-for"]
  const hops = typeof forwarded === "string" ? forwarded.split(",").map((hop) => plain(hop.trim())) : []
  // From the last hop back: what stands before one that is not trusted was written by it.
  while (hops.length > 0 && contains(trustedProxies, address)) {
    const hop = hops.pop() ?? ""
    if (isIP(hop) === 0) break
    address = hop
  }
  return isIPv4(address) ? address : `${expanded(address).slice(0, 4).join(":")}::/64`
}

/**
 * Whether it comes from this machine, by a name of this machine: not through a proxy, and not from a page whose name was
 * made to point here. Only such visitors are served by a server that asks nobody who he is.
 */
export const isLocal = ({ headers, socket }: IncomingMessage): boolean => {
  const name = (headers.host ?? "").toLowerCase().replace(/:\d+$/, "")
  const address = plain(socket.remoteAddress ?? "")
  const isForwarded = headers["x-forwarded-for"] !== undefined || headers.forwarded !== undefined
  return !isForwarded && (localName.test(name) || name === "") && (address.startsWith("127.") || address === "::1")
}

export const notLocal = "this server knows nobody (EASEL_JWT_SECRET is not set) and serves its own machine alone"

const localName = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/

/** Whether the site may open sockets here. Without a list, only the page of this very host may. */
export const originAllowed = (request: IncomingMessage, origins: ReadonlyArray<string>): boolean => {
  const { host, origin } = request.headers
  if (origin === undefined) return true
  if (origins.length > 0) return origins.includes(origin.toLowerCase())
  return host !== undefined && hostOf(origin) === host.toLowerCase().replace(/:(80|443)$/, "")
}

/** Of an origin, without the port when it is the usual one. `null`, as sandboxed pages have it, has none. */
const hostOf = (origin: string): string | undefined => /^https?:\/\/([^/]+)$/.exec(origin.toLowerCase())?.[1]?.replace(/:(80|443)$/, "")

const contains = (networks: BlockList, address: string): boolean => {
  const family = isIP(address)
  return family !== 0 && networks.check(address, family === 4 ? "ipv4" : "ipv6")
}

/** Without the prefix of an IPv4 address that came by IPv6, without brackets and port. */
const plain = (address: string): string => {
  const [, bracketed] = /^\[([^\]]+)\](?::\d+)?$/.exec(address) ?? []
  const bare = bracketed ?? (/^[\d.]+:\d+$/.test(address) ? address.slice(0, address.indexOf(":")) : address)
  return bare.replace(/^::ffff:(?=\d+\.)/i, "").toLowerCase()
}

/** The eight groups of an IPv6 address, without leading zeros. */
const expanded = (address: string): ReadonlyArray<string> => {
  const [head = "", tail] = (address.split("%", 1)[0] ?? "").split("::")
  const groupsOf = (text: string) => text === "" ? [] : text.split(":").map((group) => group.replace(/^0+(?=.)/, ""))
  const [before, after] = [groupsOf(head), groupsOf(tail ?? "")]
  return tail === undefined ? before : [...before, ...Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => "0"), ...after]
}
