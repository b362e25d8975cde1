/**
 * The settings of a node, read from the environment once, at start. Each has a default; README lists them. A setting
 * that cannot be understood, or does not go with another, ends the start with one line that names it.
 */
import { hostname } from "node:os"
import { networksOf, type TokenRules } from "@easel/gateway"
import { Limits, type ShardGroup, shardGroups } from "@easel/protocol"
import type { S3Settings } from "@easel/store"
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { s3, s3Conflict } from "./s3Settings.ts"

export interface Settings {
  /** Address of the editors' door. */
  readonly host: string
  /** 0 picks a free port. */
  readonly port: number
  /** The folder for embedded PostgreSQL and, without a bucket, for checkpoints. The nodes of a cluster share the latter. */
  readonly dataFolder: string
  /** A bucket for checkpoints, so that nodes need no folder that they share. */
  readonly s3: Option.Option<S3Settings>
  /** A PostgreSQL of your own; without it one is embedded in the data folder. */
  readonly databaseUrl: Option.Option<Redacted.Redacted>
  /** Presence that survives moves and that others can ask for; without it it lives in the process. */
  readonly redisUrl: Option.Option<Redacted.Redacted>
  /** A file without editors leaves memory after this long. Longer saves loading, costs memory. */
  readonly fileIdle: Duration.Duration
  /** An edited file is kept as a version so long after the first edit since the last; zero: never. Shorter keeps more. */
  readonly autosave: Duration.Duration
  /** Files in memory of one runner; calls to a further one wait until another has left. A megabyte each, more or less. */
  readonly residentFilesMax: number
  /** Name of this node in `GET /api/cluster`. */
  readonly nodeName: string
  /** Runners in threads of their own; 0 runs one beside the gateway. As many as cores is the most that helps. */
  readonly workers: number
  /** The host under which the other nodes reach this one's runners. */
  readonly runnerHost: string
  /** 0 picks a free port; workers count up from it. Unauthenticated: private networks only. */
  readonly runnerPort: number
  /** The address that runners listen on. */
  readonly runnerListenHost: string
  /** The groups of shards that this node's runners take. `hot` is for files that are busy. */
  readonly shardGroups: ReadonlyArray<ShardGroup>
  /** Shards in a group; equal on all nodes. More spread files more evenly, and cost a lease each. */
  readonly shardsPerGroup: number
  /** A file with so many editors, or operations a second, moves to the hot runners, if there are any. */
  readonly hotEditors: number
  readonly hotOperationsPerSecond: number
  /** It moves when it was so for this long, and back when it was below half of both for so long. */
  readonly hotAfter: Duration.Duration
  readonly coolAfter: Duration.Duration
  /** Editors are sent away over this long when a node stops, so that they do not all come back at once. */
  readonly drain: Duration.Duration
  /**
   * Operations of months that ended so long ago leave the database for segments in object storage. An editor that was
   * away for longer gets a snapshot. Longer keeps more in the database.
   */
  readonly offlineHorizon: Duration.Duration
  /** How tokens are checked. Without it nobody is asked who he is, and only this machine is served. */
  readonly tokens: Option.Option<TokenRules>
  /** Sites whose pages may open WebSockets, such as `https://draw.example`; none: the page that this host serves. */
  readonly origins: ReadonlyArray<string>
  /** WebSockets from one address. Higher where many people share one and no trusted proxy tells them apart. */
  readonly connectionsPerAddress: number
  /** Addresses and networks of the proxies before this node, whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: ReadonlyArray<string>
  /** What one connection may send a second. Editors rely on the defaults, so it can only be more. */
  readonly framesPerSecond: number
  readonly operationsPerSecond: number
}

/** Settings that do not go together. */
export class SettingsConflict extends Schema.TaggedError<SettingsConflict>()("SettingsConflict", { reason: Schema.String }) {}

const workersMax = 64

/** RFC 7518: a key of HS256 has at least as many bits as its hash. */
const jwtSecretBytesMin = 32

const Port = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65535 }))
const between = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))
const number = (name: string, schema: ReturnType<typeof between>, byDefault: number) =>
  Config.schema(schema, name).pipe(Config.withDefault(byDefault))

const list = (name: string) =>
  Config.String(name).pipe(
    Config.withDefault(""),
    Config.map((text) => text.split(",").map((item) => item.trim().toLowerCase().replace(/\/$/, "")).filter((item) => item !== ""))
  )

const JwtSecret = Schema.String.check(
  Schema.makeFilter((text) => Buffer.byteLength(text) >= jwtSecretBytesMin || `has at least ${jwtSecretBytesMin} bytes`)
)

/** How tokens are checked, if they are. */
export const tokenRules = Config.all({
  secret: Config.schema(Schema.Redacted(JwtSecret), "EASEL_JWT_SECRET").pipe(Config.option),
  jwksUrl: Config.URL("EASEL_JWKS_URL").pipe(Config.option),
  issuer: Config.String("EASEL_JWT_ISSUER").pipe(Config.withDefault("easel")),
  audience: Config.String("EASEL_JWT_AUDIENCE").pipe(Config.withDefault("easel"))
}).pipe(Config.map(({ audience, issuer, jwksUrl, secret }): Option.Option<TokenRules> =>
  Option.map(
    Option.orElse(Option.map(jwksUrl, ({ href }): TokenRules["key"] => ({ jwksUrl: href })), () => Option.map(secret, (value) => ({ secret: value }))),
    (key) => ({ key, issuer, audience })
  )))

