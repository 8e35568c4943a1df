// What audits found.

#include "engine/ledger/migrations.h"

namespace regraft::ledger {

const char* const kAuditsMigration = R"sql(
CREATE TABLE regraft.audit_run (
  run_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  plan_name     text NOT NULL,
  plan_sha256   text NOT NULL,
  snapshot_at   timestamptz NOT NULL,
  session_role  text NOT NULL DEFAULT session_user,
  recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE regraft.audit_run IS 'Every time that audits of a plan were run; all of a run see one snapshot';

CREATE TABLE regraft.audit_result (
  run_id      bigint NOT NULL REFERENCES regraft.audit_run,
  position    int NOT NULL,
  audit_id    text NOT NULL,
  definition  text NOT NULL,
  found       bigint,
  expected    bigint,
  tolerance   bigint,
  passed      boolean NOT NULL,
  parts       jsonb NOT NULL,
  PRIMARY KEY (run_id, position)
);
CREATE INDEX result_of_audit ON regraft.audit_result (audit_id, run_id);
COMMENT ON TABLE regraft.audit_result IS 'What each check of a run found; definition: the check itself, without what it expects';
)sql";

}  // namespace regraft::ledger
