/** The files that are looked for, a page at a time, and what is done with them. What fails is told in a sentence. */
import { useEffect, useState } from "preact/hooks"
import { messageOf } from "../request.ts"
import { navigate, pathOfFile } from "../router.ts"
import { onFileEdited } from "./fileEvents.ts"
import { createFile, duplicateFile, type FileEntry, firstPage, listFiles, renameFile, trashFile, type Wanted } from "./FilesApi.ts"

type Listing =
  | { readonly state: "loading" }
  | { readonly state: "failed"; readonly message: string }
  | { readonly state: "listed"; readonly files: ReadonlyArray<FileEntry>; readonly next?: string | undefined }

export const useFiles = ({ search, trashed }: Wanted) => {
  const [listing, setListing] = useState<Listing>({ state: "loading" })
  const [failure, setFailure] = useState<string>()
  const [isBusy, setBusy] = useState(false)

  const load = async (signal: AbortSignal) => {
    setListing({ state: "loading" })
    try {
      setListing({ state: "listed", ...(await listFiles(firstPage({ search, trashed }), signal)) })
    } catch (error) {
      if (!signal.aborted) setListing({ state: "failed", message: messageOf(error) })
    }
  }
  useEffect(() => {
    const abort = new AbortController()
    void load(abort.signal)
    return () => abort.abort()
  }, [search, trashed])

  const change = (changed: (files: ReadonlyArray<FileEntry>) => ReadonlyArray<FileEntry>) =>
    setListing((listing) => listing.state === "listed" ? { ...listing, files: changed(listing.files) } : listing)

  useEffect(() =>
    onFileEdited(({ fileId, name, seq }) => {
      const updatedAt = new Date().toISOString()
      change((files) => files.map((file) => file.id === fileId ? { ...file, name, seq, updatedAt } : file))
    }), [])

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

  return {
    listing,
    failure,
    isBusy,
    reload: () => void load(new AbortController().signal),
    create: () => void attempt(async () => navigate(pathOfFile((await createFile("Untitled")).id))),
    rename: (file: FileEntry, name: string) =>
      void attempt(async () => {
        const show = (entry: FileEntry) => change((files) => files.map((known) => (known.id === file.id ? entry : known)))
        // The new name shows at once, and the old one again when the server refuses.
        show({ ...file, name })
        show(await renameFile(file.id, name).catch((error: unknown) => {
          show(file)
          throw error
        }))
      }),
    duplicate: (file: FileEntry) =>
      void attempt(async () => {
        const copy = await duplicateFile(file.id)
        change((files) => [copy, ...files])
      }),
    /** Into the trash, or out of it: away from what is shown. */
    trash: (file: FileEntry, into: boolean) =>
      void attempt(async () => {
        await trashFile(file.id, into)
        change((files) => files.filter(({ id }) => id !== file.id))
      }),
    more: (next: string) =>
      void attempt(async () => {
        const page = await listFiles(next, new AbortController().signal)
        setListing((listing) => {
          if (listing.state !== "listed") return listing
          const known = new Set(listing.files.map(({ id }) => id))
          return { state: "listed", next: page.next, files: [...listing.files, ...page.files.filter(({ id }) => !known.has(id))] }
        })
      })
  }
}
