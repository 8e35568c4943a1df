#include "engine/base/deadline.h"
#include "tests/apply/applying.h"

#include "nlohmann/json.hpp"

#include <chrono>
#include <csignal>

namespace regraft::apply {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Two sources into one target that needs a column and another CHECK, and has a trigger; of the
// first, three rows cannot enter because their keys are taken.
constexpr const char* kTables = R"sql(
CREATE SCHEMA app;
CREATE TABLE app.orders (id serial PRIMARY KEY, kind text CHECK (kind IN ('new')), note text,
  touched timestamptz DEFAULT now());
INSERT INTO app.orders (kind, note) SELECT 'new', 'n' || g FROM generate_series(1, 3) g;
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN new.note := ''touched''; RETURN new; END';
CREATE FUNCTION app.refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''gone''; END';
CREATE TRIGGER gone AFTER DELETE ON app.orders FOR EACH ROW WHEN (old.id < 70000)
  EXECUTE FUNCTION app.refuse();
CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON app.orders FOR EACH ROW EXECUTE FUNCTION app.touch();
CREATE TABLE app.orders_2023 (id int PRIMARY KEY, note varchar(50), extra numeric);
INSERT INTO app.orders_2023 SELECT g, CASE WHEN g % 7 > 0 THEN 'o' || g END, g / 10.0
FROM generate_series(1, 5000) g;
CREATE INDEX o23_note ON app.orders_2023 (note);
COMMENT ON TABLE app.orders_2023 IS 'of then';
CREATE TABLE app.orders_2024 (id int PRIMARY KEY, note text);
INSERT INTO app.orders_2024 SELECT g, 'x' FROM generate_series(10001, 10100) g;
)sql";

constexpr const char* kPlan = R"yaml(
archive_names: archive.{schema}_{table}
prepare:
- table: app.orders
  add_columns: {origin: text, rest: jsonb}
  replace_check: {orders_kind_check: "kind IN ('new', 'old')"}
actions:
- merge: app.orders_2023
  id: M1
  into: app.orders
  set: {origin: '2023'}
  fill: {kind: old, touched: '2023-01-01 00:00+00'}
  columns: {extra: ''}
  overflow: rest
  conflict: remainder
  allow: [triggers-suppressed]
- merge: app.orders_2024
  id: M2
  into: app.orders
  set: {origin: '2024'}
  fill: {kind: old, touched: '2024-01-01 00:00+00'}
  after: view
  allow: [triggers-suppressed]
- {keep_as_mv: app.orders, id: K}
)yaml";

class ApplyingMerges : public Applying {
 protected:
  ApplyingMerges() { database_.Sql(kTables); }

  std::string Count(const std::string& from) {
    return database_.Scalar("SELECT count(*) FROM " + from);
  }
  // Source rows that neither the target nor the remainder gives back, and the other way round.
  std::string Lost() {
    return database_.Scalar(
        "WITH source AS (SELECT id, note::text, extra::text FROM archive.app_orders_2023), back AS "
        "(SELECT id, note, (rest->>'extra')::numeric::text AS extra FROM app.orders WHERE origin = "
        "'2023' UNION ALL SELECT id, note::text, extra::text FROM app.orders_2023_remainder) "
        "SELECT (SELECT count(*) FROM (TABLE source EXCEPT ALL TABLE back) a) + (SELECT count(*) "
        "FROM (TABLE back EXCEPT ALL TABLE source) b)");
  }
  void ExpectMerged(support::Here here = {}) {
    EXPECT_EQ(Lost(), "0") << here.line;
    EXPECT_EQ(Count("app.orders WHERE origin = '2023'"), "4997") << here.line;
    EXPECT_EQ(Count("app.orders_2023_remainder"), "3") << here.line;
    EXPECT_EQ(Count("app.orders WHERE origin = '2024'"), "100") << here.line;
    EXPECT_EQ(Count("app.orders WHERE note = 'touched' AND origin IS NOT NULL"), "0") << here.line;
    EXPECT_EQ(Count("app.orders_2024"), "100") << here.line << " by the view";
    EXPECT_EQ(database_.Scalar("SELECT string_agg(concat_ws(' ', action_id, rows_source, "
                               "rows_target, rows_remainder, remainder_table, "
                               "source_digest = rebuilt_digest), ', ' ORDER BY position) FROM "
                               "regraft.plan_action WHERE kind = 'merge' AND run_id = (SELECT "
                               "max(run_id) FROM regraft.plan_run)"),
              "M1 5000 4997 3 \"app\".\"orders_2023_remainder\" t, M2 100 100 0 t")
        << here.line;
  }
};

