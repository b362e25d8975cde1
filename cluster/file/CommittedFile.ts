/**
 * What the world may know of a file: its committed state, those who watch it, and what they see while nothing can be
 * committed. Everything that reads (join, watch,
 * snapshots) reads this and never what the actor has stepped ahead.
 */
import type { Comment, Committed } from "@easel/protocol"
import type { Grant } from "@easel/store"
import { CommitRing } from "./CommitRing.ts"
import type { FileState } from "./FileState.ts"
import { PresenceBoard } from "./PresenceBoard.ts"
import { TentativeEdits } from "./TentativeEdits.ts"
import { Watchers } from "./Watchers.ts"

export class CommittedFile {
  readonly fileId: string
  name: string
  epoch: number
  /** `Grant.access`: the roles that are known of its editors are those at this value. */
  access: number
  state: FileState
  /** The seq of the newest version that is known of. */
  versionSeq: number
  /** Of the last change of its comments. */
  commentSeq: number
  readonly ring = new CommitRing()
  readonly watchers: Watchers
  readonly board = new PresenceBoard()
  readonly tentative: TentativeEdits
  private readonly changed: () => void

  /** `changed` is called when the state is another. */
  constructor(grant: Grant, state: FileState, changed: () => void) {
    this.fileId = grant.fileId
    this.name = grant.name
    this.epoch = grant.epoch
    this.access = grant.access
    this.state = state
    this.versionSeq = grant.versionSeq
    this.changed = changed
    this.commentSeq = grant.commentSeq
    this.watchers = new Watchers(grant.fileId)
    this.tentative = new TentativeEdits(this.watchers)
  }

  rename(name: string): void {
    this.name = name
    this.watchers.publish({ _tag: "Renamed", name })
  }

  /** Tells the watchers of a comment that has just been committed, in the order of their seqs. */
  comment(comment: Comment): void {
    this.commentSeq = comment.seq
    this.watchers.publish({ _tag: "CommentChanged", comment })
  }

  /** Takes over a state that has just been committed and tells the watchers. */
  advance(state: FileState, event: Committed): void {
    this.state = state
    this.ring.push(event)
    this.watchers.publish(event)
    this.changed()
  }
}
