/**
 * A folder for one test or one run. It can be entered by every user, unlike
 * what `mkdtemp` makes: PostgreSQL runs as another user when the tests run as
 * root.
 */
import { chmod, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

export interface TemporaryFolder {
  readonly path: string
  readonly remove: () => Promise<void>
}

export const temporaryFolder = async (parent = tmpdir()): Promise<TemporaryFolder> => {
  const path = await mkdtemp(join(parent, "easel-test-"))
  await chmod(path, 0o711)
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) }
}
