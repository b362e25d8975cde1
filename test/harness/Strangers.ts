/** Sessions of others with a PostgreSQL, as many as it takes. */
import * as PgConnection from "@effect/sql-pg/PgConnection"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"

export class Strangers {
  readonly #url: string
  readonly #scope = Scope.makeUnsafe()
  #count = 0

  constructor(url: string) {
    this.#url = url
  }

  get count(): number {
    return this.#count
  }

  /** Opens sessions until PostgreSQL has none left, those for superusers included. */
  async takeAll(): Promise<void> {
    const take = PgConnection.make({ url: Redacted.make(this.#url), applicationName: "stranger" }).pipe(Scope.provide(this.#scope))
    while (Exit.isSuccess(await Effect.runPromiseExit(take))) this.#count++
  }

  leave(): Promise<void> {
    return Effect.runPromise(Scope.close(this.#scope, Exit.void))
  }
}