TEST_F(ApplyingMerges, AccountsForEveryRowAndUndoRestoresEverything) {
  const std::string before = State();
  Plan(kPlan);
  Expect(3, "is not approved", Apply());
  EXPECT_EQ(State(), before);
  Approve();
  const support::ProgramResult applied = Apply();
  Expect(0, "M1: merge app.orders_2023 -> app.orders: done, 5,000 rows = 4,997 + 3 set aside",
         applied);
  EXPECT_THAT(applied.errors, Not(HasSubstr("setval"))) << "it is done, and no advice";
  EXPECT_THAT(applied.errors, Not(HasSubstr("--no-lock"))) << "a flag of another verb";
  EXPECT_EQ(ActionStates(), "prepare app.orders done, M1 done, M2 done, K done");
  ExpectMerged();
  EXPECT_EQ(database_.Scalar("INSERT INTO app.orders (kind) VALUES ('new') RETURNING id"), "10101")
      << "the sequence is past what was merged";
  database_.Sql(
      "ALTER TABLE app.orders DISABLE TRIGGER gone; DELETE FROM app.orders WHERE id = 10101; "
      "ALTER TABLE app.orders ENABLE TRIGGER gone");
  const std::string after = State();
  Expect(0, "the plan is finished", Apply());
  EXPECT_EQ(State(), after);
  Expect(0, "M1: merge app.orders_2023 -> app.orders: undone", Undo());
  EXPECT_EQ(State(), before);
  EXPECT_EQ(ActionStates(), "prepare app.orders undone, M1 undone, M2 undone, K undone");

  Approve();
  Expect(0, "", Apply());
  ExpectMerged();
  Expect(0, "", Undo());
  EXPECT_EQ(State(), before);
}

TEST_F(ApplyingMerges, TheRemainderHasTheNameThatWasApprovedHoweverLongTheSourcesIs) {
  std::string name;
  for (int i = 0; i < 30; ++i) name += "\u00e9";  // 60 bytes
  database_.Sql("CREATE TABLE app.\"" + name +
                "\" (id int PRIMARY KEY, note text);"
                "INSERT INTO app.\"" +
                name +
                "\" VALUES (1, 'clashes'), (90001, 'enters');"
                "INSERT INTO app.orders (id, kind, touched) VALUES (1, 'new', now())"
                " ON CONFLICT DO NOTHING");
  for (const char* estimate : {"", "--estimate"}) {
    const std::string before = State();
    std::ofstream(directory_ + "/plan.yaml")
        << "regraft: 1\narchive_names: archive.{schema}_{table}\nprepare: [{table: app.orders, "
           "add_columns: {origin: text}}]\nactions:\n- {merge: 'app.\""
        << name
        << "\"', into: app.orders, id: L, set: {origin: l}, fill: {kind: new, touched: '2023-01-01 "
           "00:00+00'}, conflict: remainder, after: keep, allow: [triggers-suppressed]}\n";
    Words words = {"plan", directory_ + "/plan.yaml", "-o", file(), "--json"};
    if (*estimate != '\0') words.emplace_back(estimate);
    const auto planned = Run(words);
    Expect(0, "", planned);
    const std::string table =
        nlohmann::json::parse(planned.output)["actions"][0]["remainder_table"];
    Approve();
    Expect(0, "L: merge", Apply());
    ASSERT_FALSE(table.empty());
    EXPECT_EQ(database_.Scalar("SELECT count(*) FROM " + table), "1");
    Expect(0, "", Undo());
    EXPECT_EQ(State(), before);
  }
}

