// What fails from outside while a plan of all kinds is executed: sessions that are ended, locks
// that others hold, disks that are full, sources that change, two programs at once. Nothing is ever
// half done, and the same command goes on.

#include "engine/base/deadline.h"
#include "tests/apply/applying.h"
#include "tests/support/small_disk.h"

#include <chrono>
#include <csignal>

namespace regraft::apply {
namespace {

using ::testing::HasSubstr;

// The merge's rows wait in the target for whoever holds lock 77.
constexpr const char* kTables = R"sql(
CREATE SCHEMA app;
CREATE FUNCTION app.gate() RETURNS int LANGUAGE plpgsql AS
  'BEGIN PERFORM pg_advisory_xact_lock_shared(77); RETURN 1; END';
CREATE TABLE app.orders (id int PRIMARY KEY, amount numeric, origin text, gated int DEFAULT app.gate());
INSERT INTO app.orders SELECT g, g / 8.0, 'here', 1 FROM generate_series(1, 20) g;
CREATE TABLE app.old AS SELECT g AS id, g / 4.0 AS amount FROM generate_series(11, 500) g;
CREATE TABLE app.person (id int PRIMARY KEY, name text);
INSERT INTO app.person SELECT g, 'p' || g FROM generate_series(1, 50) g;
CREATE TABLE app.note AS SELECT g % 60 AS person, 'w' || g AS words FROM generate_series(1, 100) g;
CREATE TABLE app.size (person int NOT NULL UNIQUE, cm int);
INSERT INTO app.size SELECT g, g * 3 FROM generate_series(1, 40) g;
CREATE TABLE app.gone AS SELECT g AS id FROM generate_series(1, 10) g;
CREATE TABLE app.away AS SELECT g AS id FROM generate_series(1, 10) g;
CREATE TABLE app.log AS SELECT -g AS at, 'l' || g AS words FROM generate_series(1, 300) g;
CREATE TABLE app.total (n int);
)sql";

constexpr const char* kPlan = R"yaml(
actions:
- {archive: app.gone, id: A, to: archive.gone}
- {move: app.away, id: V, to: app.went}
- {merge: app.old, id: M, into: app.orders, set: {origin: old}, remainder: app.old_rest}
- {merge_jsonb: app.note, id: J, into: app.person, join: {person: id}, column: notes, several: array, unmatched: remainder}
- {merge_cols: app.size, id: C, into: app.person, join: {person: id}, prefix: s_}
- {add_pk: app.log, id: K, column: log_id, order_by: [at]}
- {keep_as_mv: app.total, id: L}
)yaml";

class Failing : public Applying {
 protected:
  Failing() {
    database_.Sql(kTables);
    before_ = State();
    Plan(kPlan);
    Approve();
  }
  std::string One(const std::string& select) { return database_.Scalar("SELECT " + select); }

