/** Stands where the server asks who one is: why, and a field for a token. */
import { useState } from "preact/hooks"
import { StatePage } from "../parts/StatePage.tsx"
import { messageOf, requestAs } from "../request.ts"
import { session } from "./Session.ts"

export const SignInPage = ({ reason }: { readonly reason: string | undefined }) => {
  const [token, setToken] = useState("")
  const [fault, setFault] = useState(reason)
  const [isBusy, setBusy] = useState(false)
  const signIn = async (event: Event) => {
    event.preventDefault()
    const pasted = token.trim().replace(/^bearer\s+/i, "")
    if (pasted === "" || isBusy) return
    setBusy(true)
    try {
      await requestAs({ token: pasted }, "/api/me", {})
      session.signIn(pasted)
    } catch (error) {
      setFault(messageOf(error))
      setBusy(false)
    }
  }
  return (
    <main class="whole-page">
      <StatePage
        icon="locked"
        title="Sign in"
        actions={
          <form class="sign-in" onSubmit={signIn}>
          <label class="field-block">
            Token
            <input
              class="text-input"
              type="text"
              value={token}
              autocomplete="off"
              autocapitalize="off"
              spellcheck={false}
              autofocus
              aria-invalid={fault !== undefined}
              aria-describedby="sign-in-fault"
              onInput={({ currentTarget }) => {
                setToken(currentTarget.value)
                setFault(undefined)
              }}
            />
          </label>
          <p id="sign-in-fault" class="field-fault" role="alert">{fault}</p>
          <button type="submit" class="button" data-primary disabled={isBusy || token.trim() === ""}>{isBusy ? "Signing in…" : "Sign in"}</button>
        </form>
        }
      >
        This server asks who you are. Open it from the application that you use it with, or paste a token.
      </StatePage>
    </main>
  )
}
