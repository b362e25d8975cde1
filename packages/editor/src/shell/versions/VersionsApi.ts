/** The versions of a file, over HTTP. */
import { Document, fromViews, type ObjectView } from "@easel/document"
import { read, request, withBody } from "../request.ts"

export interface Version {
  readonly id: string
  readonly seq: number
  /** Kept by somebody, by time, or as what was there before a restore. */
  readonly kind: "named" | "auto" | "restore"
  readonly name: string | null
  readonly createdBy: string
  readonly createdAt: string
  readonly pinned: boolean
}

export interface VersionPage {
  readonly versions: ReadonlyArray<Version>
  /** Where the older ones are; absent on the last page. */
  readonly next?: string
}

export interface Restored {
  readonly restoreId: string
}

export const versionNameCharsMax = 255

const pathOf = (fileId: string, ...parts: ReadonlyArray<string>): string => ["/api/files", fileId, ...parts.map(encodeURIComponent)].join("/")

/** One request, however often it has to be sent. */
const once = (init: RequestInit): RequestInit => ({ ...init, headers: { ...init.headers, "idempotency-key": crypto.randomUUID() } })

export const listVersions = async (fileId: string, path = `${pathOf(fileId, "versions")}?limit=50`): Promise<VersionPage> => {
  const response = await request(path, {}, fileId)
  const next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get("link") ?? "")?.[1]
  const versions = await read<ReadonlyArray<Version>>(response)
  return next === undefined ? { versions } : { versions, next }
}

/** Keeps what the file holds once it has reached `atLeastSeq`. */
export const saveVersion = async (fileId: string, name: string, atLeastSeq: number): Promise<Version> =>
  read(await request(pathOf(fileId, "versions"), once(withBody("POST", { name, atLeastSeq })), fileId))

export const changeVersion = async (fileId: string, versionId: string, change: { readonly name: string } | { readonly pinned: boolean }): Promise<Version> =>
  read(await request(pathOf(fileId, "versions", versionId), withBody("PATCH", change), fileId))

export const readVersion = async (fileId: string, versionId: string): Promise<Document.Document> => {
  const { objects } = await read<{ readonly objects: ReadonlyArray<ObjectView> }>(await request(pathOf(fileId, "versions", versionId, "document"), {}, fileId))
  return fromViews(objects)
}

export const restoreVersion = async (fileId: string, versionId: string): Promise<Restored> =>
  read(await request(pathOf(fileId, "restore"), once(withBody("POST", { versionId })), fileId))

export const undoRestore = async (fileId: string, restoreId: string): Promise<Restored> =>
  read(await request(pathOf(fileId, "restores", restoreId, "undo"), once({ method: "POST" }), fileId))
