/** Which of the bodies at hand a browser wants (RFC 9110, 12.5.3): the smallest coding that it does not refuse. */

export type Coding = "br" | "gzip" | "identity"

const smallestFirst: ReadonlyArray<Coding> = ["br", "gzip"]

/** `identity` also when the header refuses it: a body that is too plain is better than none. */
export const acceptedCoding = (acceptEncoding: string | undefined, available: ReadonlyMap<Coding, unknown>): Coding => {
  const weights = new Map<string, number>()
  for (const part of (acceptEncoding ?? "").toLowerCase().split(",")) {
    const [coding = "", ...parameters] = part.split(";").map((text) => text.trim())
    const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2)
    weights.set(coding, weight === undefined ? 1 : Number(weight))
  }
  const accepts = (coding: Coding): boolean => (weights.get(coding) ?? weights.get("*") ?? 0) > 0
  return smallestFirst.find((coding) => available.has(coding) && accepts(coding)) ?? "identity"
}
