/** P17: who knocks, from where, and on behalf of which site. */
import type { IncomingMessage } from "node:http"
import type { BlockList } from "node:net"
import { describe, expect, test } from "vitest"
import { Tally } from "../../../packages/gateway/src/Tally.ts"
import { addressOf, networksOf, originAllowed } from "../../../packages/gateway/src/Visitor.ts"

const request = (remoteAddress: string, headers: Readonly<Record<string, string>> = {}): IncomingMessage =>
  // SAFETY: all that is looked at of a request.
  ({ socket: { remoteAddress }, headers }) as unknown as IncomingMessage

const networks = (...texts: ReadonlyArray<string>): BlockList => {
  const found = networksOf(texts)
  if ("wrong" in found) throw new Error(found.wrong)
  return found
}

describe("addresses", () => {
  const trusted = networks("10.0.0.0/8", "192.168.1.7", "fd00::/8")
  const cases: ReadonlyArray<readonly [what: string, remote: string, forwarded: string | undefined, address: string]> = [
    ["a peer", "203.0.113.9", undefined, "203.0.113.9"],
    ["an IPv4 peer that came by IPv6", "::ffff:203.0.113.9", undefined, "203.0.113.9"],
    ["a peer that is no proxy and writes what it likes", "203.0.113.9", "198.51.100.1", "203.0.113.9"],
    ["what a proxy saw", "10.1.2.3", "198.51.100.1", "198.51.100.1"],
    ["what a proxy saw, behind what a stranger wrote", "10.1.2.3", "1.1.1.1, 198.51.100.1", "198.51.100.1"],
    ["what the first of two proxies saw", "10.1.2.3", "1.1.1.1, 198.51.100.1, 192.168.1.7", "198.51.100.1"],
    ["a port behind the address", "10.1.2.3", "198.51.100.1:5123", "198.51.100.1"],
    ["a proxy that says nothing", "10.1.2.3", undefined, "10.1.2.3"],
    ["a proxy that says nonsense", "10.1.2.3", "unknown", "10.1.2.3"],
    ["only proxies", "10.1.2.3", "10.4.5.6", "10.4.5.6"],
    ["an IPv6 network of one subscriber", "2001:DB8:1:2:3:4:5:6", undefined, "2001:db8:1:2::/64"],
    ["IPv6 in short", "2001:db8::1", undefined, "2001:db8:0:0::/64"],
    ["IPv6 in brackets by a proxy", "fd00::1", "[2001:db8:1:2::9]:443", "2001:db8:1:2::/64"],
    ["this machine by IPv6", "::1", undefined, "0:0:0:0::/64"]
  ]

  test.each(cases)("P17: %s", (_, remote, forwarded, address) => {
    expect(addressOf(request(remote, forwarded === undefined ? {} : { "x-forwarded-for": forwarded }), trusted)).toBe(address)
  })

  test("P17: networks that cannot be understood are named", () => {
    for (const wrong of ["proxy", "10.0.0.0/33", "10.0.0", "::/129", "10.0.0.1/8/8", "10.0.0.1/", "10.0.0.1/-1"]) {
      expect(networksOf(["10.0.0.1", wrong])).toEqual({ wrong })
    }
  })
})

describe("origins", () => {
  const allowed = (host: string | undefined, origin: string | undefined, origins: ReadonlyArray<string> = []): boolean =>
    originAllowed(request("", { ...(host === undefined ? {} : { host }), ...(origin === undefined ? {} : { origin }) }), origins)

  test("P17: without a list, programs and the page of this host may connect, and nobody else", () => {
    expect(allowed("easel.example", undefined)).toBe(true)
    expect(allowed("127.0.0.1:4400", "http://127.0.0.1:4400")).toBe(true)
    expect(allowed("Easel.example", "https://easel.EXAMPLE")).toBe(true)
    expect(allowed("easel.example:443", "https://easel.example")).toBe(true)
    expect(allowed("easel.example", "https://easel.example:443")).toBe(true)
    for (const origin of ["https://evil.example", "https://easel.example.evil.example", "http://127.0.0.1:4401", "null", "", "file://", "https://easel.example/path", "easel.example"]) {
      expect(allowed("easel.example", origin), origin).toBe(false)
    }
    expect(allowed(undefined, "https://easel.example")).toBe(false)
  })

  test("P17: with a list, its sites and programs, and nobody else", () => {
    const origins = ["https://draw.example", "http://localhost:3000"]
    expect(allowed("easel.example", "https://draw.example", origins)).toBe(true)
    expect(allowed("easel.example", "HTTP://localhost:3000", origins)).toBe(true)
    expect(allowed("easel.example", undefined, origins)).toBe(true)
    for (const origin of ["https://easel.example", "http://draw.example", "https://draw.example:8443", "null"]) {
      expect(allowed("easel.example", origin, origins), origin).toBe(false)
    }
  })
})

test("P17: a tally lets in so many of a key, and as many as have left", () => {
  const tally = new Tally(2)
  expect([tally.enter("a"), tally.enter("a"), tally.enter("a"), tally.enter("b")]).toEqual([true, true, false, true])
  tally.leave("a")
  expect([tally.enter("a"), tally.enter("a")]).toEqual([true, false])
  for (const key of ["a", "a", "b"]) tally.leave(key)
  expect([tally.enter("b"), tally.enter("b"), tally.enter("b")]).toEqual([true, true, false])
})
