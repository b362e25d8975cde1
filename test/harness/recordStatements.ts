/** Listens to what the store asks PostgreSQL, so that a test can ask for the plan of exactly that. */
import { CommitConnection } from "@easel/store"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"

export interface RecordedStatement {
  readonly text: string
  readonly parameters: ReadonlyArray<unknown>
}

/** The client of the context, with a record of its statements. */
export const recordedClient = (record: Array<RecordedStatement>) =>
  Layer.effect(
    SqlClient.SqlClient,
    Effect.map(SqlClient.SqlClient, (sql) =>
      new Proxy(sql, {
        get: (target, name, receiver) => {
          if (name !== "unsafe") return Reflect.get(target, name, receiver)
          const unsafe: SqlClient.SqlClient["unsafe"] = (text, parameters = []) => {
            record.push({ text, parameters })
            return target.unsafe(text, parameters)
          }
          return unsafe
        }
      }))
  )

export const recordedCommits = (record: Array<RecordedStatement>) =>
  Layer.effect(
    CommitConnection,
    Effect.map(CommitConnection, ({ queryValues }) =>
      CommitConnection.of({
        queryValues: (text, parameters) => {
          record.push({ text, parameters })
          return queryValues(text, parameters)
        }
      }))
  )
