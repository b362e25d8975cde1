/** An issuer of tokens that publishes its keys (RFC 7517), as long as the test lives. */
import { createServer } from "node:http"
import type { JWK } from "jose"
import { onTestFinished } from "vitest"

export interface JwksServer {
  readonly url: string
  /** What is published from now on. */
  keys: ReadonlyArray<JWK>
  /** Whether it answers 500. */
  isDown: boolean
  /** How often it was asked. */
  requests: number
}

export const jwksServer = async (keys: ReadonlyArray<JWK>): Promise<JwksServer> => {
  const server = createServer((_, response) => {
    published.requests++
    response.writeHead(published.isDown ? 500 : 200, { "content-type": "application/json" }).end(JSON.stringify({ keys: published.keys }))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port")
  const published: JwksServer = { url: `http://127.0.0.1:${address.port}/keys`, keys, isDown: false, requests: 0 }
  return published
}
