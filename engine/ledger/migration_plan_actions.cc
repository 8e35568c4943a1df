// What was done of a plan.

#include "engine/ledger/migrations.h"

namespace regraft::ledger {

const char* const kPlanActionsMigration = R"sql(
CREATE TABLE regraft.plan_action (
  run_id           bigint NOT NULL REFERENCES regraft.plan_run,
  action_id        text NOT NULL,
  position         int NOT NULL,
  kind             text NOT NULL,
  source           text NOT NULL,
  target           text NOT NULL,
  discriminator    text NOT NULL,
  state            text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'undone')),
  rows_source      bigint,
  rows_target      bigint,
  rows_remainder   bigint,
  remainder_table  text,
  source_digest    text,
  rebuilt_digest   text,
  started_at       timestamptz,
  finished_at      timestamptz,
  verified_at      timestamptz,
  undone_at        timestamptz,
  error            text,
  PRIMARY KEY (run_id, action_id),
  UNIQUE (run_id, position),
  CHECK (rows_source = rows_target + rows_remainder)
);
COMMENT ON TABLE regraft.plan_action IS 'One row per action of a run; the state commits together with what was done';

CREATE TABLE regraft.plan_step (
  run_id     bigint NOT NULL,
  action_id  text NOT NULL,
  step       int NOT NULL,
  sql        text NOT NULL,
  undo       text NOT NULL,
  done_at    timestamptz,
  undone_at  timestamptz,
  PRIMARY KEY (run_id, action_id, step),
  FOREIGN KEY (run_id, action_id) REFERENCES regraft.plan_action
);
COMMENT ON TABLE regraft.plan_step IS 'Statements of an action, and what takes each back';

CREATE TABLE regraft.plan_dossier (
  run_id    bigint NOT NULL REFERENCES regraft.plan_run,
  relation  oid NOT NULL,
  name      text NOT NULL,
  facts     jsonb NOT NULL,
  PRIMARY KEY (run_id, relation)
);
COMMENT ON TABLE regraft.plan_dossier IS 'How the run left each relation, as the catalog says it; the next step compares';
)sql";

}  // namespace regraft::ledger
