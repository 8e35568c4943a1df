// What repairs of data have kept.

#include "engine/ledger/migrations.h"

namespace regraft::ledger {

const char* const kCleanMigration = R"sql(
CREATE TABLE regraft.clean_change (
  run_id       bigint NOT NULL,
  action_id    text NOT NULL,
  position     int NOT NULL,
  relation     oid NOT NULL,
  name         text NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('values', 'rows')),
  key_columns  jsonb NOT NULL,
  columns      jsonb NOT NULL,
  kept         text NOT NULL,
  rows         bigint NOT NULL,
  digest       text NOT NULL,
  suppressed   boolean NOT NULL,
  PRIMARY KEY (run_id, action_id, position),
  FOREIGN KEY (run_id, action_id) REFERENCES regraft.plan_action
);
COMMENT ON TABLE regraft.clean_change IS 'What a repair changed in one table, and which table keeps what was there before';
)sql";

}  // namespace regraft::ledger
