/** The tests' own check of signatures, held to the examples of the S3 documentation ("Authenticating requests: using the Authorization header"). */
import { describe, expect, test } from "vitest"
import { verifyLink, verifySignature } from "../../harness/s3/verifySignature.ts"

const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", region: "us-east-1" }
const atMillis = Date.UTC(2013, 4, 24)
const emptyBody = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

const examples = [
  {
    method: "GET",
    target: "/test.txt",
    headers: { range: "bytes=0-9", "x-amz-content-sha256": emptyBody },
    signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
  },
  {
    method: "PUT",
    target: "/test%24file.text",
    headers: {
      date: "Fri, 24 May 2013 00:00:00 GMT",
      "x-amz-content-sha256": "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
      "x-amz-storage-class": "REDUCED_REDUNDANCY"
    },
    signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
  },
  { method: "GET", target: "/?lifecycle", headers: { "x-amz-content-sha256": emptyBody }, signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543" },
  {
    method: "GET",
    target: "/?max-keys=2&prefix=J",
    headers: { "x-amz-content-sha256": emptyBody },
    signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
  }
]

const requestOf = ({ headers, method, signature, target }: (typeof examples)[number]) => {
  const all: Readonly<Record<string, string>> = { ...headers, host: "examplebucket.s3.amazonaws.com", "x-amz-date": "20130524T000000Z" }
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/20130524/us-east-1/s3/aws4_request,SignedHeaders=${
    Object.keys(all).sort().join(";")
  },Signature=${signature}`
  return { method, target, headers: { ...all, authorization } }
}

describe("the signature check of the tests", () => {
  for (const example of examples) {
    const request = requestOf(example)
    test(`takes the published ${example.method} ${example.target}, and nothing like it`, () => {
      expect(verifySignature(request, credentials, atMillis)).toBeUndefined()
      expect(verifySignature({ ...request, method: "DELETE" }, credentials, atMillis)).toBe("SignatureDoesNotMatch")
      expect(verifySignature({ ...request, target: "/other" }, credentials, atMillis)).toBe("SignatureDoesNotMatch")
      expect(verifySignature({ ...request, headers: { ...request.headers, "x-amz-content-sha256": "0".repeat(64) } }, credentials, atMillis)).toBe("SignatureDoesNotMatch")
      expect(verifySignature({ ...request, headers: { ...request.headers, "x-amz-acl": "public-read" } }, credentials, atMillis)).toBe("AccessDenied")
      expect(verifySignature(request, { ...credentials, secretAccessKey: "another" }, atMillis)).toBe("SignatureDoesNotMatch")
      expect(verifySignature(request, credentials, atMillis + 16 * 60_000)).toBe("RequestTimeTooSkewed")
    })
  }

  test("takes the published address that is signed, until it expires, and nothing like it", () => {
    const query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&" +
      "X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    const request = { method: "GET", target: `/test.txt?${query}`, headers: { host: "examplebucket.s3.amazonaws.com" } }
    expect(verifyLink(request, credentials, atMillis)).toBeUndefined()
    expect(verifyLink(request, credentials, atMillis + 86_401_000)).toBe("AccessDenied")
    expect(verifyLink({ ...request, target: `/other.txt?${query}` }, credentials, atMillis)).toBe("SignatureDoesNotMatch")
    expect(verifyLink({ ...request, target: `${request.target}&response-content-type=text%2Fhtml` }, credentials, atMillis)).toBe("SignatureDoesNotMatch")
    expect(verifyLink(request, { ...credentials, secretAccessKey: "another" }, atMillis)).toBe("SignatureDoesNotMatch")
  })
})
