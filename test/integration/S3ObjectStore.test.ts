/** What goes wrong between an object store and S3: each fault is survived, or told as what it is, and nothing is told too much. */
import { randomBytes } from "node:crypto"
import { describe, expect, it } from "@effect/vitest"
import { ObjectStore, S3ObjectStore, type S3Settings } from "@easel/store"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { s3Server, settingsOf } from "../harness/blobStorages.ts"
import type { Fault, S3Server } from "../harness/s3/S3Server.ts"
import { quiet } from "../harness/storeLayer.ts"

const bytes = randomBytes(200_000)

type Objects = typeof ObjectStore.Service

/** A server, and a store of the test's own over it. */
const withStore = <A, E>(
  use: (server: S3Server, objects: Objects) => Effect.Effect<A, E>,
  options: { readonly settings?: Partial<S3Settings>; readonly deadline?: `${number} millis` } = {}
) =>
  Effect.gen(function*() {
    const server = yield* s3Server
    const settings = { ...settingsOf(server), ...options.settings }
    const layer = S3ObjectStore.layer(settings, options.deadline === undefined ? {} : { deadline: options.deadline })
    return yield* Effect.flatMap(ObjectStore, (objects) => use(server, objects)).pipe(Effect.provide(Layer.merge(layer, quiet)))
  }).pipe(Effect.scoped)

const requests = (server: S3Server, method: string) => server.heard.filter((line) => line.startsWith(method)).length

describe("O8: what fails in passing is tried again", () => {
  const faults: ReadonlyArray<readonly [string, RegExp, Fault]> = [
    ["503 SlowDown", /^(PUT|GET)/, { kind: "status", status: 503, code: "SlowDown" }],
    ["500", /^(PUT|GET)/, { kind: "status", status: 500, code: "InternalError" }],
    ["429", /^(PUT|GET)/, { kind: "status", status: 429, code: "TooManyRequests" }],
    ["a body that S3 waited for in vain", /^PUT/, { kind: "status", status: 400, code: "RequestTimeout" }],
    ["a conflict of two conditional puts", /^PUT/, { kind: "status", status: 409, code: "ConditionalRequestConflict" }],
    ["a connection cut at once", /^(PUT|GET)/, { kind: "cut", at: "headers" }],
    ["a put that is cut in the middle", /^PUT/, { kind: "cut", at: "half of the body" }],
    ["a put whose answer is cut, though it was done", /^PUT/, { kind: "cut", at: "half of the answer" }],
    ["a get that is cut in the middle", /^GET/, { kind: "cut", at: "half of the answer" }],
    ["an answer that stops in the middle", /^GET/, { kind: "stall" }],
    ["silence", /^(PUT|GET)/, { kind: "silence" }]
  ]
  for (const [what, matches, fault] of faults) {
    it.live(`O8: ${what}`, () =>
      withStore((server, objects) =>
        Effect.gen(function*() {
          server.breaks(matches, fault, 2)
          const sha256 = yield* objects.put(bytes)
          server.breaks(/^GET/, fault, matches.test("GET") ? 2 : 0)
          expect(Buffer.compare(yield* objects.get(sha256), bytes)).toBe(0)
          expect([...server.objects.values()].map((stored) => stored.bytes.length)).toEqual([bytes.length])
        }), { deadline: "250 millis" }))
  }
})

