/**
 * Users, teams, files, the operations log, versions, checkpoints and comments.
 *
 * `operations` is the journal and the audit log. It is partitioned by month (UTC) of commit, so that old months can be
 * detached; each partition has unique (file_id, seq) and (file_id, idempotency_key). Across partitions the fence on
 * `files` (epoch and head_seq in the inserting statement) keeps seqs unique, and the statement looks keys up in the
 * older partitions.
 */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const statements = [
  `CREATE TABLE users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
    email text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
  )`,
  `CREATE UNIQUE INDEX users_email ON users (lower(email)) WHERE deleted_at IS NULL AND email IS NOT NULL`,

  `CREATE TABLE teams (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
  )`,

  `CREATE TABLE team_members (
    team_id uuid NOT NULL REFERENCES teams (id),
    user_id uuid NOT NULL REFERENCES users (id),
    role text NOT NULL CHECK (role IN ('owner', 'editor', 'commenter', 'viewer')),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (team_id, user_id)
  )`,
  `CREATE INDEX team_members_user ON team_members (user_id)`,

  `CREATE TABLE files (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
    team_id uuid REFERENCES teams (id),
    owner_id uuid REFERENCES users (id),
    epoch bigint NOT NULL DEFAULT 0,
    head_seq bigint NOT NULL DEFAULT 0,
    canvas_data jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
  ) WITH (fillfactor = 70)`,
  `CREATE INDEX files_recent ON files (created_at DESC, id DESC) WHERE deleted_at IS NULL`,
  `CREATE INDEX files_team ON files (team_id, created_at DESC) WHERE deleted_at IS NULL AND team_id IS NOT NULL`,

  `CREATE TABLE operations (
    file_id uuid NOT NULL,
    seq bigint NOT NULL,
    epoch bigint NOT NULL,
    committed_at timestamptz NOT NULL DEFAULT now(),
    operation_id text NOT NULL,
    idempotency_key text NOT NULL,
    content_hash text NOT NULL,
    status text NOT NULL,
    operation_type text NOT NULL,
    object_id text NOT NULL,
    property_path text,
    old_value jsonb,
    new_value jsonb,
    "timestamp" bigint NOT NULL,
    user_id text NOT NULL,
    client_id text NOT NULL
  ) PARTITION BY RANGE (committed_at)`,
  `CREATE FUNCTION easel_ensure_operations_partition(month date) RETURNS void LANGUAGE plpgsql AS $$
  DECLARE
    first date := date_trunc('month', month);
    name text := 'operations_' || to_char(first, 'YYYY_MM');
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('easel_operations_partition'));
    IF to_regclass(name) IS NOT NULL THEN RETURN; END IF;
    EXECUTE format('CREATE TABLE %I (LIKE operations INCLUDING DEFAULTS)', name);
    EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (file_id, seq), ADD UNIQUE (file_id, idempotency_key)', name);
    EXECUTE format(
      'ALTER TABLE operations ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
      name, first::timestamp AT TIME ZONE 'UTC', (first + interval '1 month') AT TIME ZONE 'UTC');
  END $$`,
  `SELECT easel_ensure_operations_partition(((now() AT TIME ZONE 'UTC') + make_interval(months => m))::date)
   FROM (SELECT 0 AS m UNION ALL SELECT 1 UNION ALL SELECT 2) months`,

  `CREATE TABLE file_checkpoints (
    file_id uuid NOT NULL REFERENCES files (id),
    seq bigint NOT NULL,
    epoch bigint NOT NULL,
    format integer NOT NULL,
    sha256 text NOT NULL,
    bytes bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (file_id, seq)
  )`,

  `CREATE TABLE file_versions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    file_id uuid NOT NULL REFERENCES files (id),
    seq bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('named', 'auto', 'restore')),
    name text CHECK (length(name) BETWEEN 1 AND 255),
    created_by text NOT NULL,
    sha256 text,
    bytes bigint,
    pinned boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
  )`,
  `CREATE INDEX file_versions_recent ON file_versions (file_id, created_at DESC) WHERE deleted_at IS NULL`,

  `CREATE TABLE comments (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    file_id uuid NOT NULL REFERENCES files (id),
    object_id text,
    anchor jsonb NOT NULL,
    body text NOT NULL,
    created_by text NOT NULL,
    resolved_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
  )`,
  `CREATE INDEX comments_file ON comments (file_id, created_at DESC) WHERE deleted_at IS NULL`,
  `CREATE TABLE comment_replies (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    comment_id uuid NOT NULL REFERENCES comments (id),
    body text NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
  )`,
  `CREATE INDEX comment_replies_comment ON comment_replies (comment_id, created_at) WHERE deleted_at IS NULL`
]

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
