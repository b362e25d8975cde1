/** One file in the list. The whole card opens it; the name is renamed with its pencil or F2. */
import { useState } from "preact/hooks"
import { EditableText } from "../parts/EditableText.tsx"
import { Icon } from "../parts/Icon.tsx"
import { followLink, pathOfFile } from "../router.ts"
import { FilePicture } from "./FilePicture.tsx"
import { type FileEntry, fileNameCharsMax } from "./FilesApi.ts"
import { relativeTime } from "./relativeTime.ts"

interface FileCardProps {
  readonly file: FileEntry
  readonly now: Date
  readonly onRename: (name: string) => void
}

export const FileCard = ({ file, now, onRename }: FileCardProps) => {
  const [isRenaming, setRenaming] = useState(false)
  const edited = new Date(file.updatedAt)
  return (
    <li class="file-card">
      <FilePicture file={file} />
      <div class="file-card-text">
        {isRenaming
          ? (
            <EditableText
              value={file.name}
              label="File name"
              charsMax={fileNameCharsMax}
              onDone={(name) => {
                setRenaming(false)
                if (name !== undefined) onRename(name)
              }}
            />
          )
          : (
            <a
              class="file-link"
              href={pathOfFile(file.id)}
              onClick={followLink}
              onKeyDown={(event) => {
                if (event.key === "F2") setRenaming(true)
              }}
            >
              {file.name}
            </a>
          )}
        <time dateTime={file.updatedAt} title={edited.toLocaleString()}>
          {file.seq === 0 ? "Created" : "Edited"} {relativeTime(edited, now)}
        </time>
      </div>
      <button type="button" class="icon-button file-rename" aria-label={`Rename ${file.name}`} data-tip="Rename" onClick={() => setRenaming(true)}>
        <Icon name="pencil" size={14} />
      </button>
    </li>
  )
}
