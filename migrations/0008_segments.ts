/**
 * Segments: where operations lie that are too old for the log's table. A run of a file's log, compressed, is a blob;
 * here is which run, and what is needed to find a key in it.
 *
 * `operations_kept` holds the few old rows whose keys cannot be found that way (`Segments`). It is a partition like the
 * months, before all of them, so that commits look keys up in it as they do in every earlier partition.
 */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const statements = [
  `CREATE TABLE log_segments (
    file_id uuid NOT NULL REFERENCES files (id),
    from_seq bigint NOT NULL,
    to_seq bigint NOT NULL CHECK (to_seq >= from_seq),
    format integer NOT NULL,
    sha256 text NOT NULL,
    bytes bigint NOT NULL,
    latest_timestamp bigint NOT NULL,
    key_hashes bigint[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (file_id, from_seq)
  )`,
  // Hashes do not compress.
  `ALTER TABLE log_segments ALTER COLUMN key_hashes SET STORAGE EXTERNAL`,
  `CREATE INDEX log_segments_sha256 ON log_segments (sha256)`,

  `CREATE TABLE operations_kept (LIKE operations INCLUDING DEFAULTS)`,
  `ALTER TABLE operations_kept ADD PRIMARY KEY (file_id, seq), ADD UNIQUE (file_id, idempotency_key)`,
  `ALTER TABLE operations ATTACH PARTITION operations_kept FOR VALUES FROM (MINVALUE) TO ('1971-01-01 00:00:00+00')`
]

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
