/** A web server with one blank page, and on it, as `client`, what some modules of the SDK export. */
import { build } from "esbuild"
import { createServer } from "node:http"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../../", import.meta.url))

export interface BlankPage {
  readonly url: string
  stop(): Promise<void>
}

export const serveBlankPage = async (...modules: ReadonlyArray<string>): Promise<BlankPage> => {
  const bundle = await build({
    stdin: { contents: modules.map((name) => `export * from ${JSON.stringify(name)}`).join("\n"), resolveDir: root },
    bundle: true,
    write: false,
    format: "iife",
    globalName: "client",
    target: "es2022"
  })
  const script = bundle.outputFiles[0]?.text ?? ""
  const server = createServer((request, response) => {
    if (request.url === "/client.js") response.setHeader("content-type", "text/javascript").end(script)
    else response.setHeader("content-type", "text/html").end(`<!doctype html><link rel="icon" href="data:,"><script src="/client.js"></script>`)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port")
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}
