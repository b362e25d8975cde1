/** A metric of a node without labels, as `/metrics` shows it. */
export const readCounter = async (nodeUrl: string, name: string): Promise<number> => {
  const text = await (await fetch(`${nodeUrl}/metrics`)).text()
  const value = new RegExp(`^${name}(?:\\{\\})? (\\S+)`, "m").exec(text)?.[1]
  return value === undefined ? 0 : Number(value)
}
