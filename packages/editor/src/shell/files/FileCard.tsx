/** One file in the list. The whole card opens it, unless it is in the trash; its menu has the rest, and F2 renames it. */
import { useState } from "preact/hooks"
import { EditableText } from "../parts/EditableText.tsx"
import { Icon } from "../parts/Icon.tsx"
import { Menu } from "../parts/Menu.tsx"
import { followLink, pathOfFile } from "../router.ts"
import { FilePicture } from "./FilePicture.tsx"
import { type FileEntry, fileNameCharsMax } from "./FilesApi.ts"
import { relativeTime } from "./relativeTime.ts"

interface FileCardProps {
  readonly file: FileEntry
  readonly now: Date
  readonly isTrashed: boolean
  readonly onRename: (name: string) => void
  readonly onDuplicate: () => void
  readonly onTrash: (into: boolean) => void
}

export const FileCard = ({ file, isTrashed, now, onDuplicate, onRename, onTrash }: FileCardProps) => {
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
          : isTrashed
          ? <span class="file-name">{file.name}</span>
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
      <div class="file-menu">
        <Menu
          label={`More about ${file.name}`}
          tip="More"
          class="icon-button"
          align="end"
          button={<Icon name="more" size={14} />}
          items={isTrashed
            ? [{ label: "Take out of the trash", choose: () => onTrash(false) }]
            : [
              { label: "Rename", hint: "F2", choose: () => setRenaming(true) },
              { label: "Duplicate", choose: onDuplicate },
              "separator",
              { label: "Move to the trash", choose: () => onTrash(true) }
            ]}
        />
      </div>
    </li>
  )
}
