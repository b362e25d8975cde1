/** An editor page without a page: a real model on a real file, on a simulated network, with somebody else in it. */
import { EditorFile } from "@easel/client"
import type { Operation } from "@easel/document"
import { EditorModel } from "../../../packages/editor/src/model/EditorModel.ts"
import type { FileImages } from "../../../packages/editor/src/model/images.ts"
import { Gestures } from "../../../packages/editor/src/tools/Gestures.ts"
import type { PointerAt } from "../../../packages/editor/src/tools/PointerAt.ts"
import { FakeNetwork } from "../client/FakeNetwork.ts"
import { SimulatedEditor } from "../client/SimulatedEditor.ts"

export interface Held {
  readonly shift?: boolean
  readonly alt?: boolean
  readonly mod?: boolean
  readonly touch?: boolean
}

interface WorldOptions {
  readonly fileId?: string
  readonly images?: FileImages
}

export class EditorWorld {
  readonly network = new FakeNetwork()
  /** Ahead, so that what it does is the newest however long this machine took for what was done before. */
  readonly other = new SimulatedEditor("other", 500, this.network.server)
  readonly file: EditorFile
  readonly model: EditorModel
  readonly gestures: Gestures

  private constructor({ fileId = "00000000-0000-4000-8000-000000000000", images }: WorldOptions) {
    this.file = new EditorFile({ url: "http://easel", fileId, userId: "me", WebSocket: this.network.WebSocket })
    this.model = new EditorModel(this.file, images)
    this.gestures = new Gestures(this.model)
  }

  static async open(options: WorldOptions = {}): Promise<EditorWorld> {
    const world = new EditorWorld(options)
    world.other.connect(true, 0)
    await world.network.settle()
    world.model.setViewportSize({ width: 1_000, height: 800 })
    world.model.setCamera({ x: 0, y: 0, zoom: 1 })
    return world
  }

  close(): void {
    this.model.dispose()
    this.file.close()
  }

  rectangle(id: string, x: number, y: number, more: Readonly<Record<string, number | string | boolean>> = {}, parentId: string | null = null): string {
    return this.file.create("rectangle", { x, y, width: 100, height: 50, fill: "#ff0000", ...more }, { id, parentId })
  }

  /** What an object has under the paths; a property that was cleared counts as absent. */
  values(id: string, ...paths: ReadonlyArray<string>): ReadonlyArray<unknown> {
    const object = this.file.document.get(id)
    return paths.map((path) => object?.get(path) ?? undefined)
  }

  parentOf(id: string): string | null | undefined {
    return this.file.document.get(id)?.parent?.parentId
  }

  /** Live children, lowest first. */
  childrenOf(parentId: string | null): ReadonlyArray<string> {
    return [...this.file.document.children(parentId)].filter(({ deleted }) => !deleted).map(({ id }) => id)
  }

  /** Ids of everything that is not deleted. */
  get liveIds(): ReadonlyArray<string> {
    return [...this.file.document.all()].filter(({ deleted }) => !deleted).map(({ id }) => id)
  }

  /** Everything made so far cannot be undone any more, as after a reload: what is undone next is what the test does. */
  countUndos(): number {
    let undos = 0
    for (; this.file.canUndo; undos++) this.file.undo()
    return undos
  }

  at(x: number, y: number, { alt = false, mod = false, shift = false, touch = false }: Held = {}): PointerAt {
    const { camera } = this.model
    return { screen: { x, y }, page: { x: x / camera.zoom + camera.x, y: y / camera.zoom + camera.y }, alt, mod, shift, touch }
  }

  click(x: number, y: number, held?: Held): void {
    this.gestures.press(this.at(x, y, held))
    this.gestures.release(this.at(x, y, held))
  }

  press(x: number, y: number, held?: Held): void {
    this.gestures.press(this.at(x, y, held))
  }

  moveTo(x: number, y: number, held?: Held): void {
    this.gestures.move(this.at(x, y, held))
    this.gestures.frame()
  }

  release(x: number, y: number, held?: Held): void {
    this.gestures.release(this.at(x, y, held))
  }

  /** In several frames. */
  drag(from: readonly [number, number], to: readonly [number, number], held?: Held): void {
    this.press(...from, held)
    for (let step = 1; step <= 5; step++) {
      this.moveTo(from[0] + ((to[0] - from[0]) * step) / 5, from[1] + ((to[1] - from[1]) * step) / 5, held)
    }
    this.release(...to, held)
  }

  /** Somebody else's operation reaches this editor. */
  async otherEdits(operation: { readonly objectId: string } & ({ readonly operationType: "delete" } | { readonly operationType: "update"; readonly propertyPath: string; readonly newValue: number | string | boolean })): Promise<void> {
    await this.network.settle()
    while (this.other.read());
    const whole: Operation.Operation = { id: "op", idempotencyKey: "op", timestamp: 0, ...operation }
    this.other.edit({ operation: whole, keepPlace: true })
    this.other.flush(1)
    if (this.other.socket !== undefined) this.network.server.receive([this.other.socket])
    await this.network.settle()
  }
}
