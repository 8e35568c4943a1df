// What proves a plan's execution, and all that a report says of it.

#include "engine/ledger/migrations.h"

namespace regraft::ledger {

const char* const kPlanProofsMigration = R"sql(
CREATE TABLE regraft.saved_plan (
  plan_sha256  text PRIMARY KEY CHECK (plan_sha256 ~ '^[0-9a-f]{64}$'),
  document     text NOT NULL,
  stored_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE regraft.saved_plan IS 'Saved plans that were executed, as their files were';

ALTER TABLE regraft.plan_action
  ADD COLUMN source_oid oid NOT NULL DEFAULT 0,
  ADD COLUMN target_oid oid NOT NULL DEFAULT 0;

CREATE TABLE regraft.plan_verification (
  verification_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id           bigint NOT NULL,
  action_id        text NOT NULL,
  verified_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  equal            boolean NOT NULL,
  rows_source      bigint,
  rows_target      bigint,
  rows_remainder   bigint,
  source_digest    text,
  rebuilt_digest   text,
  words            text NOT NULL DEFAULT '',
  FOREIGN KEY (run_id, action_id) REFERENCES regraft.plan_action
);
CREATE INDEX verification_of_action ON regraft.plan_verification (run_id, action_id, verification_id);
COMMENT ON TABLE regraft.plan_verification IS 'Every time an action was proved again, and what came out';

CREATE TABLE regraft.receipt (
  receipt_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id      bigint NOT NULL,
  action_id   text NOT NULL,
  root        text NOT NULL,
  document    text NOT NULL,
  issued_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  FOREIGN KEY (run_id, action_id) REFERENCES regraft.plan_action
);
CREATE INDEX receipt_of_action ON regraft.receipt (run_id, action_id, receipt_id);
COMMENT ON TABLE regraft.receipt IS 'Digests of an action''s rows that prove it later, even without its source';

DROP VIEW regraft.accounting;
CREATE VIEW regraft.accounting AS
SELECT a.action_id AS action, a.source, a.target, a.discriminator,
       coalesce(a.rows_source, v.rows_source) AS rows_source,
       coalesce(a.rows_target, v.rows_target) AS rows_target,
       coalesce(a.rows_remainder, v.rows_remainder) AS rows_remainder,
       a.remainder_table,
       coalesce(a.source_digest, v.source_digest) AS digest_source,
       coalesce(v.rebuilt_digest, a.rebuilt_digest) AS digest_rebuilt,
       coalesce(v.verified_at, a.verified_at) AS verified_at, a.state, a.run_id
FROM regraft.plan_action a
LEFT JOIN LATERAL (
  SELECT * FROM regraft.plan_verification v WHERE v.run_id = a.run_id AND v.action_id = a.action_id
  ORDER BY v.verification_id DESC LIMIT 1) v ON true
WHERE a.state <> 'undone' AND a.kind NOT IN ('prepare', 'freeze')
UNION ALL
SELECT NULL, c.source_name, c.target_name, c.provenance, r.source_rows, coalesce(d.rows, 0)::bigint, r.remainder_rows,
       r.remainder_name, NULL, NULL, r.verified_at, r.state, r.run_id
FROM regraft.run r
JOIN regraft.copy c USING (copy_id)
LEFT JOIN (SELECT run_id, sum(rows) AS rows FROM regraft.chunk_done GROUP BY run_id) d USING (run_id)
WHERE r.state <> 'discarded' AND NOT EXISTS (
  SELECT FROM regraft.plan_action a
  WHERE a.kind = 'merge' AND a.source_oid = c.source_oid AND a.target_oid = c.target_oid
    AND a.discriminator = c.provenance);
COMMENT ON VIEW regraft.accounting IS 'One row per action of a plan, and per copy without one: rows_source = rows_target + rows_remainder';
)sql";

}  // namespace regraft::ledger
