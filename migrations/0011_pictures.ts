/**
 * Assets, images that were put into a file; exports of a file that were made; and its thumbnail. Each is a blob, and a
 * row says which file it belongs to, and so who may read it. Rows go with their file, and a blob that no row names is
 * garbage.
 *
 * A version that is kept asks for a new thumbnail, by a trigger: whoever edits or saves need not know that there are any.
 */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const statements = [
  // Width and height are unknown of drawings that have none.
  `CREATE TABLE assets (
    file_id uuid NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    sha256 text NOT NULL,
    content_type text NOT NULL,
    bytes integer NOT NULL,
    width integer,
    height integer,
    thumbnail_sha256 text,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (file_id, sha256)
  )`,
  `CREATE INDEX assets_sha256 ON assets (sha256)`,
  `CREATE INDEX assets_thumbnail_sha256 ON assets (thumbnail_sha256) WHERE thumbnail_sha256 IS NOT NULL`,

  // The key names the state and how it is drawn.
  `CREATE TABLE exports (
    file_id uuid NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    key text NOT NULL,
    sha256 text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (file_id, key)
  )`,
  `CREATE INDEX exports_sha256 ON exports (sha256)`,
  `CREATE INDEX exports_created ON exports (created_at)`,

  // Without a blob: there is none yet, or nothing to be seen. Whoever makes one puts wanted_at off meanwhile.
  `CREATE TABLE file_thumbnails (
    file_id uuid PRIMARY KEY REFERENCES files (id) ON DELETE CASCADE,
    sha256 text,
    wanted_at timestamptz
  )`,
  `CREATE INDEX file_thumbnails_sha256 ON file_thumbnails (sha256) WHERE sha256 IS NOT NULL`,
  `CREATE INDEX file_thumbnails_wanted ON file_thumbnails (wanted_at) WHERE wanted_at IS NOT NULL`,
  `CREATE FUNCTION easel_want_thumbnail() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     INSERT INTO file_thumbnails (file_id, wanted_at) VALUES (NEW.file_id, now() + interval '5 seconds' + random() * interval '10 seconds')
     ON CONFLICT (file_id) DO UPDATE SET wanted_at = least(file_thumbnails.wanted_at, excluded.wanted_at);
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER easel_want_thumbnail AFTER INSERT ON file_versions FOR EACH ROW EXECUTE FUNCTION easel_want_thumbnail()`
]

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
