/** The help dialog, when it is open. */
import type { EditorModel } from "../../model/EditorModel.ts"
import { useModel } from "../editor/useModel.ts"
import { LazyDialog } from "../parts/LazyDialog.tsx"

const load = async () => (await import("./HelpDialog.tsx")).HelpDialog

export const LazyHelp = ({ model }: { readonly model: EditorModel }) => {
  const isOpen = useModel(model, ({ helpOpen }) => helpOpen)
  const close = () => model.setHelpOpen(false)
  const fail = () => {
    close()
    model.notify("error", "The help could not be loaded.")
  }
  return isOpen ? <LazyDialog load={load} props={{ onClose: close }} onFailed={fail} /> : null
}
