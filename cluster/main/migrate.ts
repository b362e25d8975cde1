/** `easel migrate`: brings the database at DATABASE_URL to this version's schema, for those who start nodes later. */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import * as Migrate from "../runtime/Migrate.ts"
import { jsonFlag, print } from "./remote/output.ts"

export const migrate = Command.make("migrate", { json: jsonFlag }, ({ json }) =>
  Effect.gen(function*() {
    const url = yield* Config.Redacted("DATABASE_URL")
    yield* Migrate.runAt(url)
    print(json, { upToDate: true }, () => ["The database is up to date."])
  })).pipe(Command.withDescription("Bring the database at DATABASE_URL up to date"))
