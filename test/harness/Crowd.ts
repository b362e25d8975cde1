/**
 * Many people in one file, by the SDK: each has an object of their own that they push around, and a cursor that goes
 * with it. They begin spread over the time of a step, so that the load is even.
 */
import { EditorFile } from "@easel/client"
import { WebSocket } from "ws"
import { waitUntil } from "./waitUntil.ts"

export interface CrowdOptions {
  readonly count: number
  /** Edits of each person per second; 0 is for people who do nothing by themselves, and have no object. */
  readonly editsPerSecond: number
  /** Cursor movements of each person per second. */
  readonly cursorsPerSecond: number
}

const names = ["Ada", "Bob", "Chen", "Dewi", "Emre", "Fatou", "Goran", "Hana", "Ines", "Jonas", "Kofi", "Lena", "Mila", "Nuri", "Olga", "Petra"]

export class Crowd {
  readonly editors: ReadonlyArray<EditorFile>
  #timers: Array<ReturnType<typeof setInterval>> = []

  private constructor(editors: ReadonlyArray<EditorFile>) {
    this.editors = editors
  }

  static async join(url: string, fileId: string, { count, cursorsPerSecond, editsPerSecond }: CrowdOptions): Promise<Crowd> {
    const editors = Array.from({ length: count }, (_, n) =>
      new EditorFile({ url, fileId, userId: `crowd-${n}`, userName: names[n % names.length] ?? "Somebody", WebSocket }))
    const crowd = new Crowd(editors)
    await waitUntil(() => editors.every(({ status }) => status.connectivity === "online"), { deadlineMillis: 20_000, what: "the crowd is there" })
    if (editsPerSecond > 0) crowd.#work(cursorsPerSecond, editsPerSecond)
    return crowd
  }

  #work(cursorsPerSecond: number, editsPerSecond: number): void {
    const { editors } = this
    const count = editors.length
    for (const [n, editor] of editors.entries()) {
      const home = { x: 300 + (n % 10) * 60, y: 120 + Math.floor(n / 10) * 60 }
      const id = editor.create("ellipse", { ...home, width: 40, height: 40, fill: "#7c9cff" })
      let step = n
      const at = () => ({ x: Math.round(home.x + 20 * Math.sin(step / 5)), y: Math.round(home.y + 20 * Math.cos(step / 5)) })
      this.#every(editsPerSecond, n / count, () => {
        step++
        editor.update(id, at())
      })
      this.#every(cursorsPerSecond, n / count, () => {
        const { x, y } = at()
        editor.setPresence({ cursor: { x: x + 20, y: y + 20 }, selection: [id], viewport: null })
      })
    }
  }

  /** Everybody rests, and what they did is saved. */
  async rest(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    this.#timers = []
    await Promise.all(this.editors.map((editor) => editor.saved()))
  }

  leave(): void {
    for (const timer of this.#timers) clearInterval(timer)
    for (const editor of this.editors) editor.close()
  }

  #every(perSecond: number, phase: number, act: () => void): void {
    const millis = 1000 / perSecond
    // A timer's first turn comes after a part of its interval only.
    const first = setTimeout(() => {
      act()
      this.#timers.push(setInterval(act, millis))
    }, millis * phase)
    this.#timers.push(first)
  }
}
