/** The names of those who are in the file or sit here; of the others the server knows an id, and the page no more. */
import type { EditorFile } from "@easel/client"
import { identity } from "../identity.ts"
import type { Version } from "./VersionsApi.ts"

export const authorsOf = (file: EditorFile): (version: Version) => string | undefined => {
  const names = new Map([...file.presence.values()].map(({ userId, userName }) => [userId, userName]))
  const self = identity()
  names.set(self.userId, `${self.userName} (you)`)
  // Where nobody is asked who he is, nobody is named.
  return ({ createdBy, kind }) => kind === "auto" || createdBy === "anonymous" ? undefined : names.get(createdBy) ?? createdBy
}
