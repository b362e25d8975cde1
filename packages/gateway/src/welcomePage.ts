/** What `/` says until an editor's page is served there: what Easel is and how to connect. */
import * as HttpServerResponse from "effect/http/HttpServerResponse"

const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Easel</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.6 system-ui, sans-serif }
  body { max-width: 44rem; margin: 4rem auto; padding: 0 1.5rem }
  h1 { font-weight: 600; letter-spacing: -.02em }
  pre { padding: 1rem; border-radius: .5rem; overflow: auto; background: color-mix(in srgb, currentColor 8%, transparent) }
  code { font-size: .9em }
</style>
<h1>Easel</h1>
<p>A self-hosted multiplayer backend for design editors. This node is running.</p>
<p>Create a file, then connect an editor:</p>
<pre><code>curl -X POST -H 'content-type: application/json' -d '{"name":"First"}' \\
  <script>document.write(location.origin)</script>/api/files</code></pre>
<pre><code>const socket = new WebSocket("<script>document.write(location.origin.replace("http", "ws"))</script>/ws")
socket.onopen = () => socket.send(JSON.stringify({
  type: "subscribe", payload: { fileId, userId: "ada", userName: "Ada" } }))
socket.onmessage = ({ data }) => console.log(JSON.parse(data))</code></pre>
<p>The rules of the protocol are in <code>packages/protocol/SPEC.md</code>. Health: <a href="/healthz">/healthz</a>,
<a href="/readyz">/readyz</a>; metrics: <a href="/metrics">/metrics</a>; files: <a href="/api/files">/api/files</a>.</p>
</html>
`

export const welcomePage = HttpServerResponse.text(html, {
  contentType: "text/html; charset=utf-8",
  headers: {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer"
  }
})
