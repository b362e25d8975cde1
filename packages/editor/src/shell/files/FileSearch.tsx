/** Where one types what file names hold. Who types on is waited for. */
import { useEffect, useState } from "preact/hooks"
import { fileNameCharsMax } from "./FilesApi.ts"

const pauseMillis = 200

export const FileSearch = ({ onSearch }: { readonly onSearch: (search: string) => void }) => {
  const [text, setText] = useState("")
  useEffect(() => {
    const soon = setTimeout(() => onSearch(text.trim()), pauseMillis)
    return () => clearTimeout(soon)
  }, [text])
  return (
    <input
      type="search"
      class="text-input file-search"
      aria-label="Search files"
      placeholder="Search"
      maxLength={fileNameCharsMax}
      value={text}
      onInput={({ currentTarget }) => setText(currentTarget.value)}
    />
  )
}
