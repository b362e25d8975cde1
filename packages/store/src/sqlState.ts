/** What PostgreSQL answers instead of a result: SQLSTATE codes, which of them mean what, and its words. Source: PostgreSQL manual, appendix A. */
import * as Predicate from "effect/Predicate"
import type { SqlError } from "effect/sql/SqlError"

/** The five-character code that PostgreSQL sent, or `undefined` when the error came from the connection. */
export const sqlStateOf = (error: SqlError): string | undefined => answerOf(error)?.code

/** What PostgreSQL said, or what became of the connection, in one line. Of refusals it may name values. */
export const saidBy = (error: SqlError): string => {
  const answer = answerOf(error)
  return answer === undefined ? oneLine(error.message) : `${oneLine(answer.message)} (${answer.code})`
}

/** The error that PostgreSQL sent, among the causes. */
const answerOf = (error: SqlError): { readonly code: string; readonly message: string } | undefined => {
  let cause: unknown = error.reason
  while (Predicate.hasProperty(cause, "cause")) {
    cause = cause.cause
    if (!Predicate.hasProperty(cause, "code") || typeof cause.code !== "string" || !/^[0-9A-Z]{5}$/.test(cause.code)) continue
    return { code: cause.code, message: Predicate.hasProperty(cause, "message") ? String(cause.message) : error.message }
  }
  return undefined
}

const oneLine = (text: string): string => text.split("\n", 1)[0] ?? text

/** A value that PostgreSQL will never accept: data exceptions (22) and program limits (54). */
export const isPoison = (sqlState: string | undefined): boolean =>
  sqlState !== undefined && (sqlState.startsWith("22") || sqlState.startsWith("54"))

export const isUniqueViolation = (sqlState: string | undefined): boolean => sqlState === "23505"

/** Worth another try: the statement had no effect, or is a read. Serialization, deadlock, shutdown, start-up, no room. */
export const isTransient = (error: SqlError): boolean => {
  const sqlState = sqlStateOf(error)
  if (sqlState === undefined) return error.reason._tag === "ConnectionError"
  return sqlState === "40001" || sqlState === "40P01" || sqlState.startsWith("57P0") || sqlState.startsWith("53") || sqlState.startsWith("08")
}
