/**
 * Which tabs of a file live, by the Web Locks API: each holds a lock of its own for as long as it does, and the browser
 * takes it away however the tab ends. The tab that holds the lock of the file watches the others: it waits for the
 * lock of each, and whose lock it gets is gone. So what a tab leaves is taken over once, by one that lives.
 */

export interface TabLocksHandlers {
  /** Tabs that may be gone, by their operations; asked for once, when this tab becomes the one that watches. */
  readonly tabsKept: () => Promise<ReadonlySet<string>>
  /** A tab is gone, and nobody else will hear of it before the promise is settled. */
  readonly onGone: (tabId: string) => Promise<void>
  readonly onFailed: (error: unknown) => void
}

export class TabLocks {
  private readonly locks: LockManager
  private readonly prefix: string
  private readonly tabId: string
  private readonly handlers: TabLocksHandlers
  private readonly watched = new Set<string>()
  private readonly stopping = new AbortController()
  private readonly stopped = new Promise<void>((resolve) => this.stopping.signal.addEventListener("abort", () => resolve()))
  private channel: BroadcastChannel | undefined

  constructor(locks: LockManager, fileId: string, tabId: string, handlers: TabLocksHandlers) {
    this.locks = locks
    this.prefix = `easel-outbox/${fileId}`
    this.tabId = tabId
    this.handlers = handlers
    this.watched.add(tabId)
  }

  /** Resolves when this tab holds its own lock and, if it is the first of the file, has heard of all that are gone. */
  async start(): Promise<void> {
    await this.hold(this.nameOf(this.tabId))
    if (this.stopping.signal.aborted) return
    this.channel = new BroadcastChannel(this.prefix)
    const isFirst = await this.asFirst({ ifAvailable: true })
    // Whoever watches now learns of this tab; whoever watches later sees its lock.
    if (!isFirst) {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no other origins
      this.channel.postMessage(this.tabId)
      this.asFirst({ signal: this.stopping.signal }).catch((error: unknown) => this.failed(error))
    }
  }

  /** Gives up all locks. What this tab left belongs to the others from now on. */
  stop(): void {
    this.stopping.abort()
    this.channel?.close()
  }

  /** Takes a lock until the end. Resolves when it is held. */
  private hold(name: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.locks.request(name, () => {
        resolve()
        return this.stopped
      }).catch(reject)
    })
  }

  /** Becomes the tab that watches the others, if the options let it. Resolves to whether it did, once it has looked. */
  private asFirst(options: LockOptions): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.locks.request(`${this.prefix}/first`, options, async (lock) => {
        if (lock !== null) await this.watchAll()
        resolve(lock !== null)
        if (lock !== null) await this.stopped
      }).catch(reject)
    })
  }

  private async watchAll(): Promise<void> {
    this.channel?.addEventListener("message", ({ data }) => {
      if (typeof data === "string") this.watch(data)
    })
    const { held = [] } = await this.locks.query()
    const living = held.flatMap(({ name = "" }) => name.startsWith(this.nameOf("")) ? [name.slice(this.nameOf("").length)] : [])
    const kept = await this.handlers.tabsKept()
    for (const tabId of kept) await this.takeIfGone(tabId)
    for (const tabId of [...living, ...kept]) this.watch(tabId)
  }

  private async takeIfGone(tabId: string): Promise<void> {
    if (this.watched.has(tabId)) return
    await this.locks.request(this.nameOf(tabId), { ifAvailable: true }, async (lock) => {
      if (lock === null) return
      this.watched.add(tabId)
      await this.handlers.onGone(tabId)
    })
  }

  /** Waits, for as long as the tab lives, until it is gone. */
  private watch(tabId: string): void {
    if (this.watched.has(tabId)) return
    this.watched.add(tabId)
    this.locks.request(this.nameOf(tabId), { signal: this.stopping.signal }, () => this.handlers.onGone(tabId))
      .catch((error: unknown) => this.failed(error))
  }

  private failed(error: unknown): void {
    if (!this.stopping.signal.aborted) this.handlers.onFailed(error)
  }

  private nameOf(tabId: string): string {
    return `${this.prefix}/tab/${tabId}`
  }
}
