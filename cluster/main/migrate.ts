/** `easel migrate`: brings the database at DATABASE_URL to this version's schema, for those who start nodes later. */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import * as Migrate from "../runtime/Migrate.ts"

export const migrate = Command.make("migrate", {}, () =>
  Effect.gen(function*() {
    const url = yield* Config.Redacted("DATABASE_URL")
    yield* Migrate.runAt(url)
    console.log("The database is up to date.")
  })).pipe(Command.withDescription("Bring the database at DATABASE_URL up to date"))
