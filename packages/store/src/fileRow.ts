/** Rows of `files` as they are read, and the statement that lists them. */

export interface FileRow {
  readonly id: string
  readonly name: string
  readonly teamId: string | null
  /** One of the team. */
  readonly projectId: string | null
  readonly seq: number
  /** Counts the changes of its name, its place and whether it is in the trash. */
  readonly revision: number
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly updatedAt: number
  /** Since when it is in the trash. */
  readonly trashedAt: number | null
}

/** Position in a listing: created before this file. */
interface FilesCursor {
  readonly createdAt: number
  readonly id: string
}

export interface ListFrom {
  readonly after?: FilesCursor | undefined
  /** A user id. */
  readonly visibleTo?: string | undefined
  readonly teamId?: string | undefined
  readonly projectId?: string | undefined
  /** What names hold, whatever the case; of less than three characters, what they begin with. */
  readonly search?: string | undefined
  /** What is in the trash, in place of what is not. */
  readonly trashed?: boolean | undefined
}

const millis = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::float8`

export const fileColumns = `id::text AS id, name, team_id::text AS "teamId", project_id::text AS "projectId", head_seq::float8 AS seq,
  revision::float8 AS revision, ${millis("created_at")} AS "createdAt", ${millis("updated_at")} AS "updatedAt", ${millis("deleted_at")} AS "trashedAt"`

/** What `fileColumns` are made of. */
const read = "files.id, name, files.team_id, project_id, head_seq, revision, files.created_at, files.updated_at, files.deleted_at"

const newestFirst = "ORDER BY files.created_at DESC, files.id DESC LIMIT $1::int"

/** Of a file, whether a user has a role in it, but for share links. */
export const hasRole = (subject: string): string => `(
  files.id IN (SELECT m.file_id FROM file_members m JOIN users u ON u.id = m.user_id WHERE u.subject = ${subject})
  OR files.team_id IN (SELECT m.team_id FROM team_members m JOIN users u ON u.id = m.user_id WHERE u.subject = ${subject}))`

/**
 * Each source of a page is read in its order, from an index, and no further than the page is long: all files, or those
 * that the user was given a role in and the files of each of his teams.
 */
export const listStatement = (limit: number, { after, projectId, search, teamId, trashed = false, visibleTo }: ListFrom): readonly [string, ReadonlyArray<unknown>] => {
  const parameters: Array<unknown> = [limit]
  const given = (value: unknown): string => `$${parameters.push(value)}`
  const conditions = [trashed ? "files.deleted_at IS NOT NULL AND files.purged_at IS NULL" : "files.deleted_at IS NULL"]
  if (after !== undefined) {
    conditions.push(`(files.created_at, files.id) < (to_timestamp(${given(after.createdAt)}::float8 / 1000), ${given(after.id)}::uuid)`)
  }
  if (teamId !== undefined) conditions.push(`files.team_id = ${given(teamId)}::uuid`)
  if (projectId !== undefined) conditions.push(`files.project_id = ${given(projectId)}::uuid`)
  if (search !== undefined) conditions.push(`files.name ILIKE ${given(patternOf(search))}`)
  const where = conditions.join(" AND ")
  if (visibleTo === undefined) return [`SELECT ${fileColumns} FROM files WHERE ${where} ${newestFirst}`, parameters]
  const user = `(SELECT u.id FROM users u WHERE u.subject = ${given(visibleTo)})`
  return [
    `SELECT ${fileColumns} FROM (
       (SELECT ${read} FROM file_members m JOIN files ON files.id = m.file_id WHERE m.user_id = ${user} AND ${where} ${newestFirst})
       UNION
       (SELECT ofTeam.* FROM team_members t CROSS JOIN LATERAL (
          SELECT ${read} FROM files WHERE files.team_id = t.team_id AND ${where} ${newestFirst}
        ) ofTeam WHERE t.user_id = ${user})
     ) files ${newestFirst}`,
    parameters
  ]
}

/** Index entries are of three characters, the two before a name among them. */
const substringCharsMin = 3

const patternOf = (search: string): string => {
  const literal = search.replaceAll(/[\\%_]/g, "\\$&")
  return [...search].length < substringCharsMin ? `${literal}%` : `%${literal}%`
}
