/** The calls to one file's actor, in whatever group of shards the file lives: who says `FileMoved` is believed. */
import { entityIdOf, type FileEntity, type FileMoved, FileUnavailable, type ShardGroup } from "@easel/protocol"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { FilePlaces } from "./FilePlaces.ts"

type Actors = Effect.Success<typeof FileEntity.client>
type Actor = ReturnType<Actors>
type Payload<Call extends keyof Actor> = Parameters<Actor[Call]>[0]

/** A file that moves more often than this within one call is given up. */
const movesMax = 4

export class FileClient {
  private readonly fileId: string
  private readonly actors: Actors
  private readonly places: FilePlaces["Service"]

  constructor(fileId: string, actors: Actors, places: FilePlaces["Service"]) {
    this.fileId = fileId
    this.actors = actors
    this.places = places
  }

  readonly Submit = (payload: Payload<"Submit">) => this.call((actor) => actor.Submit(payload))
  readonly Preview = (payload: Payload<"Preview">) => this.call((actor) => actor.Preview(payload))
  readonly Join = (payload: Payload<"Join">) => this.call((actor) => actor.Join(payload))
  readonly Rename = (payload: Payload<"Rename">) => this.call((actor) => actor.Rename(payload))
  readonly Recheck = () => this.call((actor) => actor.Recheck())
  readonly MovePresence = (payload: Payload<"MovePresence">) => this.call((actor) => actor.MovePresence(payload))
  readonly ReadPresence = () => this.call((actor) => actor.ReadPresence())
  readonly Read = (payload: Payload<"Read">) => this.call((actor) => actor.Read(payload))
  readonly SaveVersion = (payload: Payload<"SaveVersion">) => this.call((actor) => actor.SaveVersion(payload))
  readonly ListVersions = (payload: Payload<"ListVersions">) => this.call((actor) => actor.ListVersions(payload))
  readonly GetVersion = (payload: Payload<"GetVersion">) => this.call((actor) => actor.GetVersion(payload))
  readonly RenameVersion = (payload: Payload<"RenameVersion">) => this.call((actor) => actor.RenameVersion(payload))
  readonly PinVersion = (payload: Payload<"PinVersion">) => this.call((actor) => actor.PinVersion(payload))
  readonly ReadAt = (payload: Payload<"ReadAt">) => this.call((actor) => actor.ReadAt(payload))
  readonly ReadNodes = (payload: Payload<"ReadNodes">) => this.call((actor) => actor.ReadNodes(payload))
  readonly RestoreVersion = (payload: Payload<"RestoreVersion">) => this.call((actor) => actor.RestoreVersion(payload))
  readonly UndoRestore = (payload: Payload<"UndoRestore">) => this.call((actor) => actor.UndoRestore(payload))
  readonly DiffVersions = (payload: Payload<"DiffVersions">) => this.call((actor) => actor.DiffVersions(payload))
  readonly Duplicate = (payload: Payload<"Duplicate">) => this.call((actor) => actor.Duplicate(payload))
  readonly Blame = (payload: Payload<"Blame">) => this.call((actor) => actor.Blame(payload))

  readonly WriteComment = (payload: Payload<"WriteComment">) => this.call((actor) => actor.WriteComment(payload))
  readonly ListComments = (payload: Payload<"ListComments">) => this.call((actor) => actor.ListComments(payload))
  readonly ReadThread = (payload: Payload<"ReadThread">) => this.call((actor) => actor.ReadThread(payload))
  readonly CountUnread = (payload: Payload<"CountUnread">) => this.call((actor) => actor.CountUnread(payload))

  /** Ends with an error when the file moves: the caller watches again from the last seq it saw. */
  readonly Watch = (payload: Payload<"Watch">) =>
    Stream.suspend(() => {
      const group = this.places.groupOf(this.fileId)
      const events = this.actorIn(group).Watch(payload)
      return (group === "default" ? events : Stream.interruptWhen(events, this.places.lost(this.fileId))).pipe(
        Stream.tapError((error) => Effect.sync(() => this.learn(error)))
      )
    })

  private call<A, E extends { readonly _tag: string }>(
    ask: (actor: Actor) => Effect.Effect<A, E | FileMoved>,
    moves = movesMax
  ): Effect.Effect<A, E | FileMoved | FileUnavailable> {
    return Effect.suspend(() => {
      const group = this.places.groupOf(this.fileId)
      const answer = Effect.catchCause(ask(this.actorIn(group)), (cause): Effect.Effect<never, E | FileMoved | FileUnavailable> =>
        Cause.hasInterruptsOnly(cause) ? Effect.fail(this.leaving) : Effect.failCause(cause))
      return group === "default" ? answer : Effect.raceFirst(answer, this.places.lost(this.fileId))
    }).pipe(
      Effect.catch((error) => this.learn(error) && moves > 0 ? this.call(ask, moves - 1) : Effect.fail(error))
    )
  }

  /** An interrupt that arrives here is the actor's, which is on its way elsewhere; one of the caller is never caught. */
  private get leaving(): FileUnavailable {
    return new FileUnavailable({ fileId: this.fileId, reason: "the file's actor is leaving" })
  }

  private actorIn(group: ShardGroup): Actor {
    return this.actors(entityIdOf(this.fileId, group))
  }

  private learn(error: { readonly _tag: string } | FileMoved): boolean {
    if (error._tag !== "FileMoved" || !("group" in error)) return false
    this.places.moved(this.fileId, error.group)
    return true
  }
}