// What --dry-run prints is read as what will be done, and may be tried in its order.
TEST_F(ApplyingMerges, ADryUndoListsEverythingInTheOrderOfTheUndo) {
  Plan(kPlan);
  Approve();
  Expect(0, "", Apply());
  const std::string all = Run({"undo", file(), "--dry-run"}).output;
  const auto place = [&](const std::string& text) { return all.find(text); };
  EXPECT_LT(place("-- K\n"), place("-- M2\n")) << all;
  EXPECT_LT(place("-- M2\n"), place("-- M1\n")) << all;
  EXPECT_LT(place("-- M1\n"), place("DROP SCHEMA \"archive\"")) << all;
  EXPECT_LT(place("-- M1\n"), place("DROP COLUMN \"rest\"")) << all;
  EXPECT_THAT(all, HasSubstr("-- takes back what came of 100 rows into app.orders, after proof"));
  EXPECT_THAT(Run({"undo", file(), "--dry-run", "--only", "M2", "K"}).output,
              Not(HasSubstr("DROP COLUMN")));
}

TEST_F(ApplyingMerges, UndoLeavesRowsThatOthersHaveAddedSince) {
  Plan(kPlan);
  Approve();
  Expect(0, "", Apply());
  database_.Sql("INSERT INTO app.orders (id, kind, touched) VALUES (77777, 'new', '2026-01-01')");
  Expect(0, "", Undo());
  EXPECT_EQ(Count("app.orders"), "4");
  EXPECT_EQ(Count("app.orders WHERE id = 77777"), "1");
}

TEST_F(ApplyingMerges, UndoRefusesWhatOthersHaveChanged) {
  const std::string before = State();
  Plan(kPlan);
  Approve();
  Expect(0, "", Apply());
  database_.Sql(
      "ALTER TABLE app.orders DISABLE TRIGGER touch; UPDATE app.orders SET touched = "
      "now() WHERE id = 4000; ALTER TABLE app.orders ENABLE TRIGGER touch");
  Expect(0, "", Undo({"--only", "K"}));
  const std::string changed = State();
  Expect(2, "undoing M1: nothing was removed", Undo({"--only", "M1"}));
  EXPECT_EQ(State(), changed) << "the source has not moved either";
  EXPECT_THAT(ActionStates(), HasSubstr("M1 done"));
  database_.Sql(
      "ALTER TABLE app.orders DISABLE TRIGGER touch; UPDATE app.orders SET touched = "
      "'2023-01-01 00:00+00' WHERE id = 4000; ALTER TABLE app.orders ENABLE TRIGGER touch");
  database_.Sql("INSERT INTO app.orders (id, kind, origin) VALUES (88888, 'new', 'mine')");
  Expect(2, "hold values in the column \"origin\" that this plan did not put there", Undo());
  database_.Sql(
      "ALTER TABLE app.orders DISABLE TRIGGER gone; DELETE FROM app.orders WHERE id = 88888");
  database_.Sql("ALTER TABLE app.orders ENABLE TRIGGER gone");
  Expect(0, "", Undo());
  EXPECT_EQ(State(), before) << "the target's preparation, too";
  Expect(0, "nothing to undo", Undo());
}

TEST_F(ApplyingMerges, RefusesATargetThatWasChangedMeanwhile) {
  Plan(kPlan);
  Approve();
  Expect(0, "", Apply({"--only", "M2"}));
  database_.Sql("ALTER TABLE app.orders ADD COLUMN more int");
  Expect(1, "app.orders: columns: new \"more integer\"", Apply());
  EXPECT_EQ(Count("app.orders WHERE origin = '2023'"), "0");
  database_.Sql("ALTER TABLE app.orders DROP COLUMN more");
  Expect(0, "", Apply());
  ExpectMerged();
}

