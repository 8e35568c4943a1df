// Who approved a plan, who answered its questions.

#include "engine/ledger/migrations.h"

namespace regraft::ledger {

const char* const kApprovalsMigration = R"sql(
CREATE TABLE regraft.approval (
  approval_id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  plan_sha256            text NOT NULL CHECK (plan_sha256 ~ '^[0-9a-f]{64}$'),
  number                 bigint NOT NULL CHECK (number > 0),
  approved_by            text NOT NULL CHECK (approved_by <> ''),
  note                   text NOT NULL DEFAULT '',
  session_role           text NOT NULL DEFAULT session_user,
  client_address         inet DEFAULT inet_client_addr(),
  approved_at            timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at             timestamptz NOT NULL CHECK (expires_at >= approved_at),
  revoked_at             timestamptz,
  revoked_by             text,
  revoke_reason          text,
  revoke_session_role    text,
  revoke_client_address  inet,
  CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE INDEX approval_of_plan ON regraft.approval (plan_sha256, number);
COMMENT ON TABLE regraft.approval IS 'Who approved a saved plan; consumed when plan_run has its plan and number';

CREATE TABLE regraft.plan_run (
  run_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  plan_sha256   text NOT NULL,
  number        bigint NOT NULL CHECK (number > 0),
  session_role  text NOT NULL DEFAULT session_user,
  started_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (plan_sha256, number)
);
COMMENT ON TABLE regraft.plan_run IS 'Runs of saved plans; each consumes the approvals of its plan and number';

CREATE TABLE regraft.answer (
  answer_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  question_digest  text NOT NULL,
  question_id      text NOT NULL,
  table_name       text NOT NULL,
  question         text NOT NULL,
  choice           text NOT NULL,
  answered_by      text NOT NULL CHECK (answered_by <> ''),
  reason           text NOT NULL CHECK (reason <> ''),
  session_role     text NOT NULL DEFAULT session_user,
  client_address   inet DEFAULT inet_client_addr(),
  answered_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  superseded_at    timestamptz
);
CREATE UNIQUE INDEX answer_in_force ON regraft.answer (question_digest) WHERE superseded_at IS NULL;
COMMENT ON TABLE regraft.answer IS 'Answers to the questions of plans; one of them in force per question';
)sql";

}  // namespace regraft::ledger
