/**
 * Who the person in front of this tab is to the server: a token, and the secrets of the share links by which files were
 * opened. Both come in the fragment of an address, `#token=…` or `#link=…`, which no server is sent; they are taken out
 * of it at once, and last as long as the tab.
 */
import { fileIdIn } from "../router.ts"

/** What is shown to the server. */
export interface Shown {
  readonly token?: string
  readonly link?: string
}

/** The server wants to know who it is before it gives what this address is about. */
interface Question {
  readonly path: string
  /** Why it does not take what it was shown; absent when that was nothing. */
  readonly reason: string | undefined
}

const tokenKey = "easel.token"
const linkKeyOf = (fileId: string): string => `easel.link.${fileId}`

class Session {
  /** Counts changes of who one is: what is shown was asked for by whom one was before. */
  round = 0
  private question: Question | undefined
  private readonly kept = new Map<string, string>()
  private readonly listeners = new Set<() => void>()

  constructor() {
    this.readAddress()
    globalThis.addEventListener("hashchange", () => this.readAddress())
  }

  /** Answers the function that stops listening. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  /** What the server is shown, about one file or about none. */
  shownFor(fileId?: string): Shown {
    const token = this.read(tokenKey)
    const link = fileId === undefined ? undefined : this.read(linkKeyOf(fileId))
    return { ...(token === undefined ? {} : { token }), ...(link === undefined ? {} : { link }) }
  }

  /** What the person is asked at an address. */
  questionAt(path: string): Question | undefined {
    return this.question?.path === path ? this.question : undefined
  }

  /** Names whose unsaved changes are whose, so that nobody sends another's in his own name. */
  get userKey(): string {
    const { token } = this.shownFor()
    return token === undefined ? "" : `:${encodeURIComponent(subjectOf(token))}`
  }

  signIn(token: string): void {
    this.keep(tokenKey, token)
    this.changed()
  }

  signOut(): void {
    this.forget(tokenKey)
    const fileId = fileIdIn(location.pathname)
    if (fileId !== undefined) this.forget(linkKeyOf(fileId))
    this.changed()
  }

  /** The server does not take what it was shown. */
  refused(reason: string, shown: Shown, fileId?: string): void {
    const current = this.shownFor(fileId)
    // An answer to what is not shown any more.
    if (current.token !== shown.token || current.link !== shown.link) return
    if (fileId !== undefined) this.forget(linkKeyOf(fileId))
    // A link that has expired spoils the token beside it.
    if (shown.link !== undefined && shown.token !== undefined) return this.changed()
    this.forget(tokenKey)
    this.question = { path: location.pathname, reason: shown.token === undefined && shown.link === undefined ? undefined : reason }
    this.tell()
  }

  private readAddress(): void {
    const given = new URLSearchParams(location.hash.slice(1))
    const token = given.get("token")
    const link = given.get("link")
    const fileId = fileIdIn(location.pathname)
    if (token === null && link === null) return
    history.replaceState(history.state, "", location.pathname + location.search)
    if (token !== null) this.keep(tokenKey, token)
    if (link !== null && fileId !== undefined) this.keep(linkKeyOf(fileId), link)
    this.changed()
  }

  private changed(): void {
    this.round++
    this.question = undefined
    this.tell()
  }

  private tell(): void {
    for (const listener of this.listeners) listener()
  }

  private read(key: string): string | undefined {
    try {
      return this.kept.get(key) ?? sessionStorage.getItem(key) ?? undefined
    } catch {
      return undefined
    }
  }

  private keep(key: string, value: string): void {
    this.kept.set(key, value)
    try {
      sessionStorage.setItem(key, value)
    } catch {
      // Without storage it lasts as long as the page.
    }
  }

  private forget(key: string): void {
    this.kept.delete(key)
    try {
      sessionStorage.removeItem(key)
    } catch {
      // There is nothing in it then.
    }
  }
}

/** Whom a token names, read without checking it: the server does that. */
const subjectOf = (token: string): string => {
  try {
    const claims: unknown = JSON.parse(atob((token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/")))
    return typeof claims === "object" && claims !== null && "sub" in claims ? String(claims.sub) : ""
  } catch {
    return ""
  }
}

export const session = new Session()
