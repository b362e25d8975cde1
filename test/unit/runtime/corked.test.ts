/** What the sockets between nodes hand to the system, and when. */
import { Duplex } from "node:stream"
import { expect, test } from "vitest"
import { corked } from "../../../cluster/runtime/corked.ts"

/** Remembers the system calls that a socket would make. */
class Recorder extends Duplex {
  readonly calls: Array<ReadonlyArray<string>> = []

  override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
    this.calls.push([chunk.toString()])
    callback()
  }

  override _writev(chunks: Array<{ chunk: Buffer }>, callback: () => void): void {
    this.calls.push(chunks.map(({ chunk }) => chunk.toString()))
    callback()
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test("frames of one turn leave together and in order, those of the next one by themselves", async () => {
  const socket = corked(new Recorder())
  for (const text of ["a", "b", "c"]) expect(socket.write(Buffer.from(text))).toBe(true)
  expect(socket.calls).toEqual([])
  await turn()
  socket.write(Buffer.from("d"))
  await turn()
  expect(socket.calls).toEqual([["a", "b", "c"], ["d"]])
})

test("no more waits than the socket would buffer anyway", () => {
  const socket = corked(new Recorder({ highWaterMark: 4 }))
  expect(["aa", "b", "ccc", "d"].map((text) => socket.write(Buffer.from(text)))).toEqual([true, true, true, true])
  expect(socket.calls).toEqual([["aa", "b"], ["ccc"]])
})

test("the end comes after what waits", async () => {
  const socket = corked(new Recorder())
  socket.write(Buffer.from("a"))
  socket.write(Buffer.from("b"))
  socket.end()
  await turn()
  expect(socket.calls).toEqual([["a", "b"]])
  expect(socket.writableFinished).toBe(true)
})
