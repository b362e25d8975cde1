/**
 * Loaded before a node: SIGUSR2 collects its garbage and writes what is left to the file that EASEL_FOOTPRINT names, as
 * JSON: bytes of the heap and of buffers, fibers, and what keeps the event loop awake, by kind.
 */
import { renameSync, writeFileSync } from "node:fs"
import process from "node:process"
import { queryObjects, setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

setFlagsFromString("--expose-gc")
const collectGarbage = runInNewContext("gc")

// Effect keeps the fiber that runs here: the first one tells what fibers are made by.
const currentFiber = "~effect/Fiber/currentFiber"
let Fiber
Object.defineProperty(globalThis, currentFiber, {
  configurable: true,
  get: () => undefined,
  set: (fiber) => {
    Fiber = fiber.constructor
    Object.defineProperty(globalThis, currentFiber, { configurable: true, writable: true, value: fiber })
  }
})

let turn = 0
process.on("SIGUSR2", () => {
  collectGarbage()
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  const awake = {}
  for (const kind of process.getActiveResourcesInfo()) awake[kind] = (awake[kind] ?? 0) + 1
  const path = process.env.EASEL_FOOTPRINT
  writeFileSync(`${path}.tmp`, JSON.stringify({ turn: ++turn, memoryBytes: heapUsed + arrayBuffers, fibers: queryObjects(Fiber), awake }))
  renameSync(`${path}.tmp`, path)
})