  // By hand, and once: how it came about does not matter.
  void ExpectAllDone(support::Here here = {}) {
    SCOPED_TRACE(here.line);
    EXPECT_EQ(Finished(), "A C J K L M V");
    EXPECT_EQ(
        One("concat_ws(' ', count(*), sum(id), sum(amount)) FROM app.orders WHERE origin = "
            "'old'"),
        One("concat_ws(' ', count(*), sum(g), sum(g / 4.0)) FROM generate_series(21, 500) g"));
    EXPECT_EQ(One("concat_ws(' ', count(*), min(id), max(id)) FROM app.old_rest"), "10 11 20");
    EXPECT_EQ(One("concat_ws(' ', count(*), sum(id)) FROM app.orders WHERE origin = 'here'"),
              "20 210");
    EXPECT_EQ(One("sum(jsonb_array_length(notes)) FROM app.person"), "90");
    EXPECT_EQ(One("concat_ws(' ', count(s_cm), sum(s_cm - 3 * id)) FROM app.person"), "40 0");
    EXPECT_EQ(One("concat_ws(' ', count(DISTINCT log_id), min(log_id), max(log_id)) FROM app.log"),
              "300 1 300");
    EXPECT_EQ(One("concat_ws(' ', (SELECT count(*) FROM archive.gone), (SELECT count(*) FROM "
                  "app.went))"),
              "10 10");
    EXPECT_EQ(One("count(*) FROM regraft.accounting WHERE rows_source <> rows_target + "
                  "rows_remainder OR digest_source <> digest_rebuilt"),
              "0");
  }
  void ExpectUndone(support::Here here = {}) {
    Expect(0, "undone", Undo(), here);
    ExpectSameText(before_, State(), here);
  }
  std::string Finished() {
    return One(
        "string_agg(action_id, ' ' ORDER BY action_id) FROM regraft.plan_action WHERE state "
        "= 'done' AND run_id = (SELECT max(run_id) FROM regraft.plan_run)");
  }
  void AwaitGate(support::RunningProgram* program, support::Here here = {}) {
    const Deadline deadline = Deadline::After(std::chrono::seconds(30));
    while (One("count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 77 AND NOT "
               "granted") == "0")
      ASSERT_FALSE(deadline.passed()) << here.line << program->ReadErrors();
  }
  support::ProgramResult End(support::RunningProgram* program, support::Here here = {}) {
    const auto result = program->Wait(Deadline::After(std::chrono::seconds(60)));
    if (result.has_value()) return *result;
    ADD_FAILURE() << here.line << ": still runs: " << program->ReadErrors();
    return {.exit_code = -1};
  }

  std::string before_;
};

// Each session of a merge that is under way, and of its plan.
class FailingSessions : public Failing, public ::testing::WithParamInterface<const char*> {};

TEST_P(FailingSessions, AreReportedAndTheSameCommandGoesOn) {
  pg::Connection gate = database_.Connect("gate");
  ASSERT_TRUE(gate.Run("SELECT pg_advisory_lock(77)").ok());
  support::RunningProgram program = support::Start(Command({"apply", file(), "--yes"}));
  AwaitGate(&program);
  ASSERT_EQ(One("count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = "
                "current_database() AND application_name = 'regraft/" +
                std::string(GetParam()) + "'"),
            "1");
  ASSERT_TRUE(gate.Run("SELECT pg_advisory_unlock(77)").ok());
  const auto result = End(&program);
  // A reader has read everything by now, and is needed no more.
  if (result.exit_code != 0 || GetParam() != std::string("source-reader/1")) {
    EXPECT_EQ(result.exit_code, 1) << result.output << result.errors;
    EXPECT_THAT(result.errors, HasSubstr("terminat")) << result.errors;
  }
  Expect(0, "", Apply());
  ExpectAllDone();
  ExpectUndone();
}

INSTANTIATE_TEST_SUITE_P(OfAMerge, FailingSessions,
                         ::testing::Values("apply-lock", "apply", "source-locker",
                                           "source-reader/1", "target-writer/1", "copy-lock"),
                         [](const auto& role) {
                           std::string name;
                           for (const char c : std::string(role.param))
                             if (std::isalnum(static_cast<unsigned char>(c)) != 0) name += c;
                           return name;
                         });

TEST_F(Failing, OnALockedLedgerEndsInTimeAndTheSameCommandGoesOn) {
  Expect(0, "", Apply({"--only", "A"}));
  pg::Connection other = database_.Connect("other");
  const auto lock = [&] {
    return other.Run("BEGIN; LOCK TABLE regraft.plan_action IN SHARE ROW EXCLUSIVE MODE").ok();
  };
  ASSERT_TRUE(lock());
  Expect(4, "--lock-wait", Apply({"--lock-wait", "1"}));
  ASSERT_TRUE(other.Run("COMMIT").ok());
  Expect(0, "continuing run", Apply());
  ExpectAllDone();
  ASSERT_TRUE(lock());
  Expect(4, "held a lock", Undo({"--lock-wait", "1"}));
  ASSERT_TRUE(other.Run("COMMIT").ok());
  ExpectUndone();
}

