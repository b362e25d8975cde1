/** The editor's places: header, layers on the left, the canvas with its toolbar, properties on the right. */
import { useEffect, useState } from "preact/hooks"
import type { EditorModel } from "../../model/EditorModel.ts"
import { CanvasView } from "../../tools/CanvasView.tsx"
import { CommentPins } from "../comments/CommentPins.tsx"
import { CommentPlacer } from "../comments/CommentPlacer.tsx"
import { CommentsPanel } from "../comments/CommentsPanel.tsx"
import { LazyHelp } from "../help/LazyHelp.tsx"
import { LayersPanel } from "../layers/LayersPanel.tsx"
import { PropertiesPanel } from "../properties/PropertiesPanel.tsx"
import { ConnectionBanner } from "./ConnectionBanner.tsx"
import { EditorHeader } from "./EditorHeader.tsx"
import { FollowFrame } from "./FollowFrame.tsx"
import { Toasts } from "./Toasts.tsx"
import { type Side, Toolbar } from "./Toolbar.tsx"
import { useFileName } from "./useFileName.ts"
import { useModel } from "./useModel.ts"

export const EditorLayout = ({ model, onReopen }: { readonly model: EditorModel; readonly onReopen: () => void }) => {
  /** The panel that covers the canvas of a phone; wider windows show both beside it. */
  const [drawer, setDrawer] = useState<Side>()
  const name = useFileName(model)
  const isCommenting = useModel(model, ({ commenting }) => commenting.isOpen)
  useEffect(() => model.file.comments.follow(), [model])
  // Comments stand in the same place on a phone, too.
  useEffect(() => setDrawer(isCommenting ? "right" : undefined), [isCommenting])
  useEffect(() => {
    document.title = name === "" ? "Easel" : `${name} – Easel`
  }, [name])
  return (
    <div class="editor" data-drawer={drawer}>
      <EditorHeader model={model} onReopen={onReopen} />
      <aside class="panel" data-side="left" aria-label="Layers">
        <LayersPanel model={model} onClose={() => setDrawer(undefined)} />
      </aside>
      <main class="canvas-place">
        <CanvasView model={model} />
        <CommentPins model={model} />
        <CommentPlacer model={model} />
        <FollowFrame model={model} />
        <ConnectionBanner model={model} />
        <Toolbar model={model} drawer={drawer} onDrawer={setDrawer} />
        <Toasts model={model} />
      </main>
      <aside class="panel" data-side="right" aria-label={isCommenting ? "Comments" : "Properties"}>
        {isCommenting ? <CommentsPanel model={model} /> : <PropertiesPanel model={model} onClose={() => setDrawer(undefined)} />}
      </aside>
      <LazyHelp model={model} />
    </div>
  )
}
