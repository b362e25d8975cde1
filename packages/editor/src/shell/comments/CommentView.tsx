/** One comment: who said it, when, what, and what can be done with it. */
import type { Comment } from "@easel/protocol/editor"
import { may } from "@easel/protocol/editor"
import { useState } from "preact/hooks"
import type { EditorModel } from "../../model/EditorModel.ts"
import { useModel } from "../editor/useModel.ts"
import { relativeTime } from "../files/relativeTime.ts"
import { Composer } from "./Composer.tsx"

/** The one reaction that has a button of its own; others that were given are shown, too. */
const like = "👍"

export const CommentView = ({ comment, model, now }: { readonly comment: Comment; readonly model: EditorModel; readonly now: Date }) => {
  const { commenting } = model
  const { comments } = commenting
  const mayComment = useModel(model, () => commenting.mayComment)
  const isOwner = useModel(model, ({ file }) => may(file.status.role, "share"))
  const [isEditing, setEditing] = useState(false)
  const isOwn = comment.createdBy === comments.userId
  const reactions = comment.reactions.some(({ reaction }) => reaction === like) || !mayComment
    ? comment.reactions
    : [...comment.reactions, { reaction: like, userIds: [] }]
  const toggle = (reaction: string, userIds: ReadonlyArray<string>) => {
    const isGiven = userIds.includes(comments.userId ?? "")
    void commenting.tell(isGiven ? comments.unreact(comment.id, reaction) : comments.react(comment.id, reaction))
  }
  if (isEditing && mayComment) {
    return (
      <Composer
        label="Edit the comment"
        action="Save"
        text={comment.body}
        focus
        onCancel={() => setEditing(false)}
        onSend={async (text) => {
          const isSaved = await commenting.edit(comment.id, text)
          if (isSaved) setEditing(false)
          return isSaved
        }}
      />
    )
  }
  return (
    <article class="comment" aria-label={`${comment.userName}, ${relativeTime(new Date(comment.createdAt), now)}`}>
      <header>
        <strong>{comment.userName}</strong>
        <time dateTime={new Date(comment.createdAt).toISOString()}>
          {relativeTime(new Date(comment.createdAt), now)}{comment.editedAt === null ? "" : " · edited"}
        </time>
      </header>
      <p class="comment-body">{comment.body}</p>
      <div class="comment-actions">
        {reactions.map(({ reaction, userIds }) => (
          <button
            key={reaction}
            type="button"
            class="text-button"
            aria-label={`React with ${reaction}, ${userIds.length} so far`}
            aria-pressed={userIds.includes(comments.userId ?? "")}
            disabled={!mayComment}
            onClick={() => toggle(reaction, userIds)}
          >
            {reaction} {userIds.length > 0 ? userIds.length : ""}
          </button>
        ))}
        {mayComment && isOwn && <button type="button" class="text-button" onClick={() => setEditing(true)}>Edit</button>}
        {mayComment && (isOwn || isOwner) && (
          <button type="button" class="text-button" onClick={() => void commenting.tell(comments.delete(comment.id))}>Delete</button>
        )}
      </div>
    </article>
  )
}
