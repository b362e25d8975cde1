/** Loaded before a node: SIGUSR2 ends its oldest worker as a crash would, at once and without a word. */
import process from "node:process"
import { Worker } from "node:worker_threads"

const workers = new Set()
const { on } = Worker.prototype
// Deno does not tell of workers as `process.on("worker")` does; but whoever starts one listens to it.
Worker.prototype.on = function(...listener) {
  if (!workers.has(this)) {
    workers.add(this)
    on.call(this, "exit", () => workers.delete(this))
  }
  return on.apply(this, listener)
}
process.on("SIGUSR2", () => {
  const [oldest] = workers
  oldest?.terminate()
})
