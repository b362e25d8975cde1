/** Who may do what with the file: its people and its links, as the server has them. */
import { useEffect, useState } from "preact/hooks"
import { Dialog } from "../parts/Dialog.tsx"
import { messageOf } from "../request.ts"
import { ShareLinks } from "./ShareLinks.tsx"
import { listLinks, listMembers, type Member, type ShareLink } from "./ShareApi.ts"
import { ShareMembers } from "./ShareMembers.tsx"

interface ShareDialogProps {
  readonly fileId: string
  /** The user id of whoever looks. */
  readonly ownId: string
  readonly onClose: () => void
}

/** What the parts of the dialog are given. */
export interface Sharing {
  readonly fileId: string
  readonly isBusy: boolean
  /** Does something, and reads anew what came of it. Answers whether it was done. */
  readonly act: (action: () => Promise<unknown>) => Promise<boolean>
}

interface Shared {
  readonly members: ReadonlyArray<Member>
  readonly links: ReadonlyArray<ShareLink>
}

export const ShareDialog = ({ fileId, onClose, ownId }: ShareDialogProps) => {
  const [shared, setShared] = useState<Shared>()
  const [fault, setFault] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const act = async (action: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true)
    setFault(undefined)
    try {
      await action()
      const [members, links] = await Promise.all([listMembers(fileId), listLinks(fileId)])
      setShared({ members, links })
      return true
    } catch (error) {
      setFault(messageOf(error))
      return false
    } finally {
      setBusy(false)
    }
  }
  useEffect(() => {
    void act(() => Promise.resolve())
  }, [fileId])
  const sharing = { fileId, isBusy, act }
  return (
    <Dialog title="Share" onClose={onClose} class="share">
      {fault !== undefined && <p class="banner" role="alert">{fault}</p>}
      {shared === undefined
        ? fault === undefined && <p role="status">Loading…</p>
        : (
          <>
            <ShareLinks {...sharing} links={shared.links} />
            <ShareMembers {...sharing} members={shared.members} ownId={ownId} />
          </>
        )}
    </Dialog>
  )
}
