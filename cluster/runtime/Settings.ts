/**
 * The settings of a node, read from the environment once, at start. Each has a default; README lists them. A setting
 * that cannot be understood ends the start with one line that names it.
 */
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

export interface Settings {
  /** Address of the editors' door. */
  readonly host: string
  /** 0 picks a free port. */
  readonly port: number
  /** The folder for embedded PostgreSQL and for checkpoints. */
  readonly dataFolder: string
  /** A PostgreSQL of your own; without it one is embedded in the data folder. */
  readonly databaseUrl: Option.Option<Redacted.Redacted>
  /** A file without editors leaves memory after this long. Longer saves loading, costs memory. */
  readonly fileIdle: Duration.Duration
}

const Port = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65535 }))

export const settings: Config.Config<Settings> = Config.all({
  host: Config.String("HOST").pipe(Config.withDefault("127.0.0.1")),
  port: Config.schema(Port, "PORT").pipe(Config.withDefault(4400)),
  dataFolder: Config.String("EASEL_DATA").pipe(Config.withDefault(".easel")),
  databaseUrl: Config.Redacted("DATABASE_URL").pipe(Config.option),
  fileIdle: Config.Duration("EASEL_FILE_IDLE").pipe(Config.withDefault(Duration.minutes(1)))
})

/** How the ready line spells the address. */
export const urlOf = (host: string, port: number): string =>
  `http://${host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host}:${port}`
