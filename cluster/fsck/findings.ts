/** What `easel fsck` can find: a closed set of kinds. */

/**
 * `error`: something is lost or wrong. `warning`: nothing is lost yet, but something that should help does not.
 * What `repaired` says is done with `--fix`; the others need somebody who looks, and perhaps a backup.
 */
export const findingKinds = {
  log_gap: { severity: "error", means: "operations are missing in the log", repair: undefined },
  log_short: { severity: "error", means: "the log ends before the file's head", repair: undefined },
  head_behind: { severity: "error", means: "the log goes on after the file's head", repair: "the head is set to the end of the log" },
  epoch_decreases: { severity: "error", means: "an operation has an older epoch than the one before it", repair: undefined },
  epoch_behind: { severity: "error", means: "the log has a newer epoch than the file", repair: "the file's epoch is raised above it" },
  operation_invalid: { severity: "error", means: "a row of the log is no operation", repair: undefined },
  key_duplicate: { severity: "error", means: "one key stands at two seqs", repair: undefined },
  checkpoint_unreadable: { severity: "warning", means: "a checkpoint is missing or damaged", repair: "it is stored again, from the log" },
  checkpoint_differs: { severity: "error", means: "a checkpoint is not what the log comes to", repair: "it is stored again, from the log" },
  version_unreadable: { severity: "error", means: "a version's document is missing or damaged", repair: "it is stored again, from the log" },
  version_differs: { severity: "error", means: "a version's document is not what the log comes to", repair: undefined },
  state_beyond_log: { severity: "error", means: "a state is stored for a seq that the log does not have", repair: undefined },
  segment_unreadable: { severity: "error", means: "a segment is missing or damaged", repair: "it is forgotten if the table still has its rows" },
  segment_differs: { severity: "error", means: "a segment holds other operations than it should", repair: undefined },
  segment_index_wrong: { severity: "error", means: "keys of a segment are not found", repair: "its keys are recorded again" },
  segment_overlap: { severity: "error", means: "two segments hold the same seqs", repair: undefined },
  asset_unreadable: { severity: "error", means: "an image is missing or damaged", repair: undefined },
  asset_differs: { severity: "error", means: "an image has another size than it had", repair: undefined },
  asset_missing: { severity: "warning", means: "an object shows an image that its file does not have", repair: undefined },
  picture_unreadable: { severity: "warning", means: "an export or a thumbnail is missing or damaged", repair: "it is forgotten, and made anew when somebody asks" },
  cycle: { severity: "error", means: "an object is its own ancestor", repair: undefined },
  parent_missing: { severity: "error", means: "an object's parent does not exist", repair: undefined },
  object_untyped: { severity: "error", means: "an object was written to and never created", repair: undefined },
  order_key_invalid: { severity: "error", means: "an order key cannot be put between others", repair: undefined }
} as const

export type FindingKind = keyof typeof findingKinds

export interface Finding {
  readonly fileId: string
  readonly kind: FindingKind
  readonly severity: "error" | "warning"
  readonly seq?: number | undefined
  readonly objectId?: string | undefined
  readonly detail?: string | undefined
  /** `possible`: with `--fix`. */
  readonly repair: "done" | "possible" | "impossible"
}
