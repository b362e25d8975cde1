/** The editor's program, which is most of the page: loaded once, when it is first wanted or about to be. */
import type { FunctionComponent } from "preact"

export type EditorPage = FunctionComponent<{ readonly fileId: string }>

let editorPage: EditorPage | undefined

export const loadedEditor = (): EditorPage | undefined => editorPage

export const loadEditor = async (): Promise<EditorPage> => (editorPage ??= (await import("./editor/EditorPage.tsx")).EditorPage)
