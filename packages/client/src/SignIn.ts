/**
 * What an editor shows of who it is: a token or a ticket, the secret of a share link, or both. A function is asked for a
 * token before each connection, and again while the server still knows the editor, so that a token which expires costs
 * no connection.
 */
import type { Access } from "@easel/protocol/editor"

/** A token or a one-use ticket, or where to get one. */
export type TokenSource = string | (() => string | Promise<string>)

/** A refresh begins when this share of the time is over, and so many milliseconds before the end at the latest. */
const refreshShare = 0.8
const marginMillis = 5_000

/** Shortest wait for a refresh, whatever little time is left; the longest is what timers can wait. */
const refreshMillisMin = 1_000
const refreshMillisMax = 2 ** 31 - 1

/** A refresh that fails is tried again after one, two, four … seconds, and is then left to the next connection. */
const retryMillis = 1_000
const retriesMax = 5

/** Longest that the function may take. */
const askMillisMax = 30_000

export class SignIn {
  private readonly source: TokenSource | undefined
  private readonly link: string | undefined
  private readonly authenticate: (token: string) => void
  private asked: string | undefined
  private timer: ReturnType<typeof setTimeout> | undefined
  /** Counts what ends a refresh that is under way: its token is not wanted any more. */
  private round = 0
  /** The server's clock at zero of the one here that never jumps. */
  private serverEpochMillis = 0

  /** `authenticate` shows the server a newer token on the connection that is open. */
  constructor(credentials: { readonly token?: TokenSource | undefined; readonly link?: string | undefined }, authenticate: (token: string) => void) {
    this.source = credentials.token
    this.link = credentials.link
    this.authenticate = authenticate
  }

  /** Whether there may be another token than the last one. */
  get canAskAgain(): boolean {
    return typeof this.source === "function"
  }

  /** Asks for the token that the next connection shows; `undefined` when there is nobody to ask. */
  prepare(): Promise<void> | undefined {
    if (!this.canAskAgain) return undefined
    return this.ask().then((token) => {
      this.asked = token
    })
  }

  /** What `subscribe` shows. */
  get credentials(): { readonly token?: string; readonly link?: string } {
    const token = typeof this.source === "string" ? this.source : this.asked
    return { ...(token === undefined ? {} : { token }), ...(this.link === undefined ? {} : { link: this.link }) }
  }

  /** The server knows the editor, and has told its time and until when. */
  onSync({ serverTime, ...access }: Access & { readonly serverTime: number }): void {
    this.serverEpochMillis = serverTime - performance.now()
    this.onAccess(access)
  }

  onAccess({ expiresAt }: Access): void {
    this.pause()
    if (this.canAskAgain && expiresAt !== undefined) this.refreshIn(refreshMillis(expiresAt - this.serverEpochMillis - performance.now()), 0)
  }

  /** There is no connection to refresh a token on. */
  pause(): void {
    this.round++
    clearTimeout(this.timer)
  }

  private refreshIn(millis: number, failures: number): void {
    this.timer = setTimeout(() => void this.refresh(failures), millis)
  }

  private async refresh(failures: number): Promise<void> {
    const { round } = this
    const token = await this.ask().catch(() => undefined)
    if (round !== this.round) return
    if (token !== undefined) this.authenticate(token)
    else if (failures < retriesMax) this.refreshIn(retryMillis * 2 ** failures, failures + 1)
  }

  private async ask(): Promise<string> {
    const { source } = this
    if (typeof source !== "function") throw new Error("there is nobody to ask for a token")
    let deadline: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_, reject) => {
      deadline = setTimeout(() => reject(new Error(`no token within ${askMillisMax} ms`)), askMillisMax)
    })
    try {
      return await Promise.race([source(), late])
    } finally {
      clearTimeout(deadline)
    }
  }
}

const refreshMillis = (leftMillis: number): number =>
  Math.min(refreshMillisMax, Math.max(refreshMillisMin, Math.min(leftMillis * refreshShare, leftMillis - marginMillis)))
