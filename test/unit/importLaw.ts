/**
 * The law of imports (STYLE.md) as a table, and a checker for one source file. Imports are read from the text, so that
 * an import that is never used, or only for its type, counts as well.
 */
import { builtinModules } from "node:module"

interface Realm {
  /** A folder or a file. The longest that fits a file rules it. */
  readonly path: string
  /** Packages that may be imported; `a/*` is everything below `a`. */
  readonly may: ReadonlyArray<string>
  /** Relative imports stay inside this folder, or are among these files. */
  readonly inside: string | ReadonlyArray<string>
  /** Whether SQL and Redis may be spoken here. */
  readonly sql?: true
  /** Whether the code may reach for clocks, randomness, timers and the machine without importing anything. */
  readonly globals: "any" | "browser" | "none"
}

const effect = ["effect", "effect/*"]
const below = {
  gateway: ["@easel/document", "@easel/protocol", "@easel/protocol/api", "@easel/protocol/msgpack", "@easel/store"],
  editor: ["@easel/document", "@easel/protocol/editor", "@easel/protocol/msgpack"]
}
const everything = [...below.gateway, "@easel/gateway", "@easel/store/sqlState", "@easel/migrations", "@easel/client", "@easel/client/*", "@easel/editor/svg", "@resvg/resvg-js", ...effect, "@effect/*", "node:*", "jose", "sharp", "ws", "cli-progress"]

/** What only depends on its arguments: the heart of a file's actor. */
const pureCores = ["FileState", "RecentKeys", "contentHash"].map((name) => `cluster/file/${name}.ts`)

const realms: ReadonlyArray<Realm> = [
  { path: "packages/document", may: ["fractional-indexing", "sorted-btree", "sorted-btree/*", "@noble/hashes/*"], inside: "packages/document", globals: "none" },
  { path: "packages/protocol", may: ["@easel/document", ...effect], inside: "packages/protocol", globals: "any" },
  { path: "packages/store", may: ["@easel/document", "@easel/protocol", ...effect, "aws4fetch", "node:*"], inside: "packages/store", sql: true, globals: "any" },
  { path: "packages/gateway", may: [...below.gateway, ...effect, "@effect/platform-node/*", "image-size", "jose", "node:*", "ws"], inside: "packages/gateway", globals: "any" },
  { path: "packages/client", may: below.editor, inside: "packages/client", globals: "browser" },
  { path: "packages/client/src/programs", may: ["@easel/protocol/api", "@easel/protocol/ProgramRpcs", ...effect], inside: "packages/client", globals: "browser" },
  { path: "packages/client/src/svg", may: [...below.editor, "svgson"], inside: "packages/client", globals: "browser" },
  { path: "packages/client/src/indexedDb", may: [...below.editor, "idb"], inside: "packages/client", globals: "browser" },
  { path: "packages/editor", may: [...below.editor, "@easel/client", "@easel/client/*", "preact", "preact/*", "rbush"], inside: "packages/editor", globals: "browser" },
  { path: "migrations", may: effect, inside: "migrations", sql: true, globals: "none" },
  { path: "cluster", may: everything, inside: "cluster", globals: "any" },
  // The exception: here the layers of the database are built.
  { path: "cluster/runtime", may: everything, inside: "cluster", sql: true, globals: "any" },
  ...pureCores.map((path): Realm => ({
    path,
    may: ["@easel/document", "@easel/protocol", "effect/HashMap", "effect/Option"],
    inside: pureCores,
    globals: "none"
  }))
]

const sqlPackages = ["effect/sql", "effect/sql/*", "@effect/sql", "@effect/sql/*", "@effect/sql-pg", "@effect/sql-pg/*", "pg", "postgres", "ioredis", "redis"]

/** What a file of the repository does against the law; empty when it keeps it. `path` is from the root. */
export const faultsIn = (path: string, source: string): ReadonlyArray<string> => {
  const realm = realms.filter((realm) => path === realm.path || path.startsWith(`${realm.path}/`)).sort((a, b) => b.path.length - a.path.length)[0]
  if (realm === undefined) return ["no realm of the law has this file"]
  return [...importsIn(source).flatMap(({ specifier }) => importFault(realm, path, specifier) ?? []), ...globalFaults(realm, source)]
}

const importFault = (realm: Realm, path: string, specifier: string): string | undefined => {
  if (specifier.startsWith(".")) {
    const target = resolve(path, specifier)
    const isInside = typeof realm.inside === "string" ? target.startsWith(`${realm.inside}/`) : realm.inside.includes(target)
    return isInside ? undefined : `imports ${target}`
  }
  const name = builtinModules.includes(specifier) ? `node:${specifier}` : specifier
  if (fits(name, sqlPackages)) return realm.sql === true ? undefined : `speaks SQL: ${name}`
  return fits(name, realm.may) ? undefined : `imports ${name}`
}

const fits = (name: string, patterns: ReadonlyArray<string>): boolean =>
  patterns.some((pattern) => pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern)

const machine = ["process", "Buffer", "require", "__dirname", "global"]
const impure = [...machine, "Date", "performance", "setTimeout", "setInterval", "setImmediate", "queueMicrotask", "crypto", "fetch", "console", "globalThis", "WebSocket", "Math.random"]

/** What a file uses of the machine without importing it, where its realm forbids that. */
export const globalFaults = ({ globals }: Pick<Realm, "globals">, source: string): ReadonlyArray<string> => {
  const forbidden = globals === "none" ? impure : globals === "browser" ? machine : []
  const code = withoutTexts(source)
  return forbidden.filter((name) => new RegExp(`(?<![\\w.$])${name.replace(".", "\\.")}(?![\\w$]|\\s*[:?]*:)`).test(code)).map((name) => `uses ${name}`)
}

export interface Import {
  readonly specifier: string
  /** Whether nothing of it is left when the types are gone. */
  readonly isTypeOnly: boolean
}

const statement = /^[ \t]*(?:import|export)(\s+type)?\b(?:[^"'`;=()]*?\bfrom)?\s*(["'])([^"'\n]+)\2/gm
const dynamic = /\b(?:import|require)\s*\(\s*(["'`])([^"'`\n]+)\1/g

export const importsIn = (source: string): ReadonlyArray<Import> => {
  const code = withoutComments(source)
  return [
    ...Array.from(code.matchAll(statement), ([, type, , specifier = ""]) => ({ specifier, isTypeOnly: type !== undefined })),
    ...Array.from(code.matchAll(dynamic), ([, , specifier = ""]) => ({ specifier, isTypeOnly: false }))
  ]
}

/** A text comes first among the alternatives, so that `//` inside of one starts no comment. */
const tokens = /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g

const withoutComments = (source: string): string => source.replace(tokens, (_, text: string | undefined) => text ?? " ")

const withoutTexts = (source: string): string => source.replace(tokens, (_, text: string | undefined) => text === undefined ? " " : "\"\"")

/** The path that a relative import names. */
export const resolve = (path: string, specifier: string): string => {
  const parts = path.split("/").slice(0, -1)
  for (const part of specifier.split("/")) {
    if (part === "..") parts.pop()
    else if (part !== ".") parts.push(part)
  }
  return parts.join("/")
}
