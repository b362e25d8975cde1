/** All files, newest first, a page at a time: create, rename where it stands, open. */
import { useEffect, useState } from "preact/hooks"
import { loadEditor } from "../loadEditor.ts"
import { Icon } from "../parts/Icon.tsx"
import { StatePage } from "../parts/StatePage.tsx"
import { messageOf } from "../request.ts"
import { navigate, pathOfFile } from "../router.ts"
import { SignedIn } from "../session/SignedIn.tsx"
import { ThemeButton } from "../theme/ThemeButton.tsx"
import { FileCard } from "./FileCard.tsx"
import { onFileEdited } from "./fileEvents.ts"
import { createFile, type FileEntry, firstPage, listFiles, renameFile } from "./FilesApi.ts"
import { useClock } from "./useClock.ts"

type Listing =
  | { readonly state: "loading" }
  | { readonly state: "failed"; readonly message: string }
  | { readonly state: "listed"; readonly files: ReadonlyArray<FileEntry>; readonly next?: string | undefined }

const cardsOfSkeleton = 8

export const FileList = () => {
  const [listing, setListing] = useState<Listing>({ state: "loading" })
  const [failure, setFailure] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const now = useClock()

  const load = async (signal: AbortSignal) => {
    setListing({ state: "loading" })
    try {
      setListing({ state: "listed", ...(await listFiles(firstPage, signal)) })
    } catch (error) {
      if (!signal.aborted) setListing({ state: "failed", message: messageOf(error) })
    }
  }
  useEffect(() => {
    document.title = "Easel"
    const abort = new AbortController()
    void load(abort.signal)
    // The editor will be wanted next. A failure now is met again, and told, when it is.
    const soon = setTimeout(() => loadEditor().catch(() => undefined), 1_000)
    return () => {
      abort.abort()
      clearTimeout(soon)
    }
  }, [])

  useEffect(() =>
    onFileEdited(({ fileId, name, seq }) =>
      setListing((listing) => {
        if (listing.state !== "listed") return listing
        const updatedAt = new Date().toISOString()
        return { ...listing, files: listing.files.map((file) => file.id === fileId ? { ...file, name, seq, updatedAt } : file) }
      })), [])

  const attempt = async (action: () => Promise<void>) => {
    setBusy(true)
    setFailure(undefined)
    try {
      await action()
    } catch (error) {
      setFailure(messageOf(error))
    }
    setBusy(false)
  }
  const create = () => attempt(async () => navigate(pathOfFile((await createFile("Untitled")).id)))
  const rename = (file: FileEntry, name: string) =>
    attempt(async () => {
      const show = (entry: FileEntry) =>
        setListing((listing) =>
          listing.state === "listed" ? { ...listing, files: listing.files.map((known) => (known.id === file.id ? entry : known)) } : listing)
      // The new name shows at once, and the old one again when the server refuses.
      show({ ...file, name })
      show(await renameFile(file.id, name).catch((error: unknown) => {
        show(file)
        throw error
      }))
    })
  const more = (next: string) =>
    attempt(async () => {
      const page = await listFiles(next, new AbortController().signal)
      setListing((listing) => {
        if (listing.state !== "listed") return listing
        const known = new Set(listing.files.map(({ id }) => id))
        return { state: "listed", next: page.next, files: [...listing.files, ...page.files.filter(({ id }) => !known.has(id))] }
      })
    })

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
          <h1>Files</h1>
          {newFile}
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
            actions={
              <button type="button" class="button" data-primary onClick={() => void load(new AbortController().signal)}>Try again</button>
            }
          >
            {listing.message} Is the node running?
          </StatePage>
        )}
        {listing.state === "listed" && listing.files.length === 0 && (
          <StatePage icon="frame" title="No files yet" actions={newFile}>
            A file is a canvas that any number of people can draw on at once. Make the first one, and send its link to somebody.
          </StatePage>
        )}
        {listing.state === "listed" && listing.files.length > 0 && (
          <>
            <ul class="file-grid">
              {listing.files.map((file) => <FileCard key={file.id} file={file} now={now} onRename={(name) => void rename(file, name)} />)}
            </ul>
            {listing.next !== undefined && <MoreButton isBusy={isBusy} load={() => void more(listing.next ?? "")} />}
          </>
        )}
      </main>
    </div>
  )
}

const MoreButton = ({ isBusy, load }: { readonly isBusy: boolean; readonly load: () => void }) => (
  <div class="files-more">
    <button type="button" class="button" disabled={isBusy} onClick={load}>{isBusy ? "Loading…" : "Show more"}</button>
  </div>
)
