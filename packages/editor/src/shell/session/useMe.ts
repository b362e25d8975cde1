/** Who the server says that the person is; `undefined` until it has, and while it is away. */
import { useEffect, useState } from "preact/hooks"
import { useExternal } from "../parts/useExternal.ts"
import { read, request } from "../request.ts"
import { session } from "./Session.ts"

export interface Me {
  readonly userId: string
  readonly userName: string
  /** Nobody is asked who he is, and everybody may do everything. */
  readonly open: boolean
}

/** The last question, which several parts of the page ask at the same time. */
let asked: { readonly key: string; readonly answer: Promise<Me> } | undefined

export const useMe = (fileId?: string): Me | undefined => {
  const [me, setMe] = useState<Me>()
  const round = useExternal(session, ({ round }) => round)
  useEffect(() => {
    let isWanted = true
    ask(`${round} ${fileId ?? ""}`, fileId).then((answer) => isWanted && setMe(answer), () => undefined)
    return () => {
      isWanted = false
      setMe(undefined)
    }
  }, [fileId, round])
  return me
}

const ask = (key: string, fileId: string | undefined): Promise<Me> => {
  if (asked?.key === key) return asked.answer
  const answer = request("/api/me", {}, fileId).then(read<Me>)
  asked = { key, answer }
  // A server that was away is asked again.
  answer.catch(() => {
    if (asked?.answer === answer) asked = undefined
  })
  return answer
}
