/** How a node starts, refuses to start, and stops: PROMISES 1 and 8, P10. */
import { writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join as joinPath } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"
import type { EaselProcess } from "../harness/EaselProcess.ts"
import { databaseForTest, nodeForTest } from "../harness/easelNode.ts"
import { connect, create, createFile, expectConverged, join, readFile, update } from "../harness/editing.ts"
import { RawSocket } from "../harness/RawSocket.ts"
import { runSql } from "../harness/runSql.ts"
import { temporaryFolder } from "../harness/temporaryFolder.ts"

/** A port that is taken for as long as the test runs. */
const takenPort = async (): Promise<number> => {
  const server = createServer()
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      resolve(typeof address === "object" && address !== null ? address.port : 0)
    })
  })
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())))
  return port
}

/** The node ends by itself, says why in one line, and shows no stack. */
const expectRefusal = async (node: EaselProcess, line: RegExp): Promise<void> => {
  node.launch()
  const { code, signal } = await node.exited(30_000)
  expect([code === 0, signal]).toEqual([false, null])
  expect(node.stderr.trimEnd().split("\n")).toEqual([expect.stringMatching(/^easel: /)])
  expect(node.stderr).toMatch(line)
  expect(node.log).not.toMatch(/^\s+at /m)
  expect(node.log).not.toMatch(/Easel is ready/)
}

describe("a start that cannot be", () => {
  it("says which port is taken", async () => {
    const port = await takenPort()
    const { url } = await databaseForTest()
    await expectRefusal(await nodeForTest({ databaseUrl: url, port }), new RegExp(`port ${port} .* taken: set PORT`))
  })

  it("says that the database does not answer, and not its password", async () => {
    const port = await takenPort()
    const node = await nodeForTest({ databaseUrl: `postgres://easel:canary-7f3a@127.0.0.1:${port === 1 ? 2 : 1}/easel` })
    await expectRefusal(node, /database/)
    expect(node.log).not.toContain("canary-7f3a")
  })

  it("says that the database does not exist", async () => {
    const database = await databaseForTest()
    await database.drop()
    await expectRefusal(await nodeForTest({ databaseUrl: database.url }), /database "\w+" does not exist \(3D000\)/)
  })

  it("says that DATABASE_URL is no URL", async () => {
    await expectRefusal(await nodeForTest({ databaseUrl: "not a url" }), /DATABASE_URL|database/)
  })

  it("says which setting it does not understand", async () => {
    const { url } = await databaseForTest()
    await expectRefusal(await nodeForTest({ databaseUrl: url, fileIdle: "soonish" }), /EASEL_FILE_IDLE/)
    await expectRefusal(await nodeForTest({ databaseUrl: url, environment: { EASEL_ORIGINS: "https://draw.example,draw.example" } }), /EASEL_ORIGINS/)
  })

  it("says that the database was used by a newer Easel", async () => {
    const { url } = await databaseForTest()
    await runSql(url, "INSERT INTO easel_migrations (migration_id, name) VALUES (999, 'future')")
    await expectRefusal(await nodeForTest({ databaseUrl: url }), /newer/)
  })

  it("says which migration a database lacks, and leaves it alone", async () => {
    const { url } = await databaseForTest()
    await runSql(url, "DELETE FROM easel_migrations WHERE migration_id = 5")
    await expectRefusal(await nodeForTest({ databaseUrl: url }), /^easel: the database is at migration \d+ and lacks 5:/)
    expect(await runSql(url, "SELECT FROM easel_migrations WHERE migration_id = 5")).toEqual([])
  })

  it("says that the data folder cannot be used", async () => {
    const folder = await temporaryFolder()
    onTestFinished(folder.remove)
    const path = joinPath(folder.path, "file")
    writeFileSync(path, "")
    await expectRefusal(await nodeForTest({ dataFolder: joinPath(path, "data") }), /data folder/)
  })
})

