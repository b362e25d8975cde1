/**
 * The API's document, and a page of it for people: plain HTML without a script, so that it works offline and its
 * content-security-policy allows nothing but its own style. Made once, when it is first asked for.
 */
import { createHash } from "node:crypto"
import { EaselApi } from "@easel/protocol/api"
import * as OpenApi from "effect/http-api/OpenApi"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { jsonShape } from "./jsonShape.ts"

type Operation = OpenApi.OpenAPISpecOperation

let document: string | undefined
let page: string | undefined

export const openApiDocument = (): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(document ??= JSON.stringify(OpenApi.fromApi(EaselApi)), { contentType: "application/json" })

export const docsPage = (): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(page ??= render(OpenApi.fromApi(EaselApi)), {
    contentType: "text/html; charset=utf-8",
    headers: { "content-security-policy": policy }
  })

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 0 auto; padding: 1.5rem }
h2 { margin-top: 3rem; border-bottom: 1px solid #8886 }
h3 { margin-bottom: 0 }
h3, code, pre { font-family: ui-monospace, monospace }
h3 b { display: inline-block; min-width: 4.5rem }
nav li { display: inline; margin-right: 1rem }
nav ul { padding: 0 }
td, th { padding: 0 1rem .25rem 0; text-align: left; vertical-align: top; font-weight: normal }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere }
`

const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join("; ")

const methods = ["get", "post", "put", "patch", "delete"] as const

const render = ({ components, info, paths, tags }: OpenApi.OpenAPISpec): string => {
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => item[method] === undefined ? [] : [{ method, path, operation: item[method] }]))
  const sections = tags.map(({ description = "", name }) =>
    html`<h2 id="${name}">${name}</h2>\n<p>${description}</p>\n` +
    operations.filter(({ operation }) => operation.tags.includes(name)).map(({ method, operation, path }) => renderOperation(method, path, operation)).join(""))
  const shapes = Object.entries(components.schemas).map(([name, schema]) => html`<h3 id="/${name}">${name}</h3>\n<pre>` + `${jsonShape(schema, escape)}</pre>\n`)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(info.title)}: HTTP API</title>
<style>${style}</style>
<h1>${escape(info.title)}: HTTP API</h1>
<p>${escape(info.description ?? "")} For programs: <a href="/api/openapi.json">OpenAPI 3.1</a>.
<nav><ul>${tags.map(({ name }) => html`<li><a href="#${name}">${name}</a></li>`).join("")}<li><a href="#shapes">Shapes</a></li></ul></nav>
${sections.join("")}
<h2 id="shapes">Shapes</h2>
${shapes.join("")}`
}

const renderOperation = (method: string, path: string, { parameters, requestBody, responses, security, summary = "" }: Operation): string => {
  const rows: Array<string> = []
  const row = (name: string, what: string, schema?: unknown) =>
    rows.push(html`<tr><th><code>${name}</code></th><td>${what}</td><td>` + `<pre>${schema === undefined ? "" : jsonShape(schema, escape)}</pre></td></tr>\n`)
  for (const { in: place, name, required, schema } of parameters) row(name, `in the ${place}${required ? "" : ", optional"}. ${descriptionOf(schema)}`, schema)
  for (const [type, { schema }] of Object.entries(requestBody?.content ?? {})) row("body", type, schema)
  for (const [status, { content = {}, description }] of Object.entries(responses)) {
    const [[, { schema }] = [undefined, { schema: undefined }]] = Object.entries(content)
    row(status, Number(status) < 400 ? Object.keys(content).join() : description, Number(status) < 400 ? schema : undefined)
  }
  const shown = security.length === 0 ? "Nobody is asked who he is." : security.length === 1 ? "With a token." : "With a token, a share link, or both."
  return html`<h3 id="${method} ${path}"><b>${method.toUpperCase()}</b> ${path}</h3>\n<p>${summary}. ${shown}</p>\n<table>` + `${rows.join("")}</table>\n`
}

const descriptionOf = (schema: { readonly description?: unknown }): string => typeof schema.description === "string" ? schema.description : ""

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\"", "&quot;")

const html = (texts: TemplateStringsArray, ...values: ReadonlyArray<string>): string =>
  texts.map((text, index) => text + escape(values[index] ?? "")).join("")
