/** An error in one line, for whoever sits at a terminal. */
export const reasonOf = (error: unknown): string => {
  if (typeof error !== "object" || error === null) return String(error)
  if ("reason" in error && typeof error.reason === "string") return error.reason
  if ("_tag" in error && error._tag === "ConfigError") return `a setting cannot be understood: ${oneLine(String(error))}`
  return error instanceof Error ? (error.message.split("\n", 1)[0] ?? error.name) : String(error)
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ")
