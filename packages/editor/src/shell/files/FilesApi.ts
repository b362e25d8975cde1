/** The files of the server, over HTTP. */
import { read, request, withBody } from "../request.ts"

export interface FileEntry {
  readonly id: string
  readonly name: string
  readonly seq: number
  readonly createdAt: string
  readonly updatedAt: string
}

export interface FilePage {
  readonly files: ReadonlyArray<FileEntry>
  /** Where the next page is; absent on the last. */
  readonly next?: string
}

/** What is looked for: in names, in the trash or not. */
export interface Wanted {
  readonly search: string
  readonly trashed: boolean
}

export const firstPage = ({ search, trashed }: Wanted): string =>
  `/api/files?limit=24${search === "" ? "" : `&name=${encodeURIComponent(search)}`}${trashed ? "&trashed=true" : ""}`

export const listFiles = async (path: string, signal: AbortSignal): Promise<FilePage> => {
  const response = await request(path, { signal })
  const next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get("link") ?? "")?.[1]
  const files = await read<ReadonlyArray<FileEntry>>(response)
  return next === undefined ? { files } : { files, next }
}

export const createFile = async (name: string): Promise<FileEntry> => read(await request("/api/files", withBody("POST", { name })))

export const duplicateFile = async (fileId: string): Promise<FileEntry> => read(await request(`/api/files/${fileId}/duplicate`, withBody("POST", {}), fileId))

const changeFile = async (fileId: string, change: unknown): Promise<FileEntry> => read(await request(`/api/files/${fileId}`, withBody("PATCH", change), fileId))

export const renameFile = (fileId: string, name: string): Promise<FileEntry> => changeFile(fileId, { name })

export const trashFile = (fileId: string, trashed: boolean): Promise<FileEntry> => changeFile(fileId, { trashed })

/** `undefined` while there is none. */
export const readThumbnail = async (fileId: string, signal: AbortSignal): Promise<Blob | undefined> => {
  const response = await request(`/api/files/${fileId}/thumbnail`, { signal }, fileId)
  return response.status === 204 ? undefined : response.blob()
}

export const fileNameCharsMax = 255