// Readers alone keep an action from its last step; those that need less go on.
TEST_F(Failing, OnLocksLeavesNothingHalfDone) {
  pg::Connection reader = database_.Connect("reader");
  ASSERT_TRUE(reader
                  .Run("BEGIN; LOCK TABLE app.gone, app.away, app.old, app.note, app.size, app.log "
                       "IN ACCESS SHARE MODE; LOCK TABLE app.total IN SHARE UPDATE EXCLUSIVE MODE")
                  .ok());
  const auto result = Apply({"--lock-wait", "0"});
  Expect(4, "the same command is safe", result);
  EXPECT_EQ(Finished(), support::kNull);
  EXPECT_EQ(One("count(*) FROM pg_attribute WHERE attrelid IN ('app.person'::regclass, "
                "'app.log'::regclass) AND (attname IN ('notes', 's_cm', 'log_id'))"),
            "0");
  EXPECT_EQ(One("to_regclass('app.note_remainder') IS NULL"), "t");
  EXPECT_EQ(One("concat_ws(' ', (SELECT count(*) FROM app.gone), (SELECT count(*) FROM app.old))"),
            "10 490");
  ASSERT_TRUE(reader.Run("COMMIT").ok());
  Expect(0, "continuing run", Apply());
  ExpectAllDone();
  ASSERT_TRUE(reader
                  .Run("BEGIN; LOCK TABLE archive.gone, app.went, app.orders, app.person, app.log "
                       "IN ACCESS SHARE MODE; LOCK TABLE app.total IN SHARE UPDATE EXCLUSIVE MODE")
                  .ok());
  Expect(4, "", Undo({"--lock-wait", "0"}));
  ASSERT_TRUE(reader.Run("COMMIT").ok());
  ExpectUndone();
}

TEST_F(Failing, OnASourceThatChangedAfterItsRowsWereCopiedNamesTheWayOut) {
  pg::Connection reader = database_.Connect("reader");
  ASSERT_TRUE(reader.Run("BEGIN; LOCK TABLE app.old IN ACCESS SHARE MODE").ok());
  Expect(4, "", Apply({"--only", "M", "--lock-wait", "0"}));
  ASSERT_TRUE(reader.Run("COMMIT").ok());
  EXPECT_EQ(One("count(*) FROM app.orders WHERE origin = 'old'"), "480");
  database_.Sql("UPDATE app.old SET amount = 7 WHERE id = 100");
  const auto refused = Apply({"--only", "M"});
  Expect(1, "has changed since", refused);
  EXPECT_THAT(refused.errors, HasSubstr("app.old chunk")) << "names the chunk";
  EXPECT_THAT(refused.errors, HasSubstr("--restart"));
  EXPECT_EQ(One("count(*) FROM app.orders WHERE amount = 7 AND id = 100"), "0");
  EXPECT_EQ(One("count(*) FROM app.old"), "490");
  Expect(0, "", Apply({"--restart"}));
  EXPECT_EQ(One("amount FROM app.orders WHERE id = 100"), "7");
  EXPECT_EQ(One("count(*) FROM app.orders WHERE origin = 'old'"), "480");
  Expect(0, "", Undo());
  EXPECT_EQ(One("amount FROM app.old WHERE id = 100"), "7");
}

