/** Reading what was encoded once for everybody: comma-joined JSON and the byte ranges in it. */
import type { Committed, PresenceChanged } from "@easel/protocol"

type Encoded = Pick<Committed | PresenceChanged, "body" | "parts">

/** The text of each part. Throws when something else than one comma stands between two of them. */
export const partTexts = ({ body, parts }: Encoded): ReadonlyArray<{ readonly author: string; readonly text: string }> => {
  const bytes = Buffer.from(body)
  parts.forEach(({ start }, index) => {
    const before = parts[index - 1]
    const between = bytes.subarray(before?.end ?? 0, start).toString("utf8")
    if (between !== (before === undefined ? "" : ",")) throw new Error(`"${between}" stands before part ${index}`)
  })
  if ((parts.at(-1)?.end ?? 0) !== bytes.length) throw new Error("the parts do not cover the body")
  return parts.map(({ author, end, start }) => ({ author, text: bytes.subarray(start, end).toString("utf8") }))
}

/** The objects of comma-joined JSON. */
export const valuesOf = (text: string): ReadonlyArray<Readonly<Record<string, unknown>>> => {
  const values: unknown = JSON.parse(`[${text}]`)
  if (!Array.isArray(values)) throw new Error("not an array")
  return values
}
