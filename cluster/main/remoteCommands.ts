/** Commands that ask a running Easel. */
import { assets } from "./remote/assets.ts"
import { cluster } from "./remote/cluster.ts"
import { comments } from "./remote/comments.ts"
import { exportFile } from "./remote/exportFile.ts"
import { files } from "./remote/files.ts"
import { importDrawings } from "./remote/importDrawings.ts"
import { projects } from "./remote/projects.ts"
import { tail } from "./remote/tail.ts"
import { teams } from "./remote/teams.ts"
import { versions } from "./remote/versions.ts"

export const remoteCommands = [files, versions, comments, assets, exportFile, importDrawings, teams, projects, tail, cluster] as const
