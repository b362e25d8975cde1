/** Loads the help dialog when it is first opened. */
import type { FunctionComponent } from "preact"
import { useEffect, useState } from "preact/hooks"
import type { EditorModel } from "../../model/EditorModel.ts"
import { useModel } from "../editor/useModel.ts"

type HelpDialog = FunctionComponent<{ readonly onClose: () => void }>

export const LazyHelp = ({ model }: { readonly model: EditorModel }) => {
  const isOpen = useModel(model, ({ helpOpen }) => helpOpen)
  const [loaded, setLoaded] = useState<{ readonly Help: HelpDialog }>()
  useEffect(() => {
    if (!isOpen || loaded !== undefined) return
    import("./HelpDialog.tsx").then(({ HelpDialog }) => setLoaded({ Help: HelpDialog }), () => {
      model.setHelpOpen(false)
      model.notify("error", "The help could not be loaded.")
    })
  }, [isOpen])
  return isOpen && loaded !== undefined ? <loaded.Help onClose={() => model.setHelpOpen(false)} /> : null
}
