/** Messages for the person in front of the page: what an import left out, why an edit was refused. */
export interface Notice {
  readonly id: number
  readonly kind: "info" | "warning" | "error"
  readonly text: string
}

/** Most messages at a time; the oldest goes first. */
const noticesMax = 5

export class Notices {
  private count = 0
  list: ReadonlyArray<Notice> = []

  add(kind: Notice["kind"], text: string): void {
    if (this.list.at(-1)?.text === text) return
    this.list = [...this.list, { id: ++this.count, kind, text }].slice(-noticesMax)
  }

  dismiss(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id)
  }
}
