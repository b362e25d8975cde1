/** Why a file cannot be opened, in the words of the person who wants it. */
import { StatePage } from "../parts/StatePage.tsx"
import { followLink } from "../router.ts"
import { session } from "../session/Session.ts"

const words: Readonly<Record<string, readonly [title: string, text: string]>> = {
  file_missing: ["This file does not exist", "The link may be mistyped, or the file was deleted."],
  bad_subscribe: ["This file does not exist", "The link may be mistyped, or the file was deleted."],
  file_damaged: [
    "This file is damaged",
    "What the server has stored of it contradicts itself, so it is not opened, and nothing in it is changed. Its administrator finds the reason in the node's log."
  ],
  forbidden: ["You have no access to this file", "Ask somebody who owns it for a link, or to be let in."],
  unsupported_version: ["This page is out of date", "The server was updated while it was open. Loading it again helps."]
}

export const EditorFailure = ({ code, message }: { readonly code: string; readonly message: string }) => {
  const [title, text] = words[code] ?? ["This file cannot be opened", `The server says: ${message}`]
  return (
    <main class="whole-page" data-failure={code}>
      <StatePage
        icon="warning"
        title={title}
        actions={
          <>
            <a class="button" data-primary href="/" onClick={followLink}>All files</a>
            <button type="button" class="button" onClick={() => location.reload()}>Load again</button>
            {code === "forbidden" && <button type="button" class="button" onClick={() => session.signOut()}>Sign in as somebody else</button>}
          </>
        }
      >
        {text}
      </StatePage>
    </main>
  )
}
