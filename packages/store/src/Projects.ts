/**
 * Projects: folders of a team's files. They give nobody a role: whoever is in the team has his role in all of them. One
 * goes when it is empty; files of it that are in the trash lose it, and come back without one.
 */
import { RevisionStale } from "@easel/protocol"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { Policy } from "./Policy.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"

export interface Project {
  readonly id: string
  readonly teamId: string
  readonly name: string
  /** Counts the changes of its name. */
  readonly revision: number
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

/** Of one team; a list of them is not paged. */
const projectsMax = 1_000

export class TooManyProjects extends Schema.TaggedError<TooManyProjects>()("TooManyProjects", { projectsMax: Schema.Int }) {}

/** There are files in it. Nothing was changed. */
export class ProjectNotEmpty extends Schema.TaggedError<ProjectNotEmpty>()("ProjectNotEmpty", {}) {}

export class Projects extends Context.Service<Projects, {
  /** The id of one that was made before gives that one. */
  readonly create: (teamId: string, name: string, id?: string) => Effect.Effect<Project, StoreUnavailable | TooManyProjects>
  readonly find: (projectId: string) => Effect.Effect<Project | undefined, StoreUnavailable>
  /** Those of a team, by name. */
  readonly list: (teamId: string) => Effect.Effect<ReadonlyArray<Project>, StoreUnavailable>
  /** What changes it may name the `revision` that it is about. `undefined`: it is gone. */
  readonly rename: (projectId: string, name: string, revision?: number) => Effect.Effect<Project | undefined, RevisionStale | StoreUnavailable>
  /** Returns whether there was one. */
  readonly remove: (projectId: string, revision?: number) => Effect.Effect<boolean, ProjectNotEmpty | RevisionStale | StoreUnavailable>
}>()("@easel/store/Projects") {
  static readonly layer = Layer.effect(
    Projects,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const policy = yield* Policy
      const query = (operation: string, text: string, parameters: ReadonlyArray<unknown>) =>
        policy.postgres(operation, sql.unsafe<Project>(text, parameters))
      const find = (projectId: string) =>
        Effect.map(query("Projects.find", `SELECT ${columns} FROM projects WHERE id = $1::uuid`, [projectId]), ([project]) => project)

      return Projects.of({
        create: Effect.fnUntraced(function*(teamId, name, id = crypto.randomUUID()) {
          const [project] = yield* query(
            "Projects.create",
            `INSERT INTO projects (id, team_id, name) SELECT $1::uuid, $2::uuid, $3
             WHERE (SELECT count(*) FROM projects WHERE team_id = $2::uuid AND id <> $1::uuid) < $4::int
             ON CONFLICT (id) DO UPDATE SET name = projects.name RETURNING ${columns}`,
            [id, teamId, name, projectsMax]
          )
          return project ?? (yield* new TooManyProjects({ projectsMax }))
        }),

        find,

        list: (teamId) => query("Projects.list", `SELECT ${columns} FROM projects WHERE team_id = $1::uuid ORDER BY projects.name, projects.id`, [teamId]),

        rename: Effect.fnUntraced(function*(projectId, name, revision) {
          const [renamed] = yield* query(
            "Projects.rename",
            `UPDATE projects SET name = $2, updated_at = now() WHERE id = $1::uuid AND ${isAt("$3")} RETURNING ${columns}`,
            [projectId, name, revision ?? null]
          )
          if (renamed !== undefined) return renamed
          const present = yield* find(projectId)
          return present === undefined ? undefined : yield* new RevisionStale({ revision: present.revision })
        }),

        // Who puts a file into it meanwhile waits for its row, and finds it gone, or is found here.
        remove: Effect.fnUntraced(function*(projectId, revision) {
          const refusal = yield* policy.postgres("Projects.remove", sql.withTransaction(Effect.gen(function*() {
            const [present] = yield* sql.unsafe<Project>(`SELECT ${columns} FROM projects WHERE id = $1::uuid FOR UPDATE`, [projectId])
            if (present === undefined) return "missing" as const
            if (revision !== undefined && revision !== present.revision) return new RevisionStale({ revision: present.revision })
            const files = yield* sql.unsafe(`SELECT FROM files WHERE project_id = $1::uuid AND deleted_at IS NULL LIMIT 1`, [projectId])
            if (files.length > 0) return new ProjectNotEmpty()
            yield* sql.unsafe(`UPDATE files SET project_id = NULL WHERE project_id = $1::uuid`, [projectId])
            yield* sql.unsafe(`DELETE FROM projects WHERE id = $1::uuid`, [projectId])
            return undefined
          })))
          if (refusal === "missing") return false
          return refusal === undefined ? true : yield* refusal
        })
      })
    })
  )
}

/** Whether the row has the revision in this parameter, if one is given. */
const isAt = (parameter: string): string => `(${parameter}::bigint IS NULL OR revision = ${parameter}::bigint)`

const columns = `id::text AS id, team_id::text AS "teamId", name, revision::float8 AS revision,
  (extract(epoch FROM created_at) * 1000)::float8 AS "createdAt"`
