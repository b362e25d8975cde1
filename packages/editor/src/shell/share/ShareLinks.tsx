/** Links by which anybody who has one gets into the file: makes them, shows each secret once, takes them back. */
import { useState } from "preact/hooks"
import { Icon } from "../parts/Icon.tsx"
import { pathOfFile } from "../router.ts"
import { RoleSelect, roleWords } from "./RoleSelect.tsx"
import { createLink, type LinkRole, removeLink, type ShareLink } from "./ShareApi.ts"
import type { Sharing } from "./ShareDialog.tsx"

const roles: ReadonlyArray<LinkRole> = ["viewer", "commenter", "editor"]

const dayMillis = 24 * 3_600_000
const spans = [["never", "Never expires", undefined], ["1", "Expires in a day", 1], ["7", "Expires in a week", 7], ["30", "Expires in 30 days", 30]] as const

const date = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" })

export const ShareLinks = ({ act, fileId, isBusy, links }: Sharing & { readonly links: ReadonlyArray<ShareLink> }) => {
  const [role, setRole] = useState<LinkRole>("viewer")
  const [span, setSpan] = useState("7")
  const [made, setMade] = useState<string>()
  const [isCopied, setCopied] = useState(false)
  const create = (event: Event) => {
    event.preventDefault()
    const days = spans.find(([key]) => key === span)?.[2]
    const expiresAt = days === undefined ? null : new Date(Date.now() + days * dayMillis).toISOString()
    void act(async () => {
      const { secret } = await createLink(fileId, { role, expiresAt })
      const link = `${location.origin}${pathOfFile(fileId)}#link=${encodeURIComponent(secret)}`
      setMade(link)
      await copy(link)
    })
  }
  const copy = (link: string) => (navigator.clipboard?.writeText(link) ?? Promise.reject(new Error("no clipboard"))).then(() => setCopied(true), () => setCopied(false))
  return (
    <section aria-label="Links">
      <h3>Links</h3>
      <form class="share-form" onSubmit={create}>
        <RoleSelect label="What the link allows" value={role} choices={roles} isDisabled={isBusy} onChange={setRole} />
        <select class="share-select" aria-label="When the link expires" value={span} disabled={isBusy} onChange={({ currentTarget }) => setSpan(currentTarget.value)}>
          {spans.map(([key, words]) => <option key={key} value={key}>{words}</option>)}
        </select>
        <button type="submit" class="button" data-primary disabled={isBusy}>Create link</button>
      </form>
      {made !== undefined && (
        <div class="share-made">
          <label class="field-block">
            {isCopied ? "Copied. The link is shown only now." : "The link is shown only now."}
            <input class="text-input" readOnly value={made} onFocus={({ currentTarget }) => currentTarget.select()} />
          </label>
          <button type="button" class="button" onClick={() => void copy(made)}>Copy</button>
        </div>
      )}
      <ul class="share-list">
        {links.map(({ expiresAt, id, role }) => {
          const words = `${roleWords[role]}, ${expiresAt === null ? "never expires" : `expires ${date.format(new Date(expiresAt))}`}`
          return (
            <li key={id}>
              <Icon name="link" size={14} />
              <span class="share-name">{words}</span>
              <button type="button" class="icon-button" aria-label={`Remove the link: ${words}`} disabled={isBusy} onClick={() => void act(() => removeLink(fileId, id))}>
                <Icon name="close" size={14} />
              </button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
