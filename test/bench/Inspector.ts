/**
 * A connection to the V8 inspector of a server: the only way to force a collection in another process.
 *
 * It enables no domain of the protocol, so every message is the answer to a call, and the server keeps nothing for it.
 * Calls follow each other; one that is refused or late fails.
 */
import { Schema } from "effect"
import { once } from "node:events"
import { WebSocket } from "ws"

/** Goes between `node` and the script; the port is any free one. */
export const inspectFlag = "--inspect=127.0.0.1:0"

/** The address in what a server with `inspectFlag` says as it starts. */
export const inspectorUrlIn = (output: string): string | undefined => /Debugger listening on (ws:\S+)\s/.exec(output)?.[1]

interface MemoryUsage {
  /** The heap in use and what it holds outside, such as buffers. */
  readonly liveBytes: number
  readonly rssBytes: number
}

/** A collection of gigabytes takes seconds. */
const callMillisMax = 60_000

const decodeAnswer = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Struct({ id: Schema.Number, result: Schema.Unknown })))

const Usage = Schema.Struct({ heapUsed: Schema.Number, external: Schema.Number, rss: Schema.Number })
const decodeUsage = Schema.decodeUnknownSync(
  Schema.Struct({ result: Schema.Struct({ value: Schema.fromJsonString(Usage) }) })
)

export class Inspector {
  private readonly webSocket: WebSocket
  private calls = 0

  private constructor(webSocket: WebSocket) {
    this.webSocket = webSocket
  }

  static async open(url: string): Promise<Inspector> {
    const webSocket = new WebSocket(url)
    await once(webSocket, "open", { signal: AbortSignal.timeout(callMillisMax) })
    return new Inspector(webSocket)
  }

  /** What is left after two collections: the first may only schedule the finalizers whose garbage the second finds. */
  async usageAfterCollection(): Promise<MemoryUsage> {
    await this.call("HeapProfiler.collectGarbage")
    await this.call("HeapProfiler.collectGarbage")
    const answer = await this.call("Runtime.evaluate", { expression: "JSON.stringify(process.memoryUsage())" })
    // `external` contains `arrayBuffers`.
    const { external, heapUsed, rss } = decodeUsage(answer).result.value
    return { liveBytes: heapUsed + external, rssBytes: rss }
  }

  close(): void {
    this.webSocket.close()
  }

  private async call(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const id = ++this.calls
    this.webSocket.send(JSON.stringify({ id, method, params }))
    try {
      const [data] = await once(this.webSocket, "message", { signal: AbortSignal.timeout(callMillisMax) })
      const answer = decodeAnswer(String(data))
      if (answer.id !== id) throw new Error(`the answer is to call ${answer.id}`)
      return answer.result
    } catch (cause) {
      throw new Error(`the inspector did not answer ${method}: ${String(cause)}`, { cause })
    }
  }
}
