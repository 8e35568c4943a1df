// What the registry said of a table before an action took it away.

#include "engine/ledger/migrations.h"

namespace regraft::ledger {

const char* const kLeafBeforeMigration = R"sql(
CREATE TABLE regraft.leaf_before (
  run_id         bigint NOT NULL,
  action_id      text NOT NULL,
  sub_hub        text,
  leaf_type      text,
  path           text,
  origin         text,
  registered_by  text,
  registered_at  timestamptz,
  PRIMARY KEY (run_id, action_id),
  FOREIGN KEY (run_id, action_id) REFERENCES regraft.plan_action
);
COMMENT ON TABLE regraft.leaf_before IS 'What the registry said of an action''s source before; no leaf type: nothing';
)sql";

}  // namespace regraft::ledger
