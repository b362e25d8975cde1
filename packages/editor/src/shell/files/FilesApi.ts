/** The files of the server, over HTTP. What fails is a sentence that can be shown. */

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

/** The server was not reached, or refused. */
export class RequestFailed extends Error {
  readonly reason: "unreachable" | "refused"

  constructor(reason: "unreachable" | "refused", message: string) {
    super(message)
    this.reason = reason
  }
}

export const firstPage = "/api/files?limit=24"

export const listFiles = async (path: string, signal: AbortSignal): Promise<FilePage> => {
  const response = await request(path, { signal })
  const next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get("link") ?? "")?.[1]
  const files = await read<ReadonlyArray<FileEntry>>(response)
  return next === undefined ? { files } : { files, next }
}

export const createFile = async (name: string): Promise<FileEntry> => read(await request("/api/files", withName("POST", name)))

export const renameFile = async (fileId: string, name: string): Promise<FileEntry> =>
  read(await request(`/api/files/${fileId}`, withName("PATCH", name)))

/** Tells of edits to files until the returned function is called. What is missed while the server is away stays so. */
export const onFileEdited = (listener: (edited: { readonly fileId: string; readonly seq: number; readonly name: string }) => void): () => void => {
  const events = new EventSource("/api/events")
  events.addEventListener("updated", ({ data }) => listener(JSON.parse(data)))
  return () => events.close()
}

export const fileNameCharsMax = 255

const withName = (method: string, name: string): RequestInit => ({
  method,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ name })
})

const request = async (path: string, init: RequestInit): Promise<Response> => {
  const response = await fetch(path, init).catch((cause: unknown) => {
    if (init.signal?.aborted === true) throw cause
    throw new RequestFailed("unreachable", "The server cannot be reached.")
  })
  if (response.ok) return response
  const problem: unknown = await response.json().catch(() => undefined)
  const detail = typeof problem === "object" && problem !== null && "detail" in problem ? String(problem.detail) : response.statusText
  throw new RequestFailed(response.status >= 500 ? "unreachable" : "refused", `The server says: ${detail}.`)
}

const read = async <Body,>(response: Response): Promise<Body> => {
  // SAFETY: the page and the API come from the same node, and the API's conformance tests hold it to this shape.
  const body: Body = await response.json()
  return body
}
