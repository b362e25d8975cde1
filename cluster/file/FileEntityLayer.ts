/** Registers the `File` entity: every typed call of the protocol, answered by the file's actor and its reading side. */
import { FileEntity, FileUnavailable, Forbidden, placeOf } from "@easel/protocol"
import { Files } from "@easel/store"
import * as Entity from "effect/cluster/Entity"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as FileComments from "./comments/FileComments.ts"
import type { CommittedFile } from "./CommittedFile.ts"
import * as FileActor from "./FileActor.ts"
import * as FileReads from "./FileReads.ts"
import * as presenceTicker from "./presenceTicker.ts"
import { ResidentFiles } from "./ResidentFiles.ts"
import * as FileCopies from "./versions/FileCopies.ts"
import * as FileHistory from "./versions/FileHistory.ts"
import * as FileRestores from "./versions/FileRestores.ts"
import * as FileVersions from "./versions/FileVersions.ts"
import * as VersionedFile from "./versions/VersionedFile.ts"
import { wholeRead } from "./wholeRead.ts"

/** Calls to one file under way at once: watch streams of gateways and joins of a storm of editors. */
const mailboxCapacity = 4_096

/** How long a new owner waits for gateways to bring back their editors, before it tells that they have left. */
const gatewaysReturnWait = "5 seconds"

export const layer = (options: { readonly idle: Duration.Input }) =>
  FileEntity.toLayer(
    Effect.gen(function*() {
      const address = yield* Entity.CurrentAddress
      const { host, port } = yield* Entity.CurrentRunnerAddress
      const files = yield* Files
      const { fileId, group } = placeOf(address.entityId)
      const lease = { shardId: String(address.shardId), address: `${host}:${port}` }
      const wake: () => void = yield* (yield* ResidentFiles).add({
        fileId,
        group,
        inMemory: () => actor.inMemory(),
        move: (to) => actor.move(to),
        ringPresence: (file) => ringPresence(file),
        saveVersion: (file) => versions.autoSave(file)
      })
      const actor = yield* FileActor.make(fileId, lease, {
        opened: ({ hasPendingRestores }): Effect.Effect<void> => hasPendingRestores ? restores.resume : Effect.void,
        changed: wake
      })
      const reads = yield* FileReads.make
      const versioned = yield* VersionedFile.make(fileId, actor)
      const versions = yield* FileVersions.make(versioned)
      const restores = yield* FileRestores.make(versioned)
      const copies = yield* FileCopies.make(versioned)
      const history = yield* FileHistory.make(versioned)
      const comments = yield* FileComments.make(fileId, actor)
      const ringBoard = yield* presenceTicker.make
      const ringPresence = (file: CommittedFile): void => {
        wake()
        ringBoard(file)
      }

      return FileEntity.of({
        Submit: ({ payload }) => actor.submit(payload.submissions),
        Preview: ({ payload }) => actor.preview(payload.submissions),

        Join: ({ payload: { compressed, format, gatewayId, sinceSeq, ...editor } }) =>
          Effect.gen(function*() {
            const file = yield* actor.confirmed
            const held = yield* actor.require(file, editor, "read")
            const { board } = file
            if ((board.userOf(editor.clientId) ?? editor.userId) !== editor.userId) return yield* new Forbidden({ fileId })
            const joined = yield* reads.join(file, gatewayId, editor, { sinceSeq, format, compressed })
            ringPresence(file)
            return { ...joined, role: held.role, ...(held.untilMillis === undefined ? {} : { roleUntil: held.untilMillis }) }
          }),

        Watch: ({ payload: { gatewayId, sinceSeq, editors, shown } }) =>
          Stream.unwrap(Effect.gen(function*() {
            const file = yield* actor.loaded
            const events = yield* reads.watch(file, gatewayId, sinceSeq, editors)
            if (editors.length > 0) ringPresence(file)
            file.board.awaitBack(shown)
            yield* Effect.forkScoped(Effect.delay(
              Effect.sync(() => {
                file.board.giveUpAwaited()
                ringPresence(file)
              }),
              gatewaysReturnWait
            ))
            return Stream.ensuring(events, Effect.sync(() => ringPresence(file)))
          })),

        Rename: ({ payload: { by, name, revision } }) =>
          Effect.gen(function*() {
            const file = yield* actor.confirmed
            yield* actor.require(file, by, "edit")
            yield* files.rename(fileId, name, revision)
            file.rename(name)
          }).pipe(
            Effect.catchTag("StoreUnavailable", () =>
              Effect.fail(new FileUnavailable({ fileId, reason: "the database does not answer" })))
          ),

        Recheck: () => Effect.suspend(() => actor.inMemory() === undefined ? Effect.void : Effect.asVoid(actor.confirmed)),

        Read: ({ payload: { by } }) =>
          Effect.gen(function*() {
            const file = yield* actor.confirmed
            yield* actor.require(file, by, "read")
            return yield* wholeRead(file, file.state)
          }),

        ReadPresence: () => Effect.map(actor.loaded, ({ board }) => ({ presence: board.all })),

        MovePresence: ({ payload: { gatewayId, patches, left } }) =>
          Effect.map(actor.loaded, (file) => {
            file.board.move(gatewayId, patches)
            file.board.leave(gatewayId, left)
            ringPresence(file)
          }),

        SaveVersion: ({ payload }) => versions.save(payload),
        ListVersions: ({ payload }) => versions.list(payload),
        GetVersion: ({ payload }) => versions.get(payload),
        RenameVersion: ({ payload }) => versions.rename(payload),
        PinVersion: ({ payload }) => versions.pin(payload),
        ReadAt: ({ payload }) => versions.readAt(payload),
        ReadNodes: ({ payload }) => history.nodes(payload),
        RestoreVersion: ({ payload }) => restores.restore(payload),
        UndoRestore: ({ payload }) => restores.undo(payload),
        DiffVersions: ({ payload }) => history.diff(payload),
        Blame: ({ payload }) => history.blame(payload),
        Duplicate: ({ payload }) => copies.copy(payload),

        WriteComment: ({ payload }) => comments.write(payload),
        ListComments: ({ payload }) => comments.list(payload),
        ReadThread: ({ payload }) => comments.read(payload),
        CountUnread: ({ payload }) => comments.unread(payload)
      })
    }),
    { concurrency: "unbounded", mailboxCapacity, maxIdleTime: options.idle }
  )
