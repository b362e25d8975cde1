/** Brings the picked version back, and takes that back. Restoring overwrites nothing for good: it is an edit like others. */
import { Icon } from "../parts/Icon.tsx"
import type { Version } from "./VersionsApi.ts"

interface RestoreBarProps {
  readonly version: Version | undefined
  readonly isBusy: boolean
  readonly canUndo: boolean
  readonly onRestore: (version: Version) => void
  readonly onUndo: () => void
}

export const RestoreBar = ({ canUndo, isBusy, onRestore, onUndo, version }: RestoreBarProps) => (
  <div class="restore-bar" role="group" aria-label="Restore">
    {canUndo && (
      <>
        <span role="status">The version is restored for everybody.</span>
        <button type="button" class="button" disabled={isBusy} onClick={onUndo}><Icon name="undo" size={14} /> Undo the restore</button>
      </>
    )}
    {version !== undefined && (
      <button type="button" class="button" data-primary disabled={isBusy} onClick={() => onRestore(version)}>Restore this version</button>
    )}
  </div>
)
