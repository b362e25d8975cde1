/** The history of a file: its versions beside a view of the one that is picked, which can be brought back. */
import type { EditorFile } from "@easel/client"
import { may } from "@easel/protocol/editor"
import { useEffect, useMemo, useRef, useState } from "preact/hooks"
import type { EditorModel } from "../../model/EditorModel.ts"
import { useModel } from "../editor/useModel.ts"
import { useClock } from "../files/useClock.ts"
import { Icon } from "../parts/Icon.tsx"
import { messageOf } from "../request.ts"
import { RestoreBar } from "./RestoreBar.tsx"
import { authorsOf } from "./authors.ts"
import { VersionLine } from "./VersionLine.tsx"
import { VersionPreview } from "./VersionPreview.tsx"
import { changeVersion, listVersions, type Restored, restoreVersion, saveVersion, undoRestore, type Version, type VersionPage, versionNameCharsMax } from "./VersionsApi.ts"
import { VersionScenes } from "./VersionScenes.ts"
import { exactTime, titleOf } from "./versionWords.ts"

interface VersionsDialogProps {
  readonly model: EditorModel
  /** The last restore from here, which can be undone. */
  readonly restored: Restored | undefined
  readonly onRestored: (restored: Restored | undefined) => void
  readonly onClose: () => void
}

export const VersionsDialog = ({ model, onClose, onRestored, restored }: VersionsDialogProps) => {
  const { fileId } = model.file
  const dialog = useRef<HTMLDialogElement>(null)
  const [page, setPage] = useState<VersionPage>()
  const [picked, setPicked] = useState<Version>()
  const [fault, setFault] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const scenes = useMemo(() => new VersionScenes(fileId), [fileId])
  const mayEdit = useModel(model, ({ file }) => may(file.status.role, "edit"))
  const now = useClock()
  const act = async (action: () => Promise<unknown>): Promise<void> => {
    setBusy(true)
    setFault(undefined)
    try {
      await action()
      const first = await listVersions(fileId)
      setPage(first)
      setPicked((current) => first.versions.find(({ id }) => id === current?.id) ?? current ?? first.versions[0])
    } catch (error) {
      setFault(messageOf(error))
    } finally {
      setBusy(false)
    }
  }
  const older = async (path: string) => {
    try {
      const { next, versions } = await listVersions(fileId, path)
      const all = [...page?.versions ?? [], ...versions]
      setPage(next === undefined ? { versions: all } : { versions: all, next })
    } catch (error) {
      setFault(messageOf(error))
    }
  }
  useEffect(() => {
    dialog.current?.showModal()
    void act(() => Promise.resolve())
  }, [fileId])
  const authors = useMemo(() => authorsOf(model.file), [page])
  return (
    <dialog ref={dialog} class="versions" aria-label="Version history" onClose={onClose} onKeyDown={(event) => event.stopPropagation()}>
      <section class="versions-view" aria-label="The version that is picked">
        {picked !== undefined && <VersionPreview scenes={scenes} versionId={picked.id} label={`${titleOf(picked)}, ${exactTime(picked)}`} />}
        {mayEdit && (
          <RestoreBar
            version={picked}
            isBusy={isBusy}
            canUndo={restored !== undefined}
            onRestore={({ id }) => act(async () => onRestored(await restoreVersion(fileId, id)))}
            onUndo={() => restored !== undefined && act(async () => {
              await undoRestore(fileId, restored.restoreId)
              onRestored(undefined)
            })}
          />
        )}
      </section>
      <aside class="versions-panel" aria-label="Versions">
        <header class="panel-title">
          <h2>Version history</h2>
          <button type="button" class="icon-button" aria-label="Close the version history" onClick={() => dialog.current?.close()}><Icon name="close" /></button>
        </header>
        {mayEdit && <SaveForm isBusy={isBusy} onSave={(name) => act(() => save(model.file, name))} />}
        {fault !== undefined && <p class="banner" role="alert">{fault}</p>}
        {page === undefined && fault === undefined && <p class="panel-empty" role="status">Loading…</p>}
        {page?.versions.length === 0 && <p class="panel-empty">No version yet. The file is kept by itself while it is edited, and whenever somebody saves it here.</p>}
        <ol class="version-list">
          {page?.versions.map((version) => (
            <VersionLine
              key={version.id}
              version={version}
              author={authors(version)}
              now={now}
              scenes={scenes}
              isPicked={version.id === picked?.id}
              mayEdit={mayEdit}
              isBusy={isBusy}
              onPick={() => setPicked(version)}
              onRename={(name) => void act(() => changeVersion(fileId, version.id, { name }))}
              onPin={(pinned) => void act(() => changeVersion(fileId, version.id, { pinned }))}
            />
          ))}
        </ol>
        {page?.next !== undefined && <button type="button" class="button" onClick={() => page.next !== undefined && older(page.next)}>Show older versions</button>}
      </aside>
    </dialog>
  )
}

/** What is shown is what is kept: own edits are in before. */
const save = async (file: EditorFile, name: string): Promise<Version> => {
  await file.saved()
  return saveVersion(file.fileId, name, file.seq ?? 0)
}

const SaveForm = ({ isBusy, onSave }: { readonly isBusy: boolean; readonly onSave: (name: string) => Promise<void> }) => {
  const [name, setName] = useState("")
  const submit = async (event: Event) => {
    event.preventDefault()
    if (name.trim() === "") return
    await onSave(name.trim())
    setName("")
  }
  return (
    <form class="version-save" onSubmit={submit}>
      <input
        class="text-input"
        aria-label="Name for a new version"
        placeholder="Name this version"
        value={name}
        maxLength={versionNameCharsMax}
        autocomplete="off"
        onInput={({ currentTarget }) => setName(currentTarget.value)}
      />
      <button type="submit" class="button" disabled={isBusy || name.trim() === ""}>Save</button>
    </form>
  )
}
