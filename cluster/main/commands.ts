/**
 * All commands. What one finds out goes to standard output, with `--json` as one JSON document; logs and progress go to
 * standard error, but of members, whose output is their log.
 */
import * as Command from "effect/cli/Command"
import { collectGarbage } from "./collectGarbage.ts"
import { compact } from "./compact.ts"
import { fsck } from "./fsck.ts"
import { gateway, node } from "./member.ts"
import { migrate } from "./migrate.ts"
import { quarantine } from "./quarantine.ts"
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
import { start } from "./start.ts"
import { token } from "./token.ts"

export const easel = Command.make("easel").pipe(
  Command.withDescription("A self-hosted multiplayer backend for design editors"),
  Command.withSubcommands([start, node, gateway, migrate, files, versions, comments, assets, exportFile, importDrawings, teams, projects, tail, cluster, collectGarbage, compact, fsck, quarantine, token])
)
