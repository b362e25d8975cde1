/**
 * Blobs in a bucket of S3 or of whatever speaks like it: `<prefix>objects/ab/abcdef…`, and `<prefix>aside/ab/abcdef…`.
 * The SHA-256 of a blob is signed with it, so a server refuses what arrives as something else; what was written is read
 * back besides, because not every server that speaks like S3 looks.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Area, BlobMedium } from "./BlobMedium.ts"
import { ObjectStore } from "./ObjectStore.ts"
import * as S3Client from "./S3Client.ts"
import type { S3Settings } from "./S3Settings.ts"
import * as s3Xml from "./s3Xml.ts"
import { StoreUnavailable } from "./StoreUnavailable.ts"

export const layer = (settings: S3Settings, options?: S3Client.S3Options) =>
  Layer.effect(ObjectStore, Effect.map(S3Client.make(settings, options), (client) => ObjectStore.over(mediumOf(settings, client))))

/** What S3 itself has at most. */
const pageBlobs = 1_000

const mediumOf = ({ bucket, prefix }: S3Settings, { call, presigned, stream }: S3Client.S3Client): BlobMedium => {
  const folderOf = (area: Area) => `${prefix}${area === "in use" ? "objects" : "aside"}/`
  const keyOf = (area: Area, sha256: string) => `${folderOf(area)}${sha256.slice(0, 2)}/${sha256}`
  /** Until a server says that it does not know conditions. They only save it work: what is there has the same bytes. */
  let knowsConditions = true

  const write = (sha256: string, bytes: Uint8Array, headers: Readonly<Record<string, string>>, expect: ReadonlyArray<number>) =>
    call({ operation: "put", method: "PUT", key: keyOf("in use", sha256), headers, body: { bytes, sha256 }, expect: [200, ...expect] })

  return {
    write: Effect.fnUntraced(function*(sha256, bytes, mode) {
      if (mode === "where absent" && knowsConditions) {
        const { status } = yield* write(sha256, bytes, { "if-none-match": "*" }, [412, 501])
        if (status !== 501) return
        knowsConditions = false
      }
      yield* write(sha256, bytes, {}, [])
    }),

    read: (area, sha256) =>
      call({ operation: "get", method: "GET", key: keyOf(area, sha256), expect: [200, "NoSuchKey"] }).pipe(
        Effect.map(({ body, status }) => status === 200 ? body : undefined)
      ),

    stream: (area, sha256) => stream({ operation: "stream", method: "GET", key: keyOf(area, sha256), expect: [200] }),

    link: (sha256, { contentDisposition, contentType }) =>
      presigned(keyOf("in use", sha256), {
        "response-cache-control": "private, max-age=31536000, immutable",
        "response-content-disposition": contentDisposition,
        "response-content-type": contentType
      }),

    // An answer to HEAD has no body that would tell a bucket that is missing from a blob that is.
    size: (area, sha256) =>
      call({ operation: "size", method: "HEAD", key: keyOf(area, sha256), expect: [200, 404] }).pipe(
        Effect.map(({ headers, status }) => status === 200 ? Number(headers.get("content-length")) : undefined)
      ),

    list: (area) =>
      Stream.paginate<string | undefined, s3Xml.Page["blobs"][number], StoreUnavailable>(undefined, Effect.fnUntraced(function*(token) {
        const query = { "list-type": "2", "max-keys": String(pageBlobs), prefix: folderOf(area), ...(token === undefined ? {} : { "continuation-token": token }) }
        const page = s3Xml.page((yield* call({ operation: "list", method: "GET", query, expect: [200] })).body)
        if (page === undefined) return yield* new StoreUnavailable({ service: "objects", operation: "list", reason: "the answer is no list" })
        return [page.blobs, Option.fromUndefinedOr(page.token)]
      })),

    setAside: Effect.fnUntraced(function*(sha256) {
      const headers = { "x-amz-copy-source": `/${bucket}/${keyOf("in use", sha256)}` }
      const { status } = yield* call({ operation: "setAside", method: "PUT", key: keyOf("aside", sha256), headers, expect: [200, "NoSuchKey"] })
      if (status === 200) yield* remove("setAside", keyOf("in use", sha256))
    }),

    remove: (sha256) => remove("remove", keyOf("aside", sha256))
  }

  function remove(operation: string, key: string) {
    return Effect.asVoid(call({ operation, method: "DELETE", key, expect: [200, 204, "NoSuchKey"] }))
  }
}
