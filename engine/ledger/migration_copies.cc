// One table into another: regraft copy.

#include "engine/ledger/migrations.h"

namespace regraft::ledger {

const char* const kCopiesMigration = R"sql(
CREATE TABLE regraft.version (
  version      int PRIMARY KEY,
  installed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE regraft.copy (
  copy_id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  identity_digest  text NOT NULL UNIQUE,
  identity         jsonb NOT NULL,
  source_name      text NOT NULL,
  source_oid       oid NOT NULL,
  source_database  text NOT NULL,
  same_database    boolean NOT NULL,
  target_name      text NOT NULL,
  target_oid       oid NOT NULL,
  provenance       text NOT NULL,
  read_back        jsonb NOT NULL,
  created_at       timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE regraft.copy IS 'One row per copy: what goes where, and how it is proved';

CREATE TABLE regraft.run (
  run_id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  copy_id            bigint NOT NULL REFERENCES regraft.copy,
  state              text NOT NULL CHECK (state IN ('copying', 'copied', 'verified', 'different', 'discarded')),
  started_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at        timestamptz,
  verified_at        timestamptz,
  target_created     boolean NOT NULL DEFAULT false,
  foreign_keys_unchecked boolean NOT NULL DEFAULT false,
  others_rows        bigint NOT NULL,
  others_digest      text,
  source_rows        bigint,
  landed_rows        bigint,
  landed_digest      text,
  remainder_name     text,
  remainder_oid      oid,
  remainder_rows     bigint NOT NULL DEFAULT 0,
  remainder_digest   text,
  seconds_copy       double precision NOT NULL DEFAULT 0,
  seconds_verify     double precision NOT NULL DEFAULT 0
);
COMMENT ON TABLE regraft.run IS 'One row per execution of a copy; a resumed execution keeps its row';

CREATE TABLE regraft.chunk (
  run_id       bigint NOT NULL REFERENCES regraft.run,
  chunk        bigint NOT NULL,
  leaf_oid     oid NOT NULL,
  leaf_schema  text NOT NULL,
  leaf_name    text NOT NULL,
  leaf_kind    "char" NOT NULL,
  has_ctid     boolean NOT NULL,
  first_block  bigint NOT NULL,
  end_block    bigint NOT NULL,
  PRIMARY KEY (run_id, chunk)
);
COMMENT ON TABLE regraft.chunk IS 'The work list of a run, stored before its first row moves; end_block -1 is open';

CREATE TABLE regraft.chunk_done (
  run_id          bigint NOT NULL,
  chunk           bigint NOT NULL,
  xid             xid8 NOT NULL,
  rows            bigint NOT NULL,
  source_bytes    bigint NOT NULL,
  source_digest   text NOT NULL,
  written_bytes   bigint NOT NULL,
  written_digest  text NOT NULL,
  finished_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (run_id, chunk),
  FOREIGN KEY (run_id, chunk) REFERENCES regraft.chunk
);
COMMENT ON TABLE regraft.chunk_done IS 'Committed in the same transaction as the rows it counts';

CREATE TABLE regraft.remainder (
  run_id    bigint NOT NULL REFERENCES regraft.run,
  leaf_oid  oid NOT NULL,
  row_ctid  tid NOT NULL,
  reason    text NOT NULL,
  winner    text,
  PRIMARY KEY (run_id, leaf_oid, row_ctid)
);
COMMENT ON TABLE regraft.remainder IS 'Rows that cannot enter the target, why, and what stands in their place';

CREATE TABLE regraft.step (
  run_id   bigint NOT NULL REFERENCES regraft.run,
  step     int NOT NULL,
  sql      text NOT NULL,
  done_at  timestamptz,
  PRIMARY KEY (run_id, step)
);
COMMENT ON TABLE regraft.step IS 'What remains to be done to the target after its rows (indexes of a created table)';

CREATE TABLE regraft.worker (
  run_id         bigint NOT NULL REFERENCES regraft.run,
  pid            int NOT NULL,
  backend_start  timestamptz NOT NULL,
  PRIMARY KEY (run_id, pid, backend_start)
);
COMMENT ON TABLE regraft.worker IS 'Sessions that may still be writing for a run whose program has died';

CREATE VIEW regraft.accounting AS
SELECT c.source_name AS source, c.target_name AS target, c.provenance AS discriminator, r.run_id, r.state,
       r.source_rows AS rows_source, coalesce(d.rows, 0)::bigint AS rows_target, r.remainder_rows AS rows_remainder,
       r.remainder_name AS remainder_table, r.landed_digest, r.verified_at
FROM regraft.run r
JOIN regraft.copy c USING (copy_id)
LEFT JOIN (SELECT run_id, sum(rows) AS rows FROM regraft.chunk_done GROUP BY run_id) d USING (run_id)
WHERE r.state <> 'discarded';
COMMENT ON VIEW regraft.accounting IS 'rows_source = rows_target + rows_remainder, for every run';
)sql";

}  // namespace regraft::ledger
