/** What commands print: tables for people, JSON for programs. */
import * as Flag from "effect/cli/Flag"

export const jsonFlag = Flag.Boolean("json").pipe(Flag.withDescription("Print one JSON document, for programs"), Flag.withDefault(false))

export const printJson = (result: unknown): void => console.log(JSON.stringify(result, undefined, 2))

/** Prints a result as JSON, or the lines that tell it. */
export const print = <A>(json: boolean, result: A, linesOf: (result: A) => ReadonlyArray<string>): void =>
  json ? printJson(result) : console.log(linesOf(result).join("\n"))

/** Of what people are told nothing about when it is done. */
export const printDone = (json: boolean, done: object): void => {
  if (json) printJson(done)
}

/** Columns as wide as what stands in them. Numbers stand to the right. */
export const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string | number>>): ReadonlyArray<string> => {
  const texts = rows.map((row) => row.map((cell) => (typeof cell === "number" ? cell.toLocaleString("en") : printable(cell))))
  const widths = head.map((title, column) => Math.max(title.length, ...texts.map((row) => row[column]?.length ?? 0)))
  const isNumber = head.map((_, column) => rows.some((row) => typeof row[column] === "number"))
  const lineOf = (row: ReadonlyArray<string>): string =>
    row.map((cell, column) => isNumber[column] === true ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()
  return [lineOf(head), ...texts.map(lineOf)]
}

/** Names come from strangers: what would move the cursor of a terminal is left out. */
export const printable = (text: string): string => text.replace(/\p{Cc}/gu, "")
