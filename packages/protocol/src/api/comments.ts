/**
 * Comments on a file, through its actor, and where one is mentioned in all files. What writes takes a `requestId`: who
 * sends it again gets the same answer and changes nothing more.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { Comment as StoredComment, commentFields, CommentsPage as StoredPage, UnreadComments } from "../comments.ts"
import { commentCharsMax, commentMentionsMax } from "../limits.ts"
import { Authorization, byAnybody, byUsers } from "./Authorization.ts"
import { describesLimit, paged, pageQuery } from "./pages.ts"
import { aboutOne, always, BadRequest, Conflict, KeyTaken } from "./problems.ts"
import { describesKey, fileId, Uuid } from "./texts.ts"

const { anchor, body, mentions } = commentFields
const requestId = Schema.optionalKey(Uuid)
const said = `"body": a text of 1 to ${commentCharsMax} characters, "mentions"?: at most ${commentMentionsMax} user ids, "requestId"?: UUID`

export const NewThread = Schema.Struct({ requestId, anchor, body, mentions }).annotate({
  description: `{"anchor": {"kind": "object" | "region" | "page", ...}, ${said}}`
})

export const NewReply = Schema.Struct({ requestId, body, mentions }).annotate({ description: `{${said}}` })

export const CommentChange = Schema.Union([
  Schema.Struct({ requestId, body, mentions }),
  Schema.Struct({ requestId, anchor }),
  Schema.Struct({ requestId, resolved: Schema.Boolean })
]).annotate({ description: `{${said}}, {"anchor": {...}} or {"resolved": true | false}` })

export const ReadUpTo = Schema.Struct({ seq: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)) }).annotate({
  description: `{"seq": a whole number from 0}`
})

const Comment = StoredComment.annotate({ identifier: "Comment" })
const CommentsPage = Schema.Struct({ ...StoredPage.fields, comments: Schema.Array(Comment) }).annotate({ identifier: "Comments" })

const Mentions = Schema.Struct({
  unread: Schema.Int,
  mentions: Schema.Array(Schema.Struct({
    fileId: Schema.String,
    fileName: Schema.String,
    threadId: Schema.String,
    commentId: Schema.String,
    body: Schema.String,
    createdBy: Schema.String,
    userName: Schema.String,
    createdAt: Schema.Number.annotate({ description: "Milliseconds since 1970." }),
    unread: Schema.Boolean
  }))
}).annotate({ identifier: "Mentions" })

const comment = { ...fileId, commentId: Schema.String }
const reaction = { ...comment, reaction: Schema.String }
const sinceSeq = Schema.optional(Schema.String.annotate({ description: "What changed after this seq of the file's comments; all of it by default." }))
const writing = [BadRequest, Conflict, ...aboutOne] as const

export class CommentsGroup extends HttpApiGroup.make("comments")
  .add(
    HttpApiEndpoint.get("list", "/api/files/:id/comments", {
      params: fileId,
      query: { sinceSeq },
      success: HttpApiSchema.WithHeaders(CommentsPage, paged),
      error: [BadRequest, ...aboutOne]
    }).annotate(OpenApi.Summary, "The comments of a file, or what changed of them, in pages"),
    HttpApiEndpoint.post("create", "/api/files/:id/comments", {
      params: fileId,
      payload: NewThread,
      success: Comment.pipe(HttpApiSchema.status(201)),
      error: [KeyTaken, ...writing]
    }).annotate(OpenApi.Summary, "Begins a thread, fastened to something in the file").annotate(OpenApi.Transform, describesKey),
    HttpApiEndpoint.get("unread", "/api/files/:id/comments/unread", { params: fileId, success: UnreadComments, error: aboutOne })
      .annotate(OpenApi.Summary, "How much the caller has not read"),
    HttpApiEndpoint.patch("change", "/api/files/:id/comments/:commentId", { params: comment, payload: CommentChange, success: Comment, error: writing })
      .annotate(OpenApi.Summary, "Edits a comment, moves its thread, resolves it or opens it again"),
    HttpApiEndpoint.delete("remove", "/api/files/:id/comments/:commentId", { params: comment, error: writing })
      .annotate(OpenApi.Summary, "Deletes a comment; with the first of a thread, the thread"),
    HttpApiEndpoint.post("reply", "/api/files/:id/comments/:commentId/replies", {
      params: comment,
      payload: NewReply,
      success: Comment.pipe(HttpApiSchema.status(201)),
      error: [KeyTaken, ...writing]
    }).annotate(OpenApi.Summary, "Replies in a thread").annotate(OpenApi.Transform, describesKey),
    HttpApiEndpoint.put("markRead", "/api/files/:id/comments/:commentId/read", { params: comment, payload: ReadUpTo, error: [BadRequest, ...aboutOne] })
      .annotate(OpenApi.Summary, "Says that the caller has read a thread up to a seq"),
    HttpApiEndpoint.put("react", "/api/files/:id/comments/:commentId/reactions/:reaction", { params: reaction, success: Comment, error: writing })
      .annotate(OpenApi.Summary, "Reacts to a comment"),
    HttpApiEndpoint.delete("unreact", "/api/files/:id/comments/:commentId/reactions/:reaction", { params: reaction, success: Comment, error: writing })
      .annotate(OpenApi.Summary, "Takes a reaction back")
  )
  .annotateEndpoints(OpenApi.Override, byAnybody)
  .add(
    HttpApiEndpoint.get("mentions", "/api/me/mentions", {
      query: pageQuery,
      success: HttpApiSchema.WithHeaders(Mentions, paged),
      error: [BadRequest, ...always]
    }).annotate(OpenApi.Summary, "Where the caller is mentioned in files that he may read, in pages, newest first")
      .annotate(OpenApi.Transform, describesLimit)
      .annotate(OpenApi.Override, byUsers)
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Comments", description: "Threads that are fastened to something in a file, and what is said in them." }))
{}