describe("a node with its own PostgreSQL", { timeout: 120_000 }, () => {
  it("refuses a data folder in use, leaves the other alone, and stops when its database dies", async () => {
    const node = await nodeForTest()
    await node.start()
    const fileId = await createFile(node)
    const editor = await join(node, fileId)
    await expectRefusal(await nodeForTest({ dataFolder: node.dataFolder }), new RegExp(`in use by another Easel \\(process ${node.pid}\\)`))
    await editor.edit(create("a"))

    await node.restart("stop")
    expect((await readFile(node, fileId)).objects).toHaveLength(1)

    process.kill(node.postmasterPid ?? -1, "SIGKILL")
    const { code } = await node.exited(30_000)
    expect(code).not.toBe(0)
    expect(node.stderr).toMatch(/^easel: PostgreSQL has stopped/m)
    expect(node.stderr).not.toMatch(/^\s+at .*\.mjs/m)
  })
})

describe("SIGTERM", () => {
  it("P10: ends with code 0 in time, editors hear 1012, everything acked is there after, and a checkpoint", async () => {
    const { url } = await databaseForTest()
    const node = await nodeForTest({ databaseUrl: url })
    await node.start()
    const fileId = await createFile(node)
    const editors = await Promise.all(Array.from({ length: 5 }, () => join(node, fileId)))
    const stranger = await connect(node)
    const acked = new Set<string>()
    const writing = Promise.all(editors.map(async (editor, who) => {
      editor.submit(create(`of-${who}`))
      for (let n = 0; editor.isOpen; n++) {
        const operation = update(`of-${who}`, "x", n)
        editor.submit(operation)
        await editor.until(() => !editor.isOpen || editor.all("ack").some(({ operationIds }) => operationIds.includes(operation.id)), "an ack or the end")
      }
    }))
    await editors[0]?.reaches(300)
    const status = await node.stop()
    await writing
    expect([status.code, status.signal]).toEqual([0, null])
    expect(status.millis).toBeLessThan(10_000)
    expect(await Promise.all([...editors, stranger].map((editor) => editor.closedWith()))).toEqual(Array.from({ length: 6 }, () => 1012))
    for (const editor of editors) {
      for (const { results } of editor.all("ack")) for (const { id, status } of results) if (status === "applied") acked.add(id)
    }
    const logged = (await runSql(url, "SELECT operation_id FROM operations WHERE file_id = $1::uuid ORDER BY seq", [fileId]))
      .map((row) => String(row["operation_id"]))
    expect(logged).toEqual(expect.arrayContaining([...acked]))
    expect(acked.size).toBeGreaterThanOrEqual(300)
    const checkpoints = await runSql(url, "SELECT max(seq)::int AS seq FROM file_checkpoints WHERE file_id = $1::uuid", [fileId])
    const ackedSeqs = editors.flatMap((editor) => editor.all("ack").flatMap(({ results }) => results.map(({ seq }) => seq)))
    // What was still committing when the node had to go may be behind the checkpoint, in the log.
    expect(checkpoints[0]?.["seq"]).toBeGreaterThanOrEqual(Math.max(...ackedSeqs))
    expect(node.stderr).toBe("")

    await node.start()
    const back = await Promise.all(editors.map(({ clientId, replica }) => join(node, fileId, { replica, clientId, sinceSeq: replica.seq })))
    expect((await expectConverged(node, fileId, ...back)).seq).toBe(logged.length)
  })

  it("P10: does not wait for peers that never answer", async () => {
    const { url } = await databaseForTest()
    const node = await nodeForTest({ databaseUrl: url })
    await node.start()
    const mute = [await RawSocket.webSocket(node.url), await RawSocket.connect(node.url)]
    onTestFinished(() => {
      for (const { socket } of mute) socket.destroy()
    })
    mute[1]?.write("GET /healthz HTTP/1.1\r\nHost: easel\r\nX-Slow:")
    const { code, millis } = await node.stop()
    expect(code).toBe(0)
    expect(millis).toBeLessThan(10_000)
    expect(await mute[0]?.closeCode()).toBe(1012)
  })

  it("ends a node that is still starting", async () => {
    const node = await nodeForTest({ databaseUrl: (await databaseForTest()).url })
    node.launch()
    const { code, millis, signal } = await node.stop()
    expect(millis).toBeLessThan(10_000)
    expect([0, "SIGTERM"]).toContain(code ?? signal)
    expect(node.log).not.toMatch(/^\s+at /m)
  })
})
