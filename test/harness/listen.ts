/** A port that plays a runner's, until the test is over. */
import { once } from "node:events"
import { type AddressInfo, createServer, type Socket } from "node:net"
import { onTestFinished } from "vitest"
import { unsentBytesMax } from "../../cluster/runtime/Link.ts"

/** Where it is, and who has connected; nothing is read from them yet. */
export const listen = async () => {
  const connections: Array<Socket> = []
  const server = createServer({ highWaterMark: unsentBytesMax }, (connection) => connections.push(connection.pause()))
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  onTestFinished(() => {
    for (const connection of connections) connection.destroy()
    server.close()
  })
  // SAFETY: it listens on TCP.
  const { port } = server.address() as AddressInfo
  return { connections, address: { host: "127.0.0.1", port } }
}
