/** Files, members, teams and links for tests of roles, written to the database as nobody but a test does. */
import { createHash, randomUUID } from "node:crypto"
import { runSql } from "./runSql.ts"

export const makeFile = async (url: string, teamId?: string): Promise<string> => {
  const [row] = await runSql(url, "INSERT INTO files (name, team_id) VALUES ('A file', $1::uuid) RETURNING id::text AS id", [teamId ?? null])
  return String(row?.id)
}

export const makeTeam = async (url: string): Promise<string> => {
  const [row] = await runSql(url, "INSERT INTO teams (name) VALUES ('A team') RETURNING id::text AS id")
  return String(row?.id)
}

const user = "INSERT INTO users (subject, name) VALUES ($2, $2) ON CONFLICT (subject) DO UPDATE SET name = excluded.name RETURNING id"

/** Gives a user a role in a file or a team; `undefined` takes it away. Returns the head of the file at that moment. */
export const setRole = async (url: string, of: "file" | "team", id: string, userId: string, role: string | undefined): Promise<number> => {
  const change = role === undefined
    ? `DELETE FROM ${of}_members WHERE ${of}_id = $1::uuid AND user_id = (SELECT id FROM users WHERE subject = $2) RETURNING 1`
    : `INSERT INTO ${of}_members (${of}_id, user_id, role) SELECT $1::uuid, u.id, '${role}' FROM u
       ON CONFLICT (${of}_id, user_id) DO UPDATE SET role = excluded.role RETURNING 1`
  const where = of === "file" ? "f.id = $1::uuid" : "f.team_id = $1::uuid"
  // The file's row is locked first, so that no commit lies between the head that is read and the change.
  const [row] = await runSql(
    url,
    `WITH f AS MATERIALIZED (SELECT head_seq::float8 AS head FROM files f WHERE ${where} FOR UPDATE), u AS (${user}),
     changed AS (${change}) SELECT coalesce((SELECT head FROM f LIMIT 1), 0) AS head FROM (SELECT count(*) FROM f) AS first, changed`,
    [id, userId]
  )
  return Number(row?.head ?? 0)
}

/** A share link, and the secret in it. */
export const makeLink = async (url: string, fileId: string, role: string, expiresInSeconds?: number): Promise<string> => {
  const secret = randomUUID()
  await runSql(
    url,
    `INSERT INTO share_links (file_id, role, secret_sha256, expires_at, created_by)
     VALUES ($1::uuid, $2, $3, now() + make_interval(secs => $4::float8), 'a test')`,
    [fileId, role, createHash("sha256").update(secret).digest(), expiresInSeconds ?? null]
  )
  return secret
}
