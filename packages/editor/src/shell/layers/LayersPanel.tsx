/** The panel of layers: its title and its tree. */
import { useEffect, useState } from "preact/hooks"
import type { EditorModel } from "../../model/EditorModel.ts"
import { Icon } from "../parts/Icon.tsx"
import { LayerList } from "./LayerList.tsx"
import { LayerTree } from "./LayerTree.ts"

export const LayersPanel = ({ model, onClose }: { readonly model: EditorModel; readonly onClose: () => void }) => {
  const [tree, setTree] = useState<LayerTree>()
  useEffect(() => {
    const made = new LayerTree(model.file)
    setTree(made)
    return () => made.dispose()
  }, [model])
  return (
    <>
      <div class="panel-title">
        <h2>Layers</h2>
        <button type="button" class="icon-button phone-only" aria-label="Close layers" onClick={onClose}><Icon name="close" /></button>
      </div>
      {tree !== undefined && <LayerList model={model} tree={tree} />}
    </>
  )
}
