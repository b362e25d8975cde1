/** The threads of the file, beside the canvas: what is said, and where something can be said. */
import type { Thread } from "@easel/client"
import { useEffect, useRef, useState } from "preact/hooks"
import type { EditorModel } from "../../model/EditorModel.ts"
import { useModel } from "../editor/useModel.ts"
import { useClock } from "../files/useClock.ts"
import { Icon } from "../parts/Icon.tsx"
import { CommentView } from "./CommentView.tsx"
import { Composer } from "./Composer.tsx"

export const CommentsPanel = ({ model }: { readonly model: EditorModel }) => {
  const { commenting } = model
  const threads = useModel(model, () => commenting.threads)
  const draft = useModel(model, () => commenting.draft)
  const openId = useModel(model, () => commenting.openId)
  const mayComment = useModel(model, () => commenting.mayComment)
  const [showsResolved, setShowsResolved] = useState(false)
  const now = useClock()
  const shown = threads.filter(({ id, resolved }) => !resolved || showsResolved || id === openId).toReversed()
  return (
    <>
      <div class="panel-title">
        <h2>Comments</h2>
        <button type="button" class="icon-button" aria-label="Close comments" onClick={() => commenting.show(false)}><Icon name="close" /></button>
      </div>
      <div class="comments">
        <label class="comments-filter">
          <input type="checkbox" checked={showsResolved} onChange={(event) => setShowsResolved(event.currentTarget.checked)} /> Show resolved
        </label>
        {draft !== undefined && (
          <Composer
            label="New comment"
            action="Comment"
            focus
            onSend={(text) => commenting.create(text)}
            onCancel={() => commenting.open(undefined)}
          />
        )}
        {draft === undefined && mayComment && (
          <button type="button" class="button" onClick={() => model.setTool("comment")}><Icon name="plus" size={14} />Add a comment</button>
        )}
        {shown.length === 0 && draft === undefined && <p class="panel-empty">Nothing has been said yet.</p>}
        <ul class="threads">
          {shown.map((thread) => (
            <li key={thread.id}><ThreadView model={model} thread={thread} isOpen={thread.id === openId} now={now} /></li>
          ))}
        </ul>
      </div>
    </>
  )
}

interface ThreadProps {
  readonly model: EditorModel
  readonly thread: Thread
  readonly isOpen: boolean
  readonly now: Date
}

const ThreadView = ({ isOpen, model, now, thread }: ThreadProps) => {
  const { commenting } = model
  const element = useRef<HTMLElement>(null)
  const mayComment = useModel(model, () => commenting.mayComment)
  const isDetached = useModel(model, () => commenting.placeOf(thread.anchor).at === "deleted object")
  const [first, ...replies] = thread.comments
  useEffect(() => {
    if (isOpen) element.current?.scrollIntoView({ block: "nearest" })
  }, [isOpen])
  // What comes while one looks at it has been read.
  useEffect(() => {
    if (isOpen && thread.unread) commenting.comments.markRead(thread.id)
  }, [isOpen, thread])
  if (first === undefined) return null
  const settle = () => void commenting.tell(thread.resolved ? commenting.comments.reopen(thread.id) : commenting.comments.resolve(thread.id))
  return (
    <section
      ref={element}
      class="thread"
      aria-label={`Thread by ${first.userName}`}
      data-open={isOpen ? "" : undefined}
      data-unread={thread.unread ? "" : undefined}
      data-resolved={thread.resolved ? "" : undefined}
    >
      {isDetached && <p class="thread-note">The object was deleted</p>}
      <CommentView model={model} comment={first} now={now} />
      {isOpen && replies.map((reply) => <CommentView key={reply.id} model={model} comment={reply} now={now} />)}
      <div class="thread-actions">
        <button type="button" class="text-button" aria-expanded={isOpen} onClick={() => commenting.open(isOpen ? undefined : thread.id)}>
          {isOpen ? "Close" : replies.length === 0 ? "Open" : `${replies.length} ${replies.length === 1 ? "reply" : "replies"}`}
        </button>
        {mayComment && <button type="button" class="text-button" onClick={settle}>{thread.resolved ? "Reopen" : "Resolve"}</button>}
      </div>
      {isOpen && mayComment && <Composer label="Reply" action="Reply" onSend={(text) => commenting.reply(thread.id, text)} />}
    </section>
  )
}
