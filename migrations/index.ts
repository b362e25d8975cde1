/** The migrations in order. Forward-only: a landed file is never changed, a mistake gets a new number. */
import initial from "./0001_initial.ts"
import cluster from "./0002_cluster.ts"
import access from "./0003_access.ts"
import versions from "./0004_versions.ts"
import blobReferences from "./0005_blob_references.ts"
import versionDeltas from "./0006_version_deltas.ts"
import comments from "./0007_comments.ts"
import segments from "./0008_segments.ts"
import library from "./0009_library.ts"
import quarantine from "./0010_quarantine.ts"
import pictures from "./0011_pictures.ts"

export const migrations = {
  "0001_initial": initial,
  "0002_cluster": cluster,
  "0003_access": access,
  "0004_versions": versions,
  "0005_blob_references": blobReferences,
  "0006_version_deltas": versionDeltas,
  "0007_comments": comments,
  "0008_segments": segments,
  "0009_library": library,
  "0010_quarantine": quarantine,
  "0011_pictures": pictures
}
