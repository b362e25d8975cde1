/** What loads of versions ask for: over HTTP, and operations that must be applied. */
import type { BenchEditor } from "./BenchEditor.ts"
import { type AckPayload, payloadOf } from "./BenchEditor.ts"
import { operationFrame } from "./Workload.ts"

/** The body of an answer, to a POST where there is something to send. */
export const answerOf = async <A>(path: string, body?: unknown): Promise<A> => {
  const response = body === undefined ? await fetch(path) : await fetch(path, { method: "POST", body: JSON.stringify(body) })
  const text = await response.text()
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`)
  return JSON.parse(text)
}

/** Sends operations in one frame and returns when they are applied. */
export const applied = async ({ webSocket }: BenchEditor, operations: ReadonlyArray<string>): Promise<void> => {
  const acked = new Promise<AckPayload>((resolve) => {
    const listen = (received: Buffer): void => {
      if (!received.subarray(0, ackStart.length).equals(ackStart)) return
      webSocket.off("message", listen)
      resolve(payloadOf(received))
    }
    webSocket.on("message", listen)
  })
  webSocket.send(operationFrame(operations))
  const refused = (await acked).results.find(({ status }) => status !== "applied")
  if (refused !== undefined) throw new Error(`an operation was not applied: ${JSON.stringify(refused)}`)
}

const ackStart = Buffer.from(`{"type":"ack"`)

export const moveText = (id: string, objectId: string, x: number): string =>
  `{"id":"${id}","operationType":"update","objectId":"${objectId}","propertyPath":"x","newValue":${x},"timestamp":${Date.now()}}`
