/**
 * Checks the signature of a request to S3 (AWS Signature Version 4, one chunk), written after the specification and on
 * purpose without the library that signs. `test/unit/harness/verifySignature.test.ts` holds it to the published examples.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto"

export interface SignedRequest {
  readonly method: string
  /** As sent: `/bucket/key?query`. */
  readonly target: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly region: string
}

const skewMillisMax = 15 * 60_000

/** S3's code for what is wrong, or `undefined`. */
export const verifySignature = (request: SignedRequest, credentials: Credentials, nowMillis: number): string | undefined => {
  const header = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/
    .exec(request.headers["authorization"] ?? "")
  if (header === null) return request.headers["authorization"] === undefined ? "AccessDenied" : "AuthorizationHeaderMalformed"
  const [, accessKeyId = "", day = "", region = "", signedHeaders = "", signature = ""] = header
  if (accessKeyId !== credentials.accessKeyId) return "InvalidAccessKeyId"
  if (region !== credentials.region) return "AuthorizationHeaderMalformed"
  const names = signedHeaders.split(";")
  const mustBeSigned = ["host", ...Object.keys(request.headers).filter((name) => name.startsWith("x-amz-"))]
  if (mustBeSigned.some((name) => !names.includes(name)) || [...names].sort().join(";") !== signedHeaders) return "AccessDenied"
  const at = request.headers["x-amz-date"] ?? ""
  const atMillis = millisOf(at)
  if (!at.startsWith(day) || Number.isNaN(atMillis)) return "AccessDenied"
  if (Math.abs(nowMillis - atMillis) > skewMillisMax) return "RequestTimeTooSkewed"
  return isSigned(request, credentials, { at, signature, names, bodyHash: request.headers["x-amz-content-sha256"] ?? "" })
}

/** The same of an address that carries its signature (`X-Amz-Signature` and its like in the query). */
export const verifyLink = (request: SignedRequest, credentials: Credentials, nowMillis: number): string | undefined => {
  const [path = "", query = ""] = request.target.split("?")
  const parameters = new URLSearchParams(query)
  const parameter = (name: string): string => parameters.get(`X-Amz-${name}`) ?? ""
  const [, accessKeyId = "", day = "", region = ""] = /^([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request$/.exec(parameter("Credential")) ?? []
  if (parameter("Algorithm") !== "AWS4-HMAC-SHA256" || region !== credentials.region) return "AuthorizationQueryParametersError"
  if (accessKeyId !== credentials.accessKeyId) return "InvalidAccessKeyId"
  const at = parameter("Date")
  const expiresMillis = Number(parameter("Expires")) * 1_000
  if (!at.startsWith(day) || !(expiresMillis > 0 && expiresMillis <= 604_800_000)) return "AuthorizationQueryParametersError"
  if (nowMillis > millisOf(at) + expiresMillis) return "AccessDenied"
  const unsigned = query.split("&").filter((pair) => !pair.startsWith("X-Amz-Signature=")).join("&")
  const names = parameter("SignedHeaders").split(";")
  if (!names.includes("host")) return "AccessDenied"
  return isSigned({ ...request, target: `${path}?${unsigned}` }, credentials, { at, signature: parameter("Signature"), names, bodyHash: "UNSIGNED-PAYLOAD" })
}

interface Signature {
  /** As in `20130524T000000Z`. */
  readonly at: string
  readonly signature: string
  /** Of the headers that are signed. */
  readonly names: ReadonlyArray<string>
  readonly bodyHash: string
}

const isSigned = (request: SignedRequest, credentials: Credentials, { at, bodyHash, names, signature }: Signature): string | undefined => {
  const day = at.slice(0, 8)
  const [path = "", query = ""] = request.target.split("?")
  const canonical = [
    request.method,
    path.split("/").map((segment) => encode(decodeURIComponent(segment))).join("/"),
    query.split("&").filter((pair) => pair !== "").map(canonicalPair).sort().join("&"),
    ...names.map((name) => `${name}:${(request.headers[name] ?? "").trim().replace(/ +/g, " ")}`),
    "",
    names.join(";"),
    bodyHash
  ].join("\n")
  const toSign = ["AWS4-HMAC-SHA256", at, `${day}/${credentials.region}/s3/aws4_request`, createHash("sha256").update(canonical).digest("hex")].join("\n")
  const key = [day, credentials.region, "s3", "aws4_request"].reduce<string | Buffer>(
    (key, part) => createHmac("sha256", key).update(part).digest(),
    `AWS4${credentials.secretAccessKey}`
  )
  const expected = createHmac("sha256", key).update(toSign).digest("hex")
  return signature.length === expected.length && timingSafeEqual(Buffer.from(expected), Buffer.from(signature)) ? undefined : "SignatureDoesNotMatch"
}

const millisOf = (at: string): number => Date.parse(at.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"))

const canonicalPair = (pair: string): string => {
  const [name = "", value = ""] = pair.split("=")
  return `${encode(decodeURIComponent(name.replaceAll("+", " ")))}=${encode(decodeURIComponent(value.replaceAll("+", " ")))}`
}

const encode = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
