// Which table is what, which schemas are locked, and what opens the lock. Schemas stand here by
// name, because a column of type regnamespace would keep pg_upgrade from upgrading the database.

#include "engine/ledger/migrations.h"

namespace regraft::ledger {

const char* const kLeafLockMigration = R"sql(
CREATE TABLE regraft.registry (
  leaf_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  relation       regclass UNIQUE,
  schema_name    name NOT NULL,
  relation_name  name NOT NULL,
  sub_hub        text,
  leaf_type      text NOT NULL DEFAULT 'UNCLASSIFIED',
  path           text,
  parent         regclass,
  frozen         boolean NOT NULL DEFAULT false,
  owner          name,
  shape          text[],
  origin         text NOT NULL,
  registered_by  text NOT NULL DEFAULT session_user,
  session_role   text NOT NULL DEFAULT session_user,
  registered_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  bound_xid      xid8,
  bound_at       timestamptz,
  UNIQUE (schema_name, relation_name),
  CHECK ((sub_hub IS NULL) = (leaf_type = 'UNCLASSIFIED'))
);
COMMENT ON TABLE regraft.registry IS 'Which relation is what; relation is NULL where a name is registered before its table exists';

CREATE TABLE regraft.registry_rule (
  rule_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  leaf_type  text NOT NULL,
  least      bigint NOT NULL,
  most       bigint,
  sub_hubs   text[] NOT NULL
);
COMMENT ON TABLE regraft.registry_rule IS 'How many leaves of a type a sub-hub has; no sub-hubs: each';

CREATE TABLE regraft.leaf_lock (
  lock_id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  keeper             name NOT NULL,
  guarded            boolean NOT NULL,
  plan_name          text NOT NULL,
  locked_by          text NOT NULL,
  session_role       text NOT NULL DEFAULT session_user,
  locked_at          timestamptz NOT NULL DEFAULT clock_timestamp(),
  lifted_at          timestamptz,
  lifted_by          text,
  lift_reason        text,
  lift_session_role  text
);
CREATE UNIQUE INDEX leaf_lock_in_force ON regraft.leaf_lock ((true)) WHERE lifted_at IS NULL;
COMMENT ON TABLE regraft.leaf_lock IS 'Leaf locks; one in force at most';

CREATE TABLE regraft.leaf_lock_step (
  lock_id  bigint NOT NULL REFERENCES regraft.leaf_lock,
  step     int NOT NULL,
  sql      text NOT NULL,
  undo     text NOT NULL,
  PRIMARY KEY (lock_id, step)
);
COMMENT ON TABLE regraft.leaf_lock_step IS 'Owners and privileges that a lock has changed, and what restores them';

CREATE TABLE regraft.locked_schema (
  schema_name  name PRIMARY KEY
);
COMMENT ON TABLE regraft.locked_schema IS 'Schemas of the lock in force';

CREATE TABLE regraft.permit (
  xid          xid8 NOT NULL PRIMARY KEY,
  pid          int NOT NULL,
  plan_sha256  text NOT NULL
);
COMMENT ON TABLE regraft.permit IS 'Transactions of approved runs that the guard lets pass; none is ever committed';

CREATE TABLE regraft.unlock (
  unlock_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  opened_by       text NOT NULL,
  reason          text NOT NULL CHECK (reason <> ''),
  session_role    text NOT NULL DEFAULT session_user,
  client_address  inet DEFAULT inet_client_addr(),
  opened_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at      timestamptz NOT NULL
);
COMMENT ON TABLE regraft.unlock IS 'For how long the guard was told to let everything pass, by whom and why';
)sql";

}  // namespace regraft::ledger
