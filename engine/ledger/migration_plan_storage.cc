// What shows that an action which moves no row wrote none, and what a run's accounts say of actions
// that nobody is to execute any more.

#include "engine/ledger/migrations.h"

namespace regraft::ledger {

const char* const kPlanStorageMigration = R"sql(
CREATE TABLE regraft.plan_storage (
  run_id        bigint NOT NULL,
  action_id     text NOT NULL,
  files_before  text NOT NULL,
  files_after   text NOT NULL,
  rows_written  bigint NOT NULL,
  horizon       xid8 NOT NULL,
  PRIMARY KEY (run_id, action_id),
  FOREIGN KEY (run_id, action_id) REFERENCES regraft.plan_action,
  CHECK (files_after = files_before AND rows_written = 0)
);
COMMENT ON TABLE regraft.plan_storage IS 'Which files hold the rows of a table that an action only renamed, before and after it';

ALTER TABLE regraft.plan_action ADD COLUMN blocked_by text NOT NULL DEFAULT '';

CREATE OR REPLACE VIEW regraft.accounting AS
SELECT a.action_id AS action, a.source, a.target, a.discriminator,
       coalesce(a.rows_source, v.rows_source) AS rows_source,
       coalesce(a.rows_target, v.rows_target) AS rows_target,
       coalesce(a.rows_remainder, v.rows_remainder) AS rows_remainder,
       a.remainder_table,
       coalesce(a.source_digest, v.source_digest) AS digest_source,
       coalesce(v.rebuilt_digest, a.rebuilt_digest) AS digest_rebuilt,
       coalesce(v.verified_at, a.verified_at) AS verified_at,
       CASE WHEN a.state = 'waiting' AND a.blocked_by <> '' THEN 'blocked' ELSE a.state END AS state, a.run_id,
       s.files_before, s.files_after, s.rows_written
FROM regraft.plan_action a
LEFT JOIN regraft.plan_storage s USING (run_id, action_id)
LEFT JOIN LATERAL (
  SELECT * FROM regraft.plan_verification v WHERE v.run_id = a.run_id AND v.action_id = a.action_id
  ORDER BY v.verification_id DESC LIMIT 1) v ON true
WHERE a.state <> 'undone' AND a.kind NOT IN ('prepare', 'freeze')
  AND NOT (a.state = 'waiting' AND EXISTS (
    SELECT FROM regraft.plan_action u WHERE u.run_id = a.run_id AND u.state = 'undone'))
UNION ALL
SELECT NULL, c.source_name, c.target_name, c.provenance, r.source_rows, coalesce(d.rows, 0)::bigint, r.remainder_rows,
       r.remainder_name, NULL, NULL, r.verified_at, r.state, r.run_id, NULL, NULL, NULL
FROM regraft.run r
JOIN regraft.copy c USING (copy_id)
LEFT JOIN (SELECT run_id, sum(rows) AS rows FROM regraft.chunk_done GROUP BY run_id) d USING (run_id)
WHERE r.state <> 'discarded' AND NOT EXISTS (
  SELECT FROM regraft.plan_action a
  WHERE a.kind = 'merge' AND a.source_oid = c.source_oid AND a.target_oid = c.target_oid
    AND a.discriminator = c.provenance);
)sql";

}  // namespace regraft::ledger
