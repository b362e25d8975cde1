/**
 * The page of the address: the files, or one file with its editor; or the question who one is, when the server asks that
 * first. All but the files is loaded when it is first wanted.
 */
import { EditorSkeleton } from "./EditorSkeleton.tsx"
import { FileList } from "./files/FileList.tsx"
import { loadedEditor, loadEditor } from "./loadEditor.ts"
import { LazyPage } from "./parts/LazyPage.tsx"
import { StatePage } from "./parts/StatePage.tsx"
import { useExternal } from "./parts/useExternal.ts"
import { followLink, useRoute } from "./router.ts"
import { session } from "./session/Session.ts"

const loadSignIn = async () => (await import("./session/SignInPage.tsx")).SignInPage

export const App = () => {
  const route = useRoute()
  const question = useExternal(session, (session) => session.questionAt(location.pathname))
  const round = useExternal(session, ({ round }) => round)
  if (question !== undefined) return <LazyPage load={loadSignIn} props={{ reason: question.reason }}>{null}</LazyPage>
  if (route.page === "files") return <FileList key={round} />
  if (route.page === "file") {
    const { fileId } = route
    return <LazyPage key={`${fileId} ${round}`} loaded={loadedEditor()} load={loadEditor} props={{ fileId }}><EditorSkeleton /></LazyPage>
  }
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
