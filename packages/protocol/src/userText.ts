/** Ids and names of users, and ids of tokens, as strangers write them. */
import { jsonFault } from "@easel/document"
import * as Limits from "./limits.ts"

export const isUserText = (value: unknown): value is string =>
  typeof value === "string" && value.length > 0 && value.length <= Limits.userTextCharsMax && jsonFault(value) === undefined

export const userTextShape = `a text of 1 to ${Limits.userTextCharsMax} characters`
