/** All files, newest first, a page at a time, or those that are searched for, or the trash: create, open, and what a card offers. */
import { useEffect, useState } from "preact/hooks"
import { loadEditor } from "../loadEditor.ts"
import { Icon } from "../parts/Icon.tsx"
import { StatePage } from "../parts/StatePage.tsx"
import { SignedIn } from "../session/SignedIn.tsx"
import { ThemeButton } from "../theme/ThemeButton.tsx"
import { FileCard } from "./FileCard.tsx"
import { FileSearch } from "./FileSearch.tsx"
import { useClock } from "./useClock.ts"
import { useFiles } from "./useFiles.ts"

const cardsOfSkeleton = 8

export const FileList = () => {
  const [search, setSearch] = useState("")
  const [trashed, setTrashed] = useState(false)
  const { create, duplicate, failure, isBusy, listing, more, reload, rename, trash } = useFiles({ search, trashed })
  const now = useClock()

  useEffect(() => {
    document.title = "Easel"
    // The editor will be wanted next. A failure now is met again, and told, when it is.
    const soon = setTimeout(() => loadEditor().catch(() => undefined), 1_000)
    return () => clearTimeout(soon)
  }, [])

  const newFile = (
    <button type="button" class="button" data-primary disabled={isBusy} onClick={create}>
      <Icon name="plus" />New file
    </button>
  )
  return (
    <div class="files">
      <header class="files-header">
        <span class="brand"><span class="brand-mark" aria-hidden="true" />Easel</span>
        <span class="spacer" />
        <SignedIn />
        <ThemeButton />
      </header>
      <main>
        <div class="files-title">
          <h1>{trashed ? "Trash" : "Files"}</h1>
          <span class="spacer" />
          <FileSearch onSearch={setSearch} />
          <button type="button" class="button" aria-pressed={trashed} onClick={() => setTrashed(!trashed)}>{trashed ? "Back to files" : "Trash"}</button>
          {!trashed && newFile}
        </div>
        {failure !== undefined && <p class="banner" data-kind="error" role="alert">{failure}</p>}
        {listing.state === "loading" && (
          <ul class="file-grid" aria-busy="true" aria-label="Loading files">
            {Array.from({ length: cardsOfSkeleton }, (_, index) => <li key={index} class="file-card skeleton" data-size="card" />)}
          </ul>
        )}
        {listing.state === "failed" && (
          <StatePage
            icon="offline"
            title="The files cannot be listed"
            actions={<button type="button" class="button" data-primary onClick={reload}>Try again</button>}
          >
            {listing.message} Is the node running?
          </StatePage>
        )}
        {listing.state === "listed" && listing.files.length === 0 && <NothingHere search={search} trashed={trashed} newFile={newFile} />}
        {listing.state === "listed" && listing.files.length > 0 && (
          <>
            <ul class="file-grid">
              {listing.files.map((file) => (
                <FileCard
                  key={file.id}
                  file={file}
                  now={now}
                  isTrashed={trashed}
                  onRename={(name) => rename(file, name)}
                  onDuplicate={() => duplicate(file)}
                  onTrash={(into) => trash(file, into)}
                />
              ))}
            </ul>
            {listing.next !== undefined && <MoreButton isBusy={isBusy} load={() => more(listing.next ?? "")} />}
          </>
        )}
      </main>
    </div>
  )
}

const NothingHere = ({ newFile, search, trashed }: { readonly search: string; readonly trashed: boolean; readonly newFile: preact.JSX.Element }) => {
  if (search !== "") return <StatePage icon="frame" title="No file has such a name">Names are searched as they stand, whatever the case.</StatePage>
  if (trashed) return <StatePage icon="frame" title="The trash is empty">Files that you move here can be taken out again.</StatePage>
  return (
    <StatePage icon="frame" title="No files yet" actions={newFile}>
      A file is a canvas that any number of people can draw on at once. Make the first one, and send its link to somebody.
    </StatePage>
  )
}

const MoreButton = ({ isBusy, load }: { readonly isBusy: boolean; readonly load: () => void }) => (
  <div class="files-more">
    <button type="button" class="button" disabled={isBusy} onClick={load}>{isBusy ? "Loading…" : "Show more"}</button>
  </div>
)