export const settings: Config.Config<Settings> = Config.all({
  host: Config.String("HOST").pipe(Config.withDefault("127.0.0.1")),
  port: number("PORT", Port, 4400),
  dataFolder: Config.String("EASEL_DATA").pipe(Config.withDefault(".easel")),
  s3,
  databaseUrl: Config.Redacted("DATABASE_URL").pipe(Config.option),
  redisUrl: Config.Redacted("REDIS_URL").pipe(Config.option),
  fileIdle: Config.Duration("EASEL_FILE_IDLE").pipe(Config.withDefault(Duration.minutes(1))),
  autosave: Config.Duration("EASEL_AUTOSAVE").pipe(Config.withDefault(Duration.seconds(30))),
  residentFilesMax: number("EASEL_FILES_MAX", between(1, 10_000_000), 20_000),
  nodeName: Config.String("EASEL_NODE").pipe(Config.withDefault(hostname())),
  workers: number("EASEL_WORKERS", between(0, workersMax), 0),
  runnerHost: Config.String("EASEL_RUNNER_HOST").pipe(Config.withDefault("127.0.0.1")),
  runnerPort: number("EASEL_RUNNER_PORT", Port, 0),
  runnerListenHost: Config.String("EASEL_RUNNER_LISTEN").pipe(Config.option),
  shardGroups: Config.Array(Schema.Literals(shardGroups), "EASEL_SHARD_GROUPS").pipe(Config.withDefault(["default"] as const)),
  shardsPerGroup: number("EASEL_SHARDS", between(1, 10_000), 300),
  hotEditors: number("EASEL_HOT_EDITORS", between(2, 100_000), 100),
  hotOperationsPerSecond: number("EASEL_HOT_OPERATIONS", between(2, 10_000_000), 2_000),
  hotAfter: Config.Duration("EASEL_HOT_AFTER").pipe(Config.withDefault(Duration.seconds(5))),
  coolAfter: Config.Duration("EASEL_COOL_AFTER").pipe(Config.withDefault(Duration.minutes(1))),
  drain: Config.Duration("EASEL_DRAIN").pipe(Config.withDefault(Duration.seconds(2))),
  offlineHorizon: Config.Duration("EASEL_OFFLINE_HORIZON").pipe(Config.withDefault(Duration.days(30))),
  tokens: tokenRules,
  origins: list("EASEL_ORIGINS"),
  connectionsPerAddress: number("EASEL_CONNECTIONS_PER_ADDRESS", between(1, 1_000_000), 1_000),
  trustedProxies: list("EASEL_TRUSTED_PROXIES"),
  framesPerSecond: number("EASEL_FRAMES_PER_SECOND", between(Limits.framesPerSecond, 1_000_000), Limits.framesPerSecond),
  operationsPerSecond: number("EASEL_OPERATIONS_PER_SECOND", between(Limits.operationsPerSecond, 100_000_000), Limits.operationsPerSecond)
}).pipe(Config.map((read) => ({
  ...read,
  // Who is reached from elsewhere listens everywhere, unless told otherwise.
  runnerListenHost: Option.getOrElse(read.runnerListenHost, () => read.runnerHost === "127.0.0.1" ? "127.0.0.1" : "0.0.0.0")
})))

/** Settings, or why they do not go together. */
export const checked = (read: Settings): Effect.Effect<Settings, SettingsConflict> => {
  const conflict = (reason: string) => Effect.fail(new SettingsConflict({ reason }))
  const { port, runnerPort, shardGroups: groups, workers } = read
  if (workers < 0 || workers > workersMax) return conflict(`a node has 0 to ${workersMax} workers`)
  const last = runnerPort + Math.max(0, workers - 1)
  if (runnerPort !== 0 && last > 65535) return conflict(`EASEL_RUNNER_PORT ${runnerPort} leaves no room for ${workers} workers`)
  if (port !== 0 && runnerPort !== 0 && port >= runnerPort && port <= last) {
    return conflict(`PORT ${port} is also the port of a runner: runners count up from EASEL_RUNNER_PORT ${runnerPort}`)
  }
  if (groups.length === 0) return conflict("EASEL_SHARD_GROUPS is empty: a node without shards is started by `easel gateway`")
  if (Option.isNone(read.tokens) && !isLoopback(read.host)) {
    return conflict(`HOST ${read.host} is not this machine alone, and nobody can be asked who he is: set EASEL_JWT_SECRET or EASEL_JWKS_URL`)
  }
  if (Duration.toMillis(read.drain) > 60_000) return conflict("EASEL_DRAIN is longer than a minute")
  if (Duration.isLessThan(read.offlineHorizon, Duration.days(1))) return conflict("EASEL_OFFLINE_HORIZON is shorter than a day")
  const origin = read.origins.find((text) => !/^https?:\/\/[^/\s]+$/.test(text))
  if (origin !== undefined) return conflict(`EASEL_ORIGINS names ${origin}, which is not like https://draw.example`)
  const s3Wrong = Option.getOrUndefined(Option.map(read.s3, s3Conflict))
  if (s3Wrong !== undefined) return conflict(s3Wrong)
  const networks = networksOf(read.trustedProxies)
  if ("wrong" in networks) return conflict(`EASEL_TRUSTED_PROXIES names ${networks.wrong}, which is not like 10.0.0.1 or 10.0.0.0/8`)
  return Effect.succeed(read)
}

const isLoopback = (host: string): boolean => host === "localhost" || host === "::1" || host.startsWith("127.")

/** How the ready line spells the address. */
export const urlOf = (host: string, port: number): string =>
  `http://${host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host}:${port}`
