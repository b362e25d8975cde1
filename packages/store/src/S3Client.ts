/**
 * One signed call to a bucket under the policy for dependencies (`Policy`), with a deadline that grows with what is
 * carried.
 * Addresses are path-style. Reasons name a status and S3's code, never what was sent: answers of S3 repeat signatures.
 */
import { AwsV4Signer } from "aws4fetch"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as Circuit from "./Circuit.ts"
import { openSchedules, retried } from "./Policy.ts"
import type { S3Settings } from "./S3Settings.ts"
import * as s3Xml from "./s3Xml.ts"
import { StoreUnavailable } from "./StoreUnavailable.ts"

export interface S3Call {
  readonly operation: string
  readonly method: "GET" | "HEAD" | "PUT" | "DELETE"
  /** Without one it is about the bucket. */
  readonly key?: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: { readonly bytes: Uint8Array; readonly sha256: string }
  /** Answers that are no failure: statuses, or S3's codes. */
  readonly expect: ReadonlyArray<number | string>
}

export interface S3Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Uint8Array
}

export interface S3Client {
  readonly call: (call: S3Call) => Effect.Effect<S3Answer, StoreUnavailable>
  /** The body of an answer as it comes. It is asked for once, and waited for as long as its reader waits. */
  readonly stream: (call: S3Call) => Stream.Stream<Uint8Array, StoreUnavailable>
  /** The address of a key that whoever has it may read for some minutes. */
  readonly presigned: (key: string, query: Readonly<Record<string, string>>) => Effect.Effect<string>
}

export interface S3Options {
  /** Longest wait for an answer to begin, and for its end, besides what its bytes take at `bytesPerMilliMin`. */
  readonly deadline?: Duration.Input
}

/** The slowest link that is waited for: 1 MiB/s, more or less. */
const bytesPerMilliMin = 1_000

/** Calls under way; others wait. More are more sockets. */
const callsMax = 64

/** How long an address that was given out can be used. */
const linkSeconds = 300

const emptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/** An answer that nobody expected, or none. */
class S3Fault extends Schema.TaggedError<S3Fault>()("S3Fault", { reason: Schema.String, isTransient: Schema.Boolean }) {}

export const make = Effect.fnUntraced(function*(settings: S3Settings, { deadline = "10 seconds" }: S3Options = {}) {
  const { accessKeyId, bucket, endpoint, region, secretAccessKey } = settings
  const room = yield* Semaphore.make(callsMax)
  const circuit = yield* Circuit.make("objects", openSchedules.objects)
  const deadlineMillis = Duration.toMillis(deadline)

  const urlOf = (key: string | undefined, query: Readonly<Record<string, string>> = {}): string => {
    const url = new URL(`${endpoint.replace(/\/+$/, "")}/${bucket}${key === undefined ? "" : `/${key}`}`)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    return url.href
  }
  const signer = { accessKeyId, secretAccessKey: Redacted.value(secretAccessKey), region, service: "s3" }

  const signed = ({ body, headers, key, method, query }: S3Call) =>
    Effect.promise(() =>
      new AwsV4Signer({ ...signer, method, url: urlOf(key, query), headers: { ...headers, "x-amz-content-sha256": body?.sha256 ?? emptySha256 } }).sign())

  const presigned = (key: string, query: Readonly<Record<string, string>>) =>
    Effect.promise(() =>
      new AwsV4Signer({ ...signer, method: "GET", url: urlOf(key, { ...query, "X-Amz-Expires": String(linkSeconds) }), signQuery: true }).sign()).pipe(
        Effect.map(({ url }) => url.href)
      )

  const failed = (operation: string, reason: string) => new StoreUnavailable({ service: "objects", operation, reason })

  const stream = (call: S3Call) =>
    Stream.unwrap(Effect.gen(function*() {
      const { signal } = yield* Effect.acquireRelease(
        Effect.sync(() => new AbortController()),
        (controller) => Effect.sync(() => controller.abort())
      )
      const { headers, method, url } = yield* signed(call)
      const opened = answered(() => fetch(url, { method, headers, redirect: "manual", signal })).pipe(within(0))
      const { body, status } = yield* circuit.guard(call.operation, opened, isTransient).pipe(
        Effect.catchTag("S3Fault", ({ reason }) => Effect.fail(failed(call.operation, reason)))
      )
      if (body === null || !call.expect.includes(status)) return yield* failed(call.operation, `HTTP ${status}`)
      return Stream.fromReadableStream({ evaluate: () => body, onError: (cause) => failed(call.operation, networkReason(cause)) })
    }))

  const within = (bytes: number) => {
    const millis = deadlineMillis + bytes / bytesPerMilliMin
    return Effect.timeoutOrElse({
      duration: millis,
      orElse: () => Effect.fail(new S3Fault({ reason: `no answer within ${Math.ceil(millis)} ms`, isTransient: true }))
    })
  }

  const once = (call: S3Call) =>
    Effect.acquireUseRelease(
      Effect.sync(() => new AbortController()),
      Effect.fnUntraced(function*({ signal }) {
        const { headers, method, url } = yield* signed(call)
        const body = call.body === undefined ? {} : { body: Buffer.from(call.body.bytes) }
        const response = yield* answered(() => fetch(url, { method, headers, ...body, redirect: "manual", signal })).pipe(
          within(call.body?.bytes.length ?? 0)
        )
        const received = yield* answered(() => response.arrayBuffer()).pipe(within(Number(response.headers.get("content-length") ?? 0)))
        return yield* judged(call, { status: response.status, headers: response.headers, body: new Uint8Array(received) })
      }),
      (controller) => Effect.sync(() => controller.abort())
    )

  const call = (call: S3Call): Effect.Effect<S3Answer, StoreUnavailable> =>
    circuit.guard(call.operation, retried(room.withPermits(1)(once(call)), isTransient), isTransient).pipe(
      Effect.catchTag("S3Fault", ({ reason }) => Effect.fail(failed(call.operation, reason))),
      Effect.withSpan(`s3.${call.operation}`)
    )

  return { call, presigned, stream }
})

const isTransient = (fault: S3Fault): boolean => fault.isTransient

const answered = <A>(ask: () => Promise<A>): Effect.Effect<A, S3Fault> =>
  Effect.tryPromise({ try: ask, catch: (cause) => new S3Fault({ reason: networkReason(cause), isTransient: true }) })

const judged = ({ expect, method }: S3Call, answer: S3Answer): Effect.Effect<S3Answer, S3Fault> => {
  const { body, status } = answer
  // A long copy is answered by 200 before it is done, and its failure is in the body. A blob is read as it is.
  const code = status >= 300 || method === "PUT" ? s3Xml.errorCode(body) : undefined
  const isExpected = code === undefined ? expect.includes(status) : expect.includes(code) || (status >= 400 && expect.includes(status))
  if (isExpected) return Effect.succeed(answer)
  const isTransient = (status >= 500 && status !== 501) || [200, 408, 409, 429].includes(status) || code === "RequestTimeout"
  return Effect.fail(new S3Fault({ reason: code === undefined ? `HTTP ${status}` : `HTTP ${status} ${code}`, isTransient }))
}

/** `fetch` says why in the cause of its error. */
const networkReason = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (!(cause instanceof Error)) return "the connection failed"
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.message
}