// Of what is one transaction, nothing was done before: rows may change, the shape may not.
TEST_F(Failing, OnAShapeThatChangedSinceThePlanRefusesOnlyThatAction) {
  Expect(0, "", Apply({"--only", "L"}));
  database_.Sql(
      "ALTER TABLE app.gone ADD COLUMN new int; ALTER TABLE app.away ALTER id SET NOT NULL;"
      "ALTER TABLE app.note ADD COLUMN new int; ALTER TABLE app.log ADD CHECK (at < 1);"
      "ALTER TABLE app.old ADD COLUMN new int; ALTER TABLE app.size ADD COLUMN new int");
  const auto result = Apply();
  Expect(1, "6 failed", result);
  EXPECT_THAT(result.errors, HasSubstr("not as the plan left it"));
  EXPECT_EQ(Finished(), "L");
  database_.Sql(
      "ALTER TABLE app.gone DROP COLUMN new; ALTER TABLE app.away ALTER id DROP NOT NULL;"
      "ALTER TABLE app.note DROP COLUMN new; ALTER TABLE app.log DROP CONSTRAINT log_at_check;"
      "ALTER TABLE app.old DROP COLUMN new; ALTER TABLE app.size DROP COLUMN new;"
      "INSERT INTO app.gone VALUES (11); DELETE FROM app.gone WHERE id = 1;"
      "UPDATE app.log SET words = '' WHERE at = -1");
  Expect(0, "", Apply());
  ExpectAllDone();
}

TEST_F(Failing, OnASecondProgramWaitsForTheFirstOrExitsAtOnce) {
  pg::Connection gate = database_.Connect("gate");
  ASSERT_TRUE(gate.Run("SELECT pg_advisory_lock(77)").ok());
  support::RunningProgram first = support::Start(Command({"apply", file(), "--yes"}));
  AwaitGate(&first);
  Expect(4, "another plan is applied or undone in this database", Apply({"--lock-wait", "0"}));
  Expect(4, "another plan is applied or undone", Undo({"--lock-wait", "0"}));
  support::RunningProgram second = support::Start(Command({"apply", file(), "--yes"}));
  ASSERT_TRUE(second.WaitForErrors("another plan is at work in this database",
                                   Deadline::After(std::chrono::seconds(30))));
  ASSERT_TRUE(gate.Run("SELECT pg_advisory_unlock(77)").ok());
  Expect(0, "", End(&first));
  Expect(0, "the plan is finished", End(&second));
  ExpectAllDone();
}

// All that grow share a disk that others have filled.
TEST_F(Failing, OnAFullDiskRollsBackAndGoesOnWhenThereIsRoom) {
  const support::SmallDisk disk;
  if (!disk.mounted())
    GTEST_SKIP() << "cannot mount a small file system (needs root): " << disk.error();
  const std::string space = database_.name() + "_small";
  database_.Sql("CREATE TABLESPACE " + space + " LOCATION '" + disk.path() + "'");
  database_.Sql("ALTER TABLE app.orders SET TABLESPACE " + space +
                ";ALTER TABLE app.person SET TABLESPACE " + space +
                ";ALTER TABLE app.log SET TABLESPACE " + space);
  database_.Sql("CREATE TABLE app.filling (x text) TABLESPACE " + space);
  database_.Sql(
      "INSERT INTO app.old SELECT g, 1 FROM generate_series(501, 5000) g;"
      "UPDATE app.log SET words = repeat('l', 3000); UPDATE app.note SET words = "
      "repeat(md5(person::text), 50)");
  pg::Connection filler = database_.Connect("filler");
  while (filler.Run("INSERT INTO app.filling SELECT repeat('x', 1900) FROM generate_series(1, 4)")
             .ok()) {
  }
  Plan(kPlan);
  Approve();
  const auto result = Apply();
  Expect(1, "53100", result);
  EXPECT_THAT(result.output, HasSubstr("M: merge app.old -> app.orders: failed"));
  EXPECT_THAT(result.output, HasSubstr("J: merge_jsonb app.note -> app.person: failed"));
  EXPECT_THAT(result.output, HasSubstr("K: add_pk app.log: failed"));
  database_.Sql("DROP TABLE app.filling");
  Expect(0, "continuing run", Apply());
  EXPECT_EQ(One("count(*) FROM app.orders WHERE origin = 'old'"), "4980");
  Expect(0, "", Undo());
  EXPECT_EQ(One("count(*) FROM app.orders"), "20");
  EXPECT_EQ(One("count(*) FROM app.old"), "4990");
  database_.Sql("DROP TABLE app.orders, app.person, app.log");
  database_.Sql("DROP TABLESPACE " + space);
}

}  // namespace
}  // namespace regraft::apply