// Killed while it waits for the lock under which the source goes away, every row being proved.
TEST_F(ApplyingMerges, GoesOnAfterItWasKilledBeforeTheSourceIsArchived) {
  const std::string before = State();
  Plan(kPlan);
  Approve();
  pg::Connection holder = database_.Connect();
  ASSERT_TRUE(holder.Run("BEGIN; LOCK TABLE app.orders_2023 IN ACCESS SHARE MODE").ok());
  support::RunningProgram program = support::Start(Command({"apply", file(), "--yes"}));
  const Deadline deadline = Deadline::After(std::chrono::seconds(30));
  while (database_.Scalar("SELECT count(*) FROM pg_locks WHERE relation = "
                          "'app.orders_2023'::regclass AND mode = 'AccessExclusiveLock' AND NOT "
                          "granted") == "0")
    ASSERT_FALSE(deadline.passed());
  program.Kill(SIGKILL);
  ASSERT_TRUE(program.Wait(Deadline::After(std::chrono::seconds(30))).has_value());
  ASSERT_TRUE(holder.Run("COMMIT").ok());
  EXPECT_EQ(ActionStates(), "prepare app.orders done, M1 running, M2 waiting, K waiting");
  EXPECT_EQ(Count("app.orders WHERE origin = '2023'"), "4997");
  Expect(0, "continuing run 1", Apply());
  ExpectMerged();
  Expect(0, "", Undo());
  EXPECT_EQ(State(), before);
}

// The source was unlocked after the kill; whatever was written to it meanwhile must not be lost.
TEST_F(ApplyingMerges, RefusesASourceThatWasWrittenToBetweenKillAndResume) {
  Plan(kPlan);
  Approve();
  pg::Connection holder = database_.Connect();
  ASSERT_TRUE(holder.Run("BEGIN; LOCK TABLE app.orders_2023 IN ACCESS SHARE MODE").ok());
  Expect(4, "M1", Apply({"--lock-wait", "1"}));
  ASSERT_TRUE(holder.Run("COMMIT").ok());
  EXPECT_EQ(ActionStates(), "prepare app.orders done, M1 running, M2 done, K waiting");
  database_.Sql("INSERT INTO app.orders_2023 VALUES (9999, 'late')");
  Expect(1, "M1", Apply());
  EXPECT_EQ(Count("app.orders_2023 WHERE id = 9999"), "1") << "not archived";
  database_.Sql("DELETE FROM app.orders_2023 WHERE id = 9999");
  Expect(0, "", Apply());
  ExpectMerged();
}

TEST_F(ApplyingMerges, UndoesAMergeThatHasNotFinished) {
  const std::string before = State();
  Plan(kPlan);
  Approve();
  pg::Connection holder = database_.Connect();
  ASSERT_TRUE(holder.Run("BEGIN; LOCK TABLE app.orders_2023 IN ACCESS SHARE MODE").ok());
  Expect(4, "M1", Apply({"--only", "M1", "--lock-wait", "1"}));
  ASSERT_TRUE(holder.Run("COMMIT").ok());
  EXPECT_EQ(Count("app.orders WHERE origin = '2023'"), "4997");
  Expect(0, "M1 undone", Undo());
  EXPECT_EQ(State(), before);
}

// Two sources share an overflow column, in which one name stands for values of two types.
TEST_F(ApplyingMerges, ReadsTheWayBackOfItsOwnRowsOnly) {
  database_.Sql(
      "CREATE TABLE app.uuids (id uuid, note text); INSERT INTO app.uuids SELECT "
      "gen_random_uuid(), 'u' || g FROM generate_series(1, 10) g; CREATE TABLE app.numbers (id "
      "bigint, note text); INSERT INTO app.numbers SELECT g, 'n' || g FROM generate_series(1, 10) "
      "g; "
      "CREATE TABLE app.both (origin text, note text, rest jsonb)");
  Plan(R"yaml(actions:
- {merge: app.uuids, id: U, into: app.both, set: {origin: u}, columns: {id: ''}, overflow: rest}
- {merge: app.numbers, id: N, into: app.both, set: {origin: n}, columns: {id: ''}, overflow: rest}
)yaml");
  const std::string before = State();
  Approve();
  Expect(0, "N: merge app.numbers -> app.both: done, 10 rows = 10 + 0 set aside", Apply());
  EXPECT_EQ(Count("app.both b JOIN archive.app_uuids u ON (b.rest->>'id')::text = u.id::text"),
            "10");
  Expect(0, "", Undo());
  EXPECT_EQ(State(), before);
}

}  // namespace
}  // namespace regraft::apply
