/**
 * Who may do what with a file: members of the file, members of its team, and whoever holds a share link.
 *
 * `files.access` counts the changes of that. Commits carry the value that their roles were read at and are refused at
 * another one (`Journal`), so a role that was taken away cannot write any more from the moment its change commits,
 * whoever made it and however. Each change is announced on the channel `easel_access`.
 */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const role = `role text NOT NULL CHECK (role IN ('owner', 'editor', 'commenter', 'viewer'))`

const statements = [
  // Who a token names. A user is known from the first time that somebody gives it a role.
  `ALTER TABLE users ADD COLUMN subject text`,
  `UPDATE users SET subject = id::text`,
  `ALTER TABLE users ALTER COLUMN subject SET NOT NULL, ADD UNIQUE (subject)`,

  // Owners are members.
  `ALTER TABLE files DROP COLUMN owner_id, ADD COLUMN access bigint NOT NULL DEFAULT 0`,

  `CREATE TABLE file_members (
    file_id uuid NOT NULL REFERENCES files (id),
    user_id uuid NOT NULL REFERENCES users (id),
    ${role},
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (file_id, user_id)
  )`,
  `CREATE INDEX file_members_user ON file_members (user_id)`,

  `CREATE TABLE share_links (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    file_id uuid NOT NULL REFERENCES files (id),
    ${role.replace("'owner', ", "")},
    secret_sha256 bytea NOT NULL UNIQUE,
    expires_at timestamptz,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX share_links_file ON share_links (file_id, created_at)`,

  // Good for one sign-in each, and worth nothing after a crash.
  `CREATE UNLOGGED TABLE tickets (
    secret_sha256 bytea PRIMARY KEY,
    identity jsonb NOT NULL,
    expires_at timestamptz NOT NULL
  )`,
  `CREATE INDEX tickets_expiry ON tickets (expires_at)`,

  // Tokens that are refused although they are signed: one by its id, or all that a user was given until a moment.
  `CREATE TABLE revocations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    subject text,
    token_id text,
    issued_before timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CHECK ((subject IS NULL) <> (token_id IS NULL))
  )`,
  `CREATE INDEX revocations_expiry ON revocations (expires_at)`,

  `CREATE FUNCTION easel_file_access_changed() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE files SET access = access + 1 WHERE id = coalesce(NEW.file_id, OLD.file_id);
    RETURN NULL;
  END $$`,
  `CREATE TRIGGER access_changed AFTER INSERT OR UPDATE OR DELETE ON file_members
   FOR EACH ROW EXECUTE FUNCTION easel_file_access_changed()`,
  `CREATE TRIGGER access_changed AFTER INSERT OR UPDATE OR DELETE ON share_links
   FOR EACH ROW EXECUTE FUNCTION easel_file_access_changed()`,

  // In the order of their ids, as two changes at once must take them.
  `CREATE FUNCTION easel_team_access_changed() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE files SET access = access + 1 WHERE id IN (
      SELECT id FROM files WHERE team_id = coalesce(NEW.team_id, OLD.team_id) AND deleted_at IS NULL ORDER BY id FOR UPDATE);
    RETURN NULL;
  END $$`,
  `CREATE TRIGGER access_changed AFTER INSERT OR UPDATE OR DELETE ON team_members
   FOR EACH ROW EXECUTE FUNCTION easel_team_access_changed()`,

  `CREATE FUNCTION easel_file_team_changed() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    NEW.access := NEW.access + 1;
    RETURN NEW;
  END $$`,
  `CREATE TRIGGER team_changed BEFORE UPDATE OF team_id ON files
   FOR EACH ROW WHEN (OLD.team_id IS DISTINCT FROM NEW.team_id) EXECUTE FUNCTION easel_file_team_changed()`,

  `CREATE FUNCTION easel_announce_file_access() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM pg_notify('easel_access', 'file ' || NEW.id);
    RETURN NULL;
  END $$`,
  `CREATE TRIGGER announce_access AFTER UPDATE OF access, team_id ON files
   FOR EACH ROW WHEN (OLD.access <> NEW.access) EXECUTE FUNCTION easel_announce_file_access()`,

  `CREATE FUNCTION easel_announce_revocation() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM pg_notify('easel_access', 'revocation ' || NEW.id);
    RETURN NULL;
  END $$`,
  `CREATE TRIGGER announce_revocation AFTER INSERT ON revocations
   FOR EACH ROW EXECUTE FUNCTION easel_announce_revocation()`
]

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
