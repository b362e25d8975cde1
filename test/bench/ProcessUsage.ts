/**
 * What the kernel says a process has used, all its threads together, and the machine as a whole.
 *
 * Read from `/proc`, so the CPU time has a resolution of 10 ms and all readings exist on Linux only; elsewhere they
 * are `NaN`, which the report prints as not measured.
 */
import { readFileSync } from "node:fs"

/** `sysconf(_SC_CLK_TCK)` and the page size of Linux on x64 and arm64 as distributions build it. */
const millisPerTick = 10
const pageBytes = 4096

/** User and system time since the process started. */
export const cpuMillis = (pid: number): number => {
  // The command's name is in brackets and may hold spaces; utime and stime are fields 14 and 15 of the line.
  const fields = read(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ") ?? []
  return (Number(fields[11]) + Number(fields[12])) * millisPerTick
}

/** Of a process and its children that live now, such as PostgreSQL and its sessions. */
export const familyCpuMillis = (pid: number): number => {
  const children = read(`/proc/${pid}/task/${pid}/children`).split(" ").filter((child) => child !== "")
  return [pid, ...children.map(Number)].reduce((sum, member) => sum + cpuMillis(member), 0)
}

/** What all processes of the machine have used, and what its host has withheld from it. */
export const machineCpuMillis = (): number => {
  const [user, nice, system, _idle, _wait, irq, softIrq, stolen] = read("/proc/stat").split("\n")[0]?.split(/\s+/).slice(1).map(Number) ?? []
  return [user, nice, system, irq, softIrq, stolen].reduce<number>((sum, ticks) => sum + (ticks ?? Number.NaN), 0) * millisPerTick
}

/** Resident memory. */
export const rssBytes = (pid: number): number => Number(read(`/proc/${pid}/statm`).split(" ")[1]) * pageBytes

const read = (path: string): string => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return ""
  }
}
