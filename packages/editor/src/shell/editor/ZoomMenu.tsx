/** How large the page is shown, and the usual ways to change that. */
import type { EditorModel } from "../../model/EditorModel.ts"
import { keysText } from "../parts/keysText.ts"
import { Menu } from "../parts/Menu.tsx"
import { useModel } from "./useModel.ts"

const step = 1.5

export const ZoomMenu = ({ model }: { readonly model: EditorModel }) => {
  const percent = useModel(model, ({ camera }) => Math.round(camera.zoom * 100))
  const hasSelection = useModel(model, ({ selection }) => selection.size > 0)
  const by = (factor: number) => () => model.zoomTo(model.camera.zoom * factor)
  return (
    <Menu
      label={`Zoom: ${percent} %`}
      tip="Zoom"
      class="text-button zoom-button"
      align="end"
      button={`${percent}%`}
      items={[
        { label: "Zoom in", hint: keysText("Mod++"), choose: by(step) },
        { label: "Zoom out", hint: keysText("Mod+-"), choose: by(1 / step) },
        "separator",
        { label: "Zoom to fit", hint: keysText("Shift+1"), choose: () => model.zoomToFit() },
        { label: "Zoom to selection", hint: keysText("Shift+2"), disabled: !hasSelection, choose: () => model.zoomToSelection() },
        { label: "Zoom to 100 %", hint: keysText("Mod+0"), choose: () => model.zoomTo(1) },
        { label: "Zoom to 50 %", choose: () => model.zoomTo(0.5) },
        { label: "Zoom to 200 %", choose: () => model.zoomTo(2) }
      ]}
    />
  )
}
