/** Commands that are a node, or work on its database and its objects. */
import { collectGarbage } from "./collectGarbage.ts"
import { compact } from "./compact.ts"
import { fsck } from "./fsck.ts"
import { gateway, node } from "./member.ts"
import { migrate } from "./migrate.ts"
import { quarantine } from "./quarantine.ts"
import { start } from "./start.ts"
import { token } from "./token.ts"

export const hostCommands = [start, node, gateway, migrate, collectGarbage, compact, fsck, quarantine, token] as const
