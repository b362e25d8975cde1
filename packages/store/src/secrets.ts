/** Secrets that the server makes and does not keep: it knows them again by their hash. */
import { createHash, randomBytes } from "node:crypto"

/** 32 random bytes as text that may stand in a URL. */
export const newSecret = (): string => randomBytes(32).toString("base64url")

export const hashOf = (secret: string): Uint8Array => createHash("sha256").update(secret, "utf8").digest()
