// A fixture that kills the program at a chosen write to the ledger, by the server alone: triggers
// on the ledger's tables count, and the one that is reached waits for the test.
#pragma once

#include "engine/base/deadline.h"
#include "tests/apply/applied_rows.h"

#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <string>

namespace regraft::apply {

// Where a program stands when it dies: inside a transaction, which the server then rolls back, or
// in a commit, which the server then finishes.
enum class At { kStatement, kCommit };

inline const char* Word(At at) { return at == At::kStatement ? "statement" : "commit"; }

class Tripwired : public AppliedRows {
 protected:
  // REQUIRES: the ledger is there.
  void AddTripwire() {
    database_.Sql(kTripwire);
    database_.Sql(
        "CREATE TABLE regraft_test.position AS SELECT format('%I.%I', schemaname, "
        "sequencename)::regclass AS sequence, start_value, last_value FROM pg_sequences "
        "WHERE schemaname !~ '^regraft'");
    last_oid_ = database_.Scalar("SELECT max(oid) FROM pg_class");
  }
  // The one thing that an undo leaves, and that new keys begin with.
  void RestoreSequences() {
    database_.Sql(
        "SELECT setval(sequence, coalesce(last_value, start_value), last_value IS NOT "
        "NULL) FROM regraft_test.position");
  }
  // The n-th statement or commit from now on waits; 0: none does.
  void SetTripwire(At at, int64_t number) {
    database_.Sql(
        "SELECT setval('regraft_test.statement', 1, false), "
        "setval('regraft_test.commit', 1, false); UPDATE regraft_test.tripwire SET at = '" +
        std::string(Word(at)) + "', number = " + std::to_string(number));
  }
  // How many there were since.
  int64_t Passed(At at) {
    return std::stoll(
        database_.Scalar("SELECT last_value - CASE WHEN is_called THEN 0 ELSE 1 END "
                         "FROM regraft_test." +
                         std::string(Word(at))));
  }

  // The program is dead; its session stands at the wire until the gate opens.
  struct Hit {
    std::string session, pid;  // empty: it ended before it came to the wire
    std::string state;
    int exit_code = 0;
    std::string errors;
  };
  Hit KillAt(const Words& command, At at, int64_t number) {
    gate_ = std::make_unique<pg::Connection>(database_.Connect("gate"));
    EXPECT_TRUE(gate_->Run("SELECT pg_advisory_lock(4712)").ok());
    SetTripwire(at, number);
    support::RunningProgram program = support::Start(Command(command));
    Hit hit;
    const Deadline deadline = Deadline::After(std::chrono::seconds(60));
    for (std::optional<support::ProgramResult> ended; !ended.has_value();) {
      if (const auto waiting = database_.Rows(kWaiting); !waiting.empty()) {
        hit = {.session = waiting[0][0], .pid = waiting[0][1], .state = LedgerState()};
        break;
      }
      if (deadline.passed()) {
        ADD_FAILURE() << "neither ended nor at the wire: " << program.ReadErrors();
        break;
      }
      ended = program.Wait(Deadline::After(std::chrono::milliseconds(1)));
    }
    program.Kill(SIGKILL);
    const auto result = program.Wait(Deadline::After(std::chrono::seconds(30)));
    if (result.has_value()) hit.exit_code = result->exit_code;
    if (result.has_value()) hit.errors = result->output + result->errors;
    SetTripwire(at, 0);
    return hit;
  }
  void OpenGate() { gate_.reset(); }
  void AwaitQuiet() {
    Await(
        "SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = current_database() AND "
        "application_name LIKE 'regraft/%' AND application_name NOT LIKE '%gate'");
  }
  void Await(const std::string& condition, support::Here here = {}) {
    const Deadline deadline = Deadline::After(std::chrono::seconds(60));
    while (database_.Scalar(condition) != "t")
      ASSERT_FALSE(deadline.passed()) << here.line << ": " << condition;
  }

  // Which action, how many steps and chunks.
  std::string LedgerState() {
    return database_.Scalar(
        "SELECT concat_ws('; ', coalesce(string_agg(DISTINCT action_id || ' ' || state, ', ') "
        "FILTER (WHERE state NOT IN ('waiting', 'done', 'undone')), 'nothing running'), count(*) "
        "FILTER (WHERE state = 'done') || ' done', count(*) FILTER (WHERE state = 'undone') || ' "
        "undone', (SELECT count(*) || ' steps' FROM regraft.plan_step s WHERE s.run_id = "
        "max(a.run_id) AND done_at IS NOT NULL), (SELECT string_agg(format('copy %s: %s of %s "
        "chunks', r.state, (SELECT count(*) FROM regraft.chunk_done d WHERE d.run_id = r.run_id), "
        "(SELECT count(*) FROM regraft.chunk c WHERE c.run_id = r.run_id)), ', ' ORDER BY "
        "r.run_id) FROM regraft.run r WHERE r.state <> 'discarded')) FROM regraft.plan_action a "
        "WHERE run_id = (SELECT max(run_id) FROM regraft.plan_run)");
  }
  static constexpr const char* kWaiting =
      "SELECT application_name, pid FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE "
      "l.locktype = 'advisory' AND l.objid = 4712 AND NOT l.granted AND a.datname = "
      "current_database()";
  // Of each transaction only the first deferred trigger counts. Lanes set replica: ALWAYS. A freeze
  // alters the leaf lock's own tables, which their pending triggers would refuse.
  static constexpr const char* kTripwire = R"sql(
CREATE SCHEMA regraft_test;
CREATE SEQUENCE regraft_test.statement;
CREATE SEQUENCE regraft_test.commit;
CREATE TABLE regraft_test.tripwire AS SELECT '' AS at, 0 AS number;
CREATE FUNCTION regraft_test.pass() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE which text := CASE TG_LEVEL WHEN 'ROW' THEN 'commit' ELSE 'statement' END;
BEGIN
  IF which = 'commit' THEN
    IF current_setting('regraft_test.seen', true) = pg_current_xact_id()::text THEN RETURN NULL; END IF;
    PERFORM set_config('regraft_test.seen', pg_current_xact_id()::text, true);
  END IF;
  IF nextval(('regraft_test.' || which)::regclass) = (SELECT number FROM regraft_test.tripwire WHERE at = which)
  THEN PERFORM pg_advisory_xact_lock_shared(4712); END IF;
  RETURN NULL;
END$$;
DO $$ DECLARE ledger regclass; BEGIN
  FOR ledger IN SELECT oid FROM pg_class WHERE relnamespace = 'regraft'::regnamespace AND relkind = 'r'
    AND relname !~ '^(leaf_lock|lock_part|locked_schema|permit|registry|unlock)' LOOP
    EXECUTE format('CREATE TRIGGER regraft_statement AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH '
                   'STATEMENT EXECUTE FUNCTION regraft_test.pass()', ledger);
    EXECUTE format('CREATE CONSTRAINT TRIGGER regraft_commit AFTER INSERT OR UPDATE OR DELETE ON %s '
                   'DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION regraft_test.pass()', ledger);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER regraft_statement, ENABLE ALWAYS TRIGGER '
                   'regraft_commit', ledger);
  END LOOP;
END$$;
)sql";

  std::unique_ptr<pg::Connection> gate_;
  std::string last_oid_ = "0";
};

}  // namespace regraft::apply
