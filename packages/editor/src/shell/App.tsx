/** The page of the address: the files, or one file with its editor, which is loaded when it is first wanted. */
import { useEffect, useState } from "preact/hooks"
import { EditorSkeleton } from "./EditorSkeleton.tsx"
import { FileList } from "./files/FileList.tsx"
import { type EditorPage, loadedEditor, loadEditor } from "./loadEditor.ts"
import { StatePage } from "./parts/StatePage.tsx"
import { followLink, useRoute } from "./router.ts"

export const App = () => {
  const route = useRoute()
  if (route.page === "files") return <FileList />
  if (route.page === "file") return <LazyEditor key={route.fileId} fileId={route.fileId} />
  return (
    <main class="whole-page">
      <StatePage
        icon="warning"
        title="There is nothing here"
        actions={<a class="button" data-primary href="/" onClick={followLink}>All files</a>}
      >
        The address may be mistyped.
      </StatePage>
    </main>
  )
}

const LazyEditor = ({ fileId }: { readonly fileId: string }) => {
  const [state, setState] = useState<{ readonly Editor?: EditorPage | undefined; readonly hasFailed?: boolean }>({ Editor: loadedEditor() })
  useEffect(() => {
    if (state.Editor === undefined) loadEditor().then((Editor) => setState({ Editor }), () => setState({ hasFailed: true }))
  }, [])
  if (state.Editor !== undefined) return <state.Editor fileId={fileId} />
  if (state.hasFailed !== true) return <EditorSkeleton />
  return (
    <main class="whole-page">
      <StatePage
        icon="offline"
        title="The editor could not be loaded"
        // A module that failed to load stays failed until the page is loaded again.
        actions={<button type="button" class="button" data-primary onClick={() => location.reload()}>Try again</button>}
      >
        The server did not answer, or was updated meanwhile.
      </StatePage>
    </main>
  )
}
