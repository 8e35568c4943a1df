// Which plans a leaf lock is made of.

#include "engine/ledger/migrations.h"

namespace regraft::ledger {

// Without a foreign key: regraft.leaf_lock may be a keeper's, who grants nobody the right to refer
// to it.
const char* const kLockPartsMigration = R"sql(
CREATE TABLE regraft.lock_part (
  lock_id    bigint NOT NULL,
  plan_name  text NOT NULL,
  locked_by  text NOT NULL,
  lock       text NOT NULL,
  PRIMARY KEY (lock_id, plan_name)
);
COMMENT ON TABLE regraft.lock_part IS 'Plans whose locks together are a leaf lock; lock: as in a plan file';
)sql";

}  // namespace regraft::ledger