describe("O8: what stays is told", () => {
  it.live("O8: a storage that is away is unavailable after six tries", () =>
    withStore((server, objects) =>
      Effect.gen(function*() {
        server.breaks(/./, { kind: "status", status: 503, code: "SlowDown" })
        const error = yield* Effect.flip(objects.put(bytes))
        expect(error).toMatchObject({ _tag: "StoreUnavailable", service: "objects", operation: "put", reason: "HTTP 503 SlowDown" })
        expect(server.heard).toHaveLength(6)
      })))

  it.live("O8: one that is silent, too, and not for longer than its deadlines", () =>
    withStore((server, objects) =>
      Effect.gen(function*() {
        const sha256 = yield* objects.put(bytes)
        server.breaks(/./, { kind: "silence" })
        const startMillis = Date.now()
        expect(yield* Effect.flip(objects.get(sha256))).toMatchObject({ _tag: "StoreUnavailable", reason: "no answer within 100 ms" })
        expect(Date.now() - startMillis).toBeLessThan(15_000)
      }), { deadline: "100 millis" }))

  it.live("O8: after ten calls that failed in passing none is tried; refusals do not count", () =>
    withStore((server, objects) =>
      Effect.gen(function*() {
        const tenCalls = Effect.forEach(Array.from({ length: 10 }), () => Effect.flip(objects.size("0".repeat(64))), { concurrency: "unbounded" })
        server.breaks(/./, { kind: "status", status: 403, code: "AccessDenied" })
        yield* tenCalls
        expect(server.heard).toHaveLength(10)
        server.heals()
        server.breaks(/./, { kind: "status", status: 503, code: "SlowDown" })
        yield* tenCalls
        expect(server.heard).toHaveLength(70)
        expect(yield* Effect.flip(objects.put(bytes))).toMatchObject({ _tag: "StoreUnavailable", reason: expect.stringContaining("left alone") })
        expect(server.heard).toHaveLength(70)
      })))

  it.live("O8: wrong keys, regions and buckets are told at once, by S3's code alone", () =>
    Effect.forEach([
      [{ secretAccessKey: Redacted.make("not-the-secret") }, "HTTP 403 SignatureDoesNotMatch"],
      [{ accessKeyId: "SOMEBODYELSE" }, "HTTP 403 InvalidAccessKeyId"],
      [{ region: "elsewhere-1" }, "HTTP 403 AuthorizationHeaderMalformed"],
      [{ bucket: "missing" }, "HTTP 404 NoSuchBucket"]
    ] as const, ([settings, reason]) =>
      withStore((server, objects) =>
        Effect.gen(function*() {
          for (const call of [objects.put(bytes), objects.get("0".repeat(64)), Stream.runCollect(objects.list("in use"))]) {
            const error = yield* Effect.flip<unknown, unknown, never>(call)
            expect(error).toMatchObject({ _tag: "StoreUnavailable", reason })
            for (const secret of [server.accessKeyId, server.secretAccessKey, "not-the-secret", "SOMEBODYELSE"]) {
              expect(JSON.stringify(error) + String(error)).not.toContain(secret)
            }
          }
          expect(server.heard).toHaveLength(3)
          expect(server.objects.size).toBe(0)
        }), { settings })))

  it.live("O8: nobody who listens there is unavailable as well", () =>
    withStore((server, objects) =>
      Effect.gen(function*() {
        yield* Effect.promise(() => server.stop())
        expect(yield* Effect.flip(objects.size("0".repeat(64)))).toMatchObject({ _tag: "StoreUnavailable", reason: expect.stringMatching(/ECONNREFUSED|error sending request/) })
      })))
})

describe("O2: nothing is believed", () => {
  it.live("O2: a server that stores something else is found out by reading back", () =>
    withStore((server, objects) =>
      Effect.gen(function*() {
        server.breaks(/^PUT/, { kind: "forget" })
        const error = yield* Effect.flip(objects.put(bytes))
        expect(error.reason).toContain("is not read as it was written")
        server.heals()
        yield* objects.put(bytes)
        server.breaks(/^GET/, { kind: "garble" }, 1)
        const sha256 = yield* objects.put(bytes)
        server.breaks(/^GET/, { kind: "garble" }, 1)
        expect(yield* Effect.flip(objects.get(sha256))).toMatchObject({ _tag: "BlobCorrupt" })
        expect((yield* objects.get(sha256)).length).toBe(bytes.length)
      })))

  it.live("O2: a blob that is whole is not written again where the server knows conditions", () =>
    withStore((server, objects) =>
      Effect.gen(function*() {
        yield* objects.put(bytes)
        yield* objects.put(bytes)
        expect(server.refused).toEqual(["PreconditionFailed"])
        expect([requests(server, "PUT"), requests(server, "GET")]).toEqual([2, 2])
      })))

  for (const conditions of ["not implemented", "ignored"] as const) {
    it.live(`O2: a server whose conditions are ${conditions}`, () =>
      withStore((server, objects) =>
        Effect.gen(function*() {
          server.conditions = conditions
          for (let time = 0; time < 3; time++) expect((yield* objects.get(yield* objects.put(bytes))).length).toBe(bytes.length)
          // It is asked once.
          expect(server.refused).toEqual(conditions === "ignored" ? [] : ["NotImplemented"])
        })))
  }

  it.live("O4: a copy that fails after its 200 is made again, and nothing is deleted before", () =>
    withStore((server, objects) =>
      Effect.gen(function*() {
        const sha256 = yield* objects.put(bytes)
        server.breaks(/^PUT/, { kind: "late error" })
        expect(yield* Effect.flip(objects.setAside(sha256))).toMatchObject({ _tag: "StoreUnavailable", reason: "HTTP 200 InternalError" })
        expect([...server.objects.keys()]).toEqual([`a-test/objects/${sha256.slice(0, 2)}/${sha256}`])
        server.heals()
        server.breaks(/^PUT/, { kind: "late error" }, 1)
        yield* objects.setAside(sha256)
        expect([...server.objects.keys()]).toEqual([`a-test/aside/${sha256.slice(0, 2)}/${sha256}`])
      })))

  it.live("O3: a list goes on after a page that failed, and ends with the last", () =>
    withStore((server, objects) =>
      Effect.gen(function*() {
        server.keysPerPage = 3
        const keys = yield* Effect.forEach(Array.from({ length: 10 }, (_, index) => Buffer.from(`blob ${index}`)), objects.put)
        server.breaks(/^GET \/easel$/, { kind: "status", status: 503, code: "SlowDown" }, 2)
        expect((yield* Stream.runCollect(objects.list("in use"))).map(({ sha256 }) => sha256)).toEqual([...keys].sort())
        expect(yield* Stream.runCollect(objects.list("aside"))).toEqual([])
      })))
})
