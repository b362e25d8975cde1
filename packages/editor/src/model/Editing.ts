/** What a command needs to change a file: the file, and its geometry, which follows the file at once. */
import type { EditorFile } from "@easel/client"
import type { Json } from "@easel/document"
import type { Scene } from "../scene/Scene.ts"

export interface Editing {
  readonly file: EditorFile
  readonly scene: Scene
}

/** One object as it is shown before it is so in the document. */
export interface Preview {
  readonly id: string
  readonly properties: Readonly<Record<string, Json>>
}

/** What a gesture needs besides: to show a change before it makes it. */
export interface PreviewEditing extends Editing {
  setPreview(previews: ReadonlyArray<Preview>): void
  edit(change: () => void): void
}
