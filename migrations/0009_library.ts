/**
 * Projects, which order the files of a team; the trash; names that are searched; revisions, which count the changes of
 * what stands about a file, a project or a team, so that of two who change it at once one is told; and requests that may
 * come again under a key of their caller.
 */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const statements = [
  `CREATE EXTENSION IF NOT EXISTS pg_trgm`,

  `CREATE TABLE projects (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    team_id uuid NOT NULL REFERENCES teams (id),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
    revision bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (id, team_id)
  )`,
  `CREATE INDEX projects_team ON projects (team_id, name, id)`,

  `ALTER TABLE teams ADD COLUMN revision bigint NOT NULL DEFAULT 0`,

  // A file is in a project of its own team. Its log begins after base_seq: that of a copy where the copy was taken.
  // What is purged is in the trash and leaves for ever.
  `ALTER TABLE files
     ADD COLUMN project_id uuid,
     ADD COLUMN revision bigint NOT NULL DEFAULT 0,
     ADD COLUMN base_seq bigint NOT NULL DEFAULT 0,
     ADD COLUMN purged_at timestamptz,
     ADD FOREIGN KEY (project_id, team_id) REFERENCES projects (id, team_id),
     ADD CHECK (project_id IS NULL OR team_id IS NOT NULL),
     ADD CHECK (purged_at IS NULL OR deleted_at IS NOT NULL)`,

  // None of them has a column that a commit writes: that would cost every commit of a file its update in place.
  `DROP INDEX files_team`,
  `CREATE INDEX files_team ON files (team_id, created_at DESC, id DESC) WHERE deleted_at IS NULL AND team_id IS NOT NULL`,
  `CREATE INDEX files_project ON files (project_id, created_at DESC, id DESC) WHERE project_id IS NOT NULL`,
  `CREATE INDEX files_trash ON files (created_at DESC, id DESC) WHERE deleted_at IS NOT NULL`,
  `CREATE INDEX files_team_trash ON files (team_id, created_at DESC, id DESC) WHERE deleted_at IS NOT NULL AND team_id IS NOT NULL`,
  `CREATE INDEX files_name ON files USING gin (name gin_trgm_ops) WHERE deleted_at IS NULL`,

  // What leaves for ever is found by its file, and nothing that refers to it by reading tables from end to end.
  `CREATE INDEX files_purged ON files (id) WHERE purged_at IS NOT NULL`,
  `CREATE INDEX file_versions_file ON file_versions (file_id)`,
  `CREATE INDEX file_restores_file ON file_restores (file_id)`,
  `CREATE INDEX file_restores_before ON file_restores (before_version)`,
  `CREATE INDEX comment_reads_thread ON comment_reads (thread_id)`,
  `CREATE INDEX comment_replies_thread ON comment_replies (comment_id)`,
  `CREATE INDEX comment_mentions_file ON comment_mentions (file_id)`,

  `CREATE FUNCTION easel_revised() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    NEW.revision := NEW.revision + 1;
    RETURN NEW;
  END $$`,
  `CREATE TRIGGER revised BEFORE UPDATE OF name, team_id, project_id, deleted_at ON files
   FOR EACH ROW WHEN ((OLD.name, OLD.team_id, OLD.project_id, OLD.deleted_at) IS DISTINCT FROM (NEW.name, NEW.team_id, NEW.project_id, NEW.deleted_at))
   EXECUTE FUNCTION easel_revised()`,
  `CREATE TRIGGER revised BEFORE UPDATE OF name ON projects
   FOR EACH ROW WHEN (OLD.name <> NEW.name) EXECUTE FUNCTION easel_revised()`,
  `CREATE TRIGGER revised BEFORE UPDATE OF name ON teams
   FOR EACH ROW WHEN (OLD.name <> NEW.name) EXECUTE FUNCTION easel_revised()`,

  // Changes of a team's members pass over the trash, so what leaves it has to be asked about again.
  `CREATE TRIGGER trash_changed BEFORE UPDATE OF deleted_at ON files
   FOR EACH ROW WHEN (OLD.deleted_at IS DISTINCT FROM NEW.deleted_at) EXECUTE FUNCTION easel_file_team_changed()`,
  `DROP TRIGGER announce_access ON files`,
  `CREATE TRIGGER announce_access AFTER UPDATE OF access, team_id, deleted_at ON files
   FOR EACH ROW WHEN (OLD.access <> NEW.access) EXECUTE FUNCTION easel_announce_file_access()`,

  // What they were, and what they were answered. What they made has ids that are made of the key.
  `CREATE TABLE idempotency_keys (
    user_id text NOT NULL,
    key text NOT NULL,
    request_sha256 bytea NOT NULL,
    answer text,
    locked_until timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, key)
  )`,
  `CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at)`
]

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
