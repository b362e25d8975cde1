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

export const useMe = (fileId?: string): Me | undefined => {
  const [me, setMe] = useState<Me>()
  const round = useExternal(session, ({ round }) => round)
  useEffect(() => {
    const abort = new AbortController()
    setMe(undefined)
    request("/api/me", { signal: abort.signal }, fileId).then(read<Me>).then(setMe, () => undefined)
    return () => abort.abort()
  }, [fileId, round])
  return me
}
