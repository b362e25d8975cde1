/**
 * Creates the server's files: the superuser and the database `easel`, a random
 * password, UTF-8 with one collation on every platform. All of it is made in a
 * draft folder beside the final place and moved there in one step, so whoever
 * is killed in the middle leaves no half-made database. The password lies
 * among the files (mode 0600), and so moves with them.
 */
import { Effect } from "effect"
import { randomBytes } from "node:crypto"
import { existsSync } from "node:fs"
import { chown, mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { attempt } from "./EmbeddedPostgresFailed.ts"
import type { PostgresBinaries } from "./PostgresBinaries.ts"
import type { PostgresHome } from "./PostgresHome.ts"
import { isAlive } from "./PostgresProcess.ts"
import { runOrFail } from "./PostgresUser.ts"

/** Makes the files unless they are there; answers the password either way. */
export const ensure = Effect.fn("PostgresInitdb.ensure")(function*(
  home: PostgresHome,
  binaries: PostgresBinaries,
  durability: "durable" | "fast"
) {
  yield* removeDrafts(home.folder)
  if (!existsSync(home.folder)) yield* create(home, binaries, durability)
  return yield* attempt("cannot read the database's password", () => readFile(passwordIn(home.folder), "utf8"))
})

const passwordIn = (folder: string) => join(folder, "easel.password")

const create = Effect.fn("PostgresInitdb.create")(function*(
  home: PostgresHome,
  binaries: PostgresBinaries,
  durability: "durable" | "fast"
) {
  const draft = `${home.folder}.new-${process.pid}`
  const password = `${draft}.password`
  const what = "cannot create the database"
  yield* Effect.addFinalizer(() => removeAll([draft, password]))
  yield* attempt(what, async () => {
    await mkdir(draft, { mode: 0o700 })
    await writeFile(password, randomBytes(24).toString("base64url"), { mode: 0o600, flag: "wx" })
    if (home.user !== undefined) {
      await chown(draft, home.user.uid, home.user.gid)
      await chown(password, home.user.uid, home.user.gid)
    }
  })
  const sync = durability === "durable" ? [] : ["--no-sync"]
  yield* runOrFail(what, home.user, binaries.initdb, [...initdbArgs, ...sync, `--pwfile=${password}`, "-D", draft])
  const fsync = durability === "durable" ? "on" : "off"
  const single = ["--single", "-D", draft, "-c", "exit_on_error=on", "-c", `fsync=${fsync}`, "postgres"]
  yield* runOrFail(what, home.user, binaries.postgres, single, "CREATE DATABASE easel")
  yield* attempt(what, async () => {
    await rename(password, passwordIn(draft))
    await rename(draft, home.folder).catch((error: unknown) => {
      if (!existsSync(home.folder)) throw error // else another Easel was faster: its files count
    })
    await syncFolder(dirname(home.folder))
  })
}, Effect.scoped)

const initdbArgs = [
  "--username=easel",
  "--auth=scram-sha-256",
  "--encoding=UTF8",
  "--no-locale",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
  "--no-instructions"
]

/** Drafts of processes that are dead. One with our own number is older than we are. */
const removeDrafts = Effect.fnUntraced(function*(folder: string) {
  const parent = dirname(folder)
  const prefix = `${basename(folder)}.new-`
  const names = yield* attempt("cannot read the data folder", () => readdir(parent))
  const drafts = names.filter((name) => name.startsWith(prefix))
  const dead = drafts.filter((name) => {
    const pid = Number.parseInt(name.slice(prefix.length), 10)
    return pid === process.pid || !isAlive(pid)
  })
  yield* removeAll(dead.map((name) => join(parent, name)))
})

/** As far as possible: an initdb that lost its parent may still write for a moment. */
const removeAll = (paths: ReadonlyArray<string>) =>
  Effect.forEach(paths, (path) =>
    Effect.ignore(attempt("cannot remove a draft", () =>
      rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }))))

const syncFolder = async (folder: string) => {
  const handle = await open(folder, "r")
  await handle.sync().finally(() => handle.close())
}
