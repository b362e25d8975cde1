/** Who edits in this browser: an id and a name made up at the first visit, kept here, and the name is the person's to change. */
import { newId } from "@easel/client"

export interface Identity {
  readonly userId: string
  readonly userName: string
}

const storageKey = "easel.identity"
export const nameCharsMax = 40

const adjectives = ["Amber", "Bold", "Calm", "Clever", "Copper", "Gentle", "Golden", "Lucid", "Mellow", "Nimble", "Quiet", "Swift"]
const animals = ["Badger", "Crane", "Falcon", "Fox", "Heron", "Ibis", "Lynx", "Marten", "Otter", "Robin", "Seal", "Wren"]

const pick = (words: ReadonlyArray<string>): string => words[Math.floor(Math.random() * words.length)] ?? ""

let current: Identity | undefined

export const identity = (): Identity => {
  current ??= stored() ?? keep({ userId: newId(), userName: `${pick(adjectives)} ${pick(animals)}` })
  return current
}

/** Names the person in this browser. An empty name changes nothing. */
export const renameOneself = (userName: string): Identity => {
  const name = userName.trim().slice(0, nameCharsMax)
  return name === "" ? identity() : keep({ ...identity(), userName: name })
}

const keep = (identity: Identity): Identity => {
  current = identity
  try {
    localStorage.setItem(storageKey, JSON.stringify(identity))
  } catch {
    // Without storage the name lasts as long as the page.
  }
  return identity
}

const stored = (): Identity | undefined => {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(storageKey) ?? "null")
    if (typeof value !== "object" || value === null || !("userId" in value) || !("userName" in value)) return undefined
    const { userId, userName } = value
    return typeof userId === "string" && typeof userName === "string" && userName !== "" ? { userId, userName } : undefined
  } catch {
    return undefined
  }
}
