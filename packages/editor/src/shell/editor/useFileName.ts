/** The file's name, as the server last told it. */
import { useEffect, useState } from "preact/hooks"
import type { EditorModel } from "../../model/EditorModel.ts"

export const useFileName = ({ file }: EditorModel): string => {
  const [name, setName] = useState(file.name)
  useEffect(() => {
    const read = () => setName(file.name)
    read()
    const stops = [file.on("renamed", read), file.on("synced", read)]
    return () => {
      for (const stop of stops) stop()
    }
  }, [file])
  return name
}
