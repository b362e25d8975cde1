/** The file, or what is selected of it, as a picture to be kept: as the server has it once all changes are saved. */
import type { EditorModel } from "../../model/EditorModel.ts"
import { Icon } from "../parts/Icon.tsx"
import { Menu } from "../parts/Menu.tsx"
import { messageOf, request } from "../request.ts"
import { useModel } from "./useModel.ts"

const looks = [
  { label: "SVG", format: "svg", scale: 1 },
  { label: "PNG", format: "png", scale: 1 },
  { label: "PNG, twice the size", format: "png", scale: 2 }
] as const

type Look = (typeof looks)[number]

export const ExportMenu = ({ model }: { readonly model: EditorModel }) => {
  const hasSelection = useModel(model, ({ selection }) => selection.size > 0)
  const itemsFor = (what: string, ids: () => ReadonlyArray<string> | undefined, disabled: boolean) =>
    looks.map((look) => ({ label: `${what} as ${look.label}`, disabled, choose: () => void save(model, look, ids()) }))
  return (
    <Menu
      label="Export"
      class="icon-button"
      align="end"
      button={<Icon name="download" />}
      items={[...itemsFor("Export file", () => undefined, false), "separator", ...itemsFor("Export selection", () => [...model.selection], !hasSelection)]}
    />
  )
}

const save = async (model: EditorModel, { format, scale }: Look, ids: ReadonlyArray<string> | undefined): Promise<void> => {
  const { fileId, name } = model.file
  const query = new URLSearchParams({ format, scale: String(scale), ...(ids === undefined ? {} : { ids: ids.join() }) })
  try {
    if (model.file.status.connectivity === "online") await model.file.saved()
    const response = await request(`/api/files/${fileId}/export?${query}`, {}, fileId)
    offer(await response.blob(), `${name}.${format}`)
  } catch (error) {
    model.notify("error", `Not exported. ${messageOf(error)}`)
  }
}

/** As the browser offers what it downloads. */
const offer = (picture: Blob, fileName: string): void => {
  const address = URL.createObjectURL(picture)
  Object.assign(document.createElement("a"), { href: address, download: fileName }).click()
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
