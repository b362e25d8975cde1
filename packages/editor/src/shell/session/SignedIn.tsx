/** Who is signed in, and the way out; nothing where nobody is asked. */
import { session } from "./Session.ts"
import { useMe } from "./useMe.ts"

export const SignedIn = () => {
  const me = useMe()
  if (me === undefined || me.open) return null
  return (
    <span class="signed-in">
      {me.userName}
      <button type="button" class="text-button" onClick={() => session.signOut()}>Sign out</button>
    </span>
  )
}
