/** The file's name, renamed where it stands. The new name shows at once; the server tells the others. */
import { useEffect, useState } from "preact/hooks"
import type { EditorModel } from "../../model/EditorModel.ts"
import { fileNameCharsMax, renameFile } from "../files/FilesApi.ts"
import { EditableText } from "../parts/EditableText.tsx"
import { messageOf } from "../request.ts"
import { useFileName } from "./useFileName.ts"
import { useModel } from "./useModel.ts"

export const FileName = ({ model }: { readonly model: EditorModel }) => {
  const serverName = useFileName(model)
  const readOnly = useModel(model, ({ readOnly }) => readOnly)
  const [ownName, setOwnName] = useState<string>()
  const [isRenaming, setRenaming] = useState(false)
  // Once the server has spoken, its word is the name.
  useEffect(() => setOwnName(undefined), [serverName])
  const name = ownName ?? serverName
  const rename = async (text: string) => {
    setOwnName(text)
    try {
      await renameFile(model.file.fileId, text)
    } catch (error) {
      setOwnName(undefined)
      model.notify("error", `The file was not renamed. ${messageOf(error)}`)
    }
  }
  if (isRenaming && !readOnly) {
    return (
      <EditableText
        value={name}
        label="File name"
        charsMax={fileNameCharsMax}
        onDone={(text) => {
          setRenaming(false)
          if (text !== undefined) void rename(text)
        }}
      />
    )
  }
  if (readOnly) return <h1 class="file-name"><span>{name}</span></h1>
  return (
    <h1 class="file-name">
      <button type="button" aria-label={`File name: ${name}. Rename`} onClick={() => setRenaming(true)}>{name}</button>
    </h1>
  )
}
