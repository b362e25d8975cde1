/** One version in the list: picked to be looked at, renamed where it stands, kept for ever. */
import { useState } from "preact/hooks"
import { relativeTime } from "../files/relativeTime.ts"
import { EditableText } from "../parts/EditableText.tsx"
import { Icon } from "../parts/Icon.tsx"
import type { VersionScenes } from "./VersionScenes.ts"
import { type Version, versionNameCharsMax } from "./VersionsApi.ts"
import { VersionThumbnail } from "./VersionThumbnail.tsx"
import { exactTime, titleOf } from "./versionWords.ts"

interface VersionLineProps {
  readonly version: Version
  readonly author: string | undefined
  readonly now: Date
  readonly scenes: VersionScenes
  readonly isPicked: boolean
  readonly mayEdit: boolean
  readonly isBusy: boolean
  readonly onPick: () => void
  readonly onRename: (name: string) => void
  readonly onPin: (pinned: boolean) => void
}

export const VersionLine = ({ author, isBusy, isPicked, mayEdit, now, onPick, onPin, onRename, scenes, version }: VersionLineProps) => {
  const [isNaming, setNaming] = useState(false)
  const title = titleOf(version)
  const named = (name: string | undefined) => {
    setNaming(false)
    if (name !== undefined) onRename(name)
  }
  return (
    <li class="version" data-picked={isPicked}>
      <button type="button" class="version-pick" aria-pressed={isPicked} aria-label={`Show ${title}, ${exactTime(version)}`} onClick={onPick}>
        <VersionThumbnail scenes={scenes} versionId={version.id} />
      </button>
      <div class="version-words">
        {isNaming
          ? <EditableText value={version.name ?? ""} label="Name of the version" charsMax={versionNameCharsMax} onDone={named} />
          : <button type="button" class="version-title" onClick={onPick} tabIndex={-1}>{title}</button>}
        <span class="version-time" title={exactTime(version)}>
          {[relativeTime(new Date(version.createdAt), now), author].filter((part) => part !== undefined).join(" · ")}
        </span>
      </div>
      {mayEdit && !isNaming && (
        <span class="version-actions">
          <button type="button" class="icon-button" aria-label={`Name ${title}`} disabled={isBusy} onClick={() => setNaming(true)}><Icon name="pencil" size={14} /></button>
          {version.kind !== "named" && (
            <button
              type="button"
              class="icon-button"
              aria-label={`Keep ${title} for ever`}
              aria-pressed={version.pinned}
              disabled={isBusy}
              onClick={() => onPin(!version.pinned)}
            >
              <Icon name="star" size={14} />
            </button>
          )}
        </span>
      )}
    </li>
  )
}
