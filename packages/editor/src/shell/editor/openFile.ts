/**
 * One file, open on the page: the SDK's connection, what keeps its unsaved changes over a reload, and the model that
 * the page's parts share.
 *
 * While it is open it stands as `easel` on the window, `{ model, file }`: a handle for the browser's console, and for
 * tests.
 */
import { EditorFile, type OutboxFailure } from "@easel/client"
import { openIndexedDbOutbox } from "@easel/client/indexedDb"
import { EditorModel } from "../../model/EditorModel.ts"
import { identity } from "../identity.ts"
import { fileImages } from "./fileImages.ts"
import { session, type Shown } from "../session/Session.ts"

export interface OpenFile {
  readonly file: EditorFile
  readonly model: EditorModel
  /** What the server was shown of who opens it. */
  readonly shown: Shown
  close(): void
}

export const openFile = (fileId: string): OpenFile => {
  const shown = session.shownFor(fileId)
  const { userId, userName } = identity()
  // Of who shows a token the server knows the name.
  const who = shown.token === undefined ? { userId, userName } : { userId }
  const file = new EditorFile({ url: location.origin, fileId, ...who, ...shown, outbox: openIndexedDbOutbox(`${fileId}${session.userKey}`) })
  const model = new EditorModel(file, fileImages(fileId))
  const stop = file.on("outboxFailed", ({ code }) => model.notify("warning", outboxWords[code]))
  const handle = { easel: { model, file } }
  Object.assign(globalThis, handle)
  return {
    file,
    model,
    shown,
    close: () => {
      stop()
      model.dispose()
      file.close()
    }
  }
}

const outboxWords: Readonly<Record<OutboxFailure["code"], string>> = {
  unavailable: "This browser keeps no unsaved changes for the page. Wait for “Saved” before you close it.",
  full: "This browser has no room left for unsaved changes. Wait for “Saved” before you close the page.",
  damaged: "Unsaved changes that this browser kept cannot be read. What you change now is saved as usual.",
  broken: "This browser could not keep an unsaved change. Wait for “Saved” before you close the page."
}
