/**
 * How fast the disk makes a small write durable right now, which bounds how fast anybody commits.
 *
 * Measured before each group of loads, because a neighbour's writes can double it: two runs under different disks say
 * little about two servers.
 */
import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs"
import { join } from "node:path"
import { Histogram, type Latencies } from "./Histogram.ts"

const writes = 200
/** As much as one PostgreSQL page of log. */
const writeBytes = 8192

export const probeDisk = (folder: string): Latencies => {
  const file = openSync(join(folder, "probe"), "w")
  const page = Buffer.alloc(writeBytes, 1)
  const histogram = new Histogram()
  for (let write = 0; write < writes; write++) {
    const startedAt = performance.now()
    writeSync(file, page)
    fdatasyncSync(file)
    histogram.record(performance.now() - startedAt)
  }
  closeSync(file)
  return histogram.latencies()
}
