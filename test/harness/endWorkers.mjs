/** Loaded before a node: SIGUSR2 ends its oldest worker as a crash would, at once and without a word. */
import process from "node:process"

const workers = []
process.on("worker", (worker) => {
  workers.push(worker)
  worker.once("exit", () => workers.splice(workers.indexOf(worker), 1))
})
process.on("SIGUSR2", () => workers[0]?.terminate())
