/** A whole file as HTTP answers it, the present one or a state of it. */
import type { Snapshot } from "@easel/protocol"
import * as HttpServerResponse from "effect/http/HttpServerResponse"

export const wholeFile = ({ body, digest, epoch, seq }: Pick<Snapshot, "body" | "epoch" | "seq"> & { readonly digest: string }) => {
  const head = Buffer.from(`{"seq":${seq},"epoch":${epoch},"digest":"${digest}",`, "utf8")
  // The body is a JSON object; its opening brace is replaced by the head.
  return HttpServerResponse.uint8Array(Buffer.concat([head, body.subarray(1)]), { contentType: "application/json" })
}
