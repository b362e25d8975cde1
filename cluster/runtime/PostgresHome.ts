/**
 * Decides where the server's files live and as whom it runs. They live in
 * `<dataFolder>/postgres`, owned by the server's user. Under root that user
 * may be unable to enter the data folder (a checkout in /root, mode 700); then
 * they live in a folder of ours in /var/tmp named by a hash of the data
 * folder's path, and a note in the data folder says so. Files that exist
 * already decide before anything else: data never seems to vanish.
 */
import { Effect } from "effect"
import { createHash } from "node:crypto"
import { existsSync } from "node:fs"
import { lstat, mkdir, realpath, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { attempt, EmbeddedPostgresFailed } from "./EmbeddedPostgresFailed.ts"
import { isRoot, ownUid, type PostgresUser, run, runOrFail, unprivileged } from "./PostgresUser.ts"

export interface PostgresHome {
  /** PGDATA; absent until initdb has run. Its parent exists. */
  readonly folder: string
  readonly user: PostgresUser
}

export const resolve = Effect.fn("PostgresHome.resolve")(function*(dataFolder: string) {
  const owner = yield* attempt("cannot use the data folder", async () => {
    await mkdir(dataFolder, { recursive: true })
    return await realpath(dataFolder)
  })
  const near = join(owner, "postgres")
  return yield* isRoot() ? resolveAsRoot(owner, near) : resolveAsOurselves(near)
})

const resolveAsOurselves = Effect.fnUntraced(function*(near: string) {
  if (existsSync(near)) {
    const { uid } = yield* attempt("cannot use the data folder", () => stat(near))
    if (uid !== ownUid()) {
      return yield* new EmbeddedPostgresFailed({
        reason: `${near} belongs to another user (id ${uid}): start Easel as root or choose another data folder`
      })
    }
  }
  return { folder: near, user: undefined }
})

const resolveAsRoot = Effect.fnUntraced(function*(dataFolder: string, near: string) {
  const user = yield* unprivileged
  if (existsSync(near)) {
    const owner = yield* userOf(near, user)
    if (yield* canEnter(owner, near)) return { folder: near, user: owner }
    return yield* new EmbeddedPostgresFailed({
      reason: `PostgreSQL runs as user id ${owner.uid}, which cannot enter ${near}: make the folders above accessible`
    })
  }
  const far = folderInVarTmp("data", dataFolder)
  const isFar = existsSync(join(far, "postgres")) || !(yield* canEnter(user, dataFolder))
  if (!isFar) return { folder: near, user }
  yield* claimFar(far, dataFolder)
  const folder = join(far, "postgres")
  return { folder, user: existsSync(folder) ? yield* userOf(folder, user) : user }
})

/** The files' owner runs the server; files that root copied here are handed to `fallback`. */
const userOf = Effect.fnUntraced(function*(folder: string, fallback: NonNullable<PostgresUser>) {
  const { uid, gid } = yield* attempt("cannot use the data folder", () => stat(folder))
  if (uid !== 0) return { uid, gid }
  yield* runOrFail(`cannot hand ${folder} over`, undefined, "chown", ["-R", `${fallback.uid}:${fallback.gid}`, folder])
  yield* runOrFail(`cannot hand ${folder} over`, undefined, "chmod", ["700", folder])
  return fallback
})

const claimFar = Effect.fnUntraced(function*(far: string, dataFolder: string) {
  yield* attempt(`cannot use ${far}`, () => mkdir(far, { recursive: true, mode: 0o711 }))
  yield* assertOurs(far)
  yield* runOrFail(`cannot use ${far}`, undefined, "chmod", ["711", far])
  yield* attempt("cannot leave a note about the data", async () => {
    await writeFile(join(far, "README"), `Easel's database of ${dataFolder}. Do not delete it.\n`)
    await writeFile(join(dataFolder, "postgres.README"), noteAbout(far))
  })
  yield* Effect.logInfo(`PostgreSQL cannot enter ${dataFolder}: its files are in ${far}`)
})

const noteAbout = (far: string) =>
  `The database of this folder is in ${far}.\n` +
  "PostgreSQL does not run as root, and the user that it runs as cannot enter this folder.\n" +
  "To keep the database here, stop Easel, make the folders above accessible (chmod a+x),\n" +
  `and move ${far}/postgres into this folder.\n`

/** A path in /var/tmp, where others may write: `assertOurs` before use. */
export const folderInVarTmp = (kind: string, key: string): string =>
  `/var/tmp/easel-${kind}-${createHash("sha256").update(key).digest("hex").slice(0, 16)}`

/** Refuses a folder that another user has made, or can change. */
export const assertOurs = Effect.fnUntraced(function*(folder: string) {
  const found = yield* attempt(`cannot use ${folder}`, () => lstat(folder))
  if (!found.isDirectory() || found.uid !== ownUid() || (found.mode & 0o022) !== 0) {
    return yield* new EmbeddedPostgresFailed({ reason: `${folder} can be written by others than Easel: remove it` })
  }
})

const canEnter = (user: PostgresUser, folder: string) =>
  Effect.map(run(user, "/bin/sh", ["-c", "cd \"$1\"", "sh", folder]), (failure) => failure === undefined)
