#include "engine/base/deadline.h"
#include "tests/apply/applying.h"

#include <chrono>
#include <csignal>

namespace regraft::apply {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A table with everything attached, others that know it, and names that are taken where it goes.
constexpr const char* kTables = R"sql(
CREATE SCHEMA app; CREATE SCHEMA old;
CREATE TABLE app.people (id serial PRIMARY KEY, name text NOT NULL, born date);
INSERT INTO app.people (name) SELECT 'p' || g FROM generate_series(1, 20) g;
CREATE TABLE app."Odd Orders" (id serial PRIMARY KEY, owner int REFERENCES app.people,
  note varchar(20) DEFAULT 'none', sum numeric(8,2) CHECK (sum >= 0), UNIQUE (owner, note));
CREATE INDEX by_note ON app."Odd Orders" (lower(note)) WHERE note <> '';
CREATE STATISTICS app.owner_note ON owner, note FROM app."Odd Orders";
COMMENT ON TABLE app."Odd Orders" IS 'it''s "odd" \ indeed';
COMMENT ON INDEX app.by_note IS 'lower';
INSERT INTO app."Odd Orders" (owner, sum) SELECT g, g * 1.5 FROM generate_series(1, 20) g;
CREATE FUNCTION app.stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER stamp BEFORE INSERT ON app."Odd Orders" FOR EACH ROW EXECUTE FUNCTION app.stamp();
ALTER TABLE app."Odd Orders" DISABLE TRIGGER stamp;
ALTER TABLE app."Odd Orders" ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON app."Odd Orders" USING (id IN (SELECT o.id FROM app."Odd Orders" o));
GRANT SELECT (note) ON app."Odd Orders" TO PUBLIC; GRANT INSERT ON app."Odd Orders" TO pg_monitor;
CREATE TABLE app.items (id int PRIMARY KEY, orders int REFERENCES app."Odd Orders",
  other int DEFAULT nextval('app."Odd Orders_id_seq"'));
INSERT INTO app.items SELECT g, g FROM generate_series(1, 5) g;
CREATE VIEW app.report AS SELECT count(*) FROM app."Odd Orders";
CREATE TABLE old.taken (id int PRIMARY KEY); CREATE INDEX by_note ON old.taken (id);
CREATE PUBLICATION news FOR TABLE app."Odd Orders";
)sql";

constexpr const char* kPlan = R"(actions:
- {archive: 'app."Odd Orders"', id: A, to: archive.odd_orders, allow: [missing-usage]}
- {move: app.people, id: B, to: old.persons, view: true, allow: [missing-usage]}
- {move: app.items, id: C, to: app.things}
- {keep_as_mv: old.taken, id: D}
)";

class ApplyingMetadata : public Applying {
 protected:
  ApplyingMetadata() { database_.Sql(kTables); }

  std::string Name(const std::string& oid) {
    return database_.Scalar("SET search_path = pg_catalog; SELECT " + oid + "::regclass");
  }
};

TEST_F(ApplyingMetadata, MovesKeepsAndLabelsAndUndoRestoresEverything) {
  const std::string before = State();
  const std::string oid = database_.Scalar("SELECT 'app.\"Odd Orders\"'::regclass::oid");
  Plan(kPlan);
  Expect(3, "is not approved; next: regraft approve " + file(), Apply());
  EXPECT_EQ(State(), before);
  Approve();
  Expect(0, "A: archive app.\"Odd Orders\" -> archive.odd_orders: done", Apply());
  EXPECT_EQ(ActionStates(), "A done, B done, C done, D done");

  EXPECT_EQ(Name(oid), "archive.odd_orders");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM archive.odd_orders"), "20");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.people"), "20") << "by the view";
  EXPECT_THAT(database_.Scalar("SELECT obj_description('archive.odd_orders'::regclass)"),
              HasSubstr("it's \"odd\" \\ indeed\nregraft: A, was app.\"Odd Orders\""));
  EXPECT_THAT(database_.Scalar("SELECT obj_description('old.taken'::regclass)"),
              HasSubstr("kept as materialized view"));
  EXPECT_EQ(database_.Scalar("SELECT tgenabled FROM pg_trigger WHERE tgname = 'stamp' AND tgrelid "
                             "= 'archive.odd_orders'::regclass"),
            "D");
  EXPECT_EQ(database_.Scalar("SELECT conrelid::regclass || ' ' || confrelid::regclass FROM "
                             "pg_constraint WHERE contype = 'f' AND conname LIKE 'items%'"),
            "app.things archive.odd_orders");

  const std::string after = State();
  Expect(0, "the plan is finished: run 1 has done it", Apply());
  EXPECT_EQ(State(), after);
  Expect(0, "ALTER TABLE", Run({"undo", file(), "--dry-run"}));
  EXPECT_EQ(State(), after);
  Expect(0, "A: archive app.\"Odd Orders\" -> archive.odd_orders: undone", Undo());
  EXPECT_EQ(State(), before);
  Expect(0, "nothing to undo", Undo());
}

TEST_F(ApplyingMetadata, UndoInAnotherDatabaseDoesNotLookLikeDone) {
  Plan(kPlan);
  support::TestDatabase other;
  Expect(1, "nothing was undone: the plan is of database " + database_.name(),
         support::RunProgram({.arguments = {"undo", file(), "--yes", "--dsn", other.conninfo()}}));
}

TEST_F(ApplyingMetadata, WantsANewApprovalAfterAnUndo) {
  const std::string before = State();
  Plan(kPlan);
  Approve();
  Expect(0, "", Apply());
  const std::string after = State();
  Expect(0, "", Undo());
  Expect(3, "was consumed by run 1", Apply());
  EXPECT_EQ(State(), before);
  Approve();
  Expect(0, "", Apply());
  EXPECT_EQ(State(), after);
  Expect(0, "", Undo());
  EXPECT_EQ(State(), before);
}

TEST_F(ApplyingMetadata, InPartsAndInAnyOrderEndsInTheSame) {
  const std::string before = State();
  Plan(kPlan);
  Approve();
  Expect(0, "", Apply({"--only", "C"}));
  EXPECT_EQ(ActionStates(), "A waiting, B waiting, C done, D waiting");
  Expect(0, "continuing run 1", Apply({"--only", "B", "D"}));
  Expect(0, "continuing run 1", Apply());
  const std::string after = State();
  Expect(0, "", Undo({"--only", "A"}));
  Expect(0, "", Undo({"--only", "D", "C"}));
  EXPECT_EQ(ActionStates(), "A undone, B done, C undone, D undone");
  Expect(0, "", Undo());
  EXPECT_EQ(State(), before);
  EXPECT_NE(after, before);
}

TEST_F(ApplyingMetadata, NamesAnUnknownIdAndDoesNothing) {
  Plan(kPlan);
  Approve();
  Expect(78, "--only Q: the plan has no such action", Apply({"--only", "Q"}));
  Expect(78, "--only Q: the plan has no such action", Undo({"--only", "Q"}));
}

TEST_F(ApplyingMetadata, RefusesATableThatWasChangedBeforeTheStart) {
  Plan(kPlan);
  Approve();
  database_.Sql("ALTER TABLE app.people ADD COLUMN more int");
  const std::string before = State();
  Expect(3, "app.people: columns: new \"more integer\"", Apply());
  EXPECT_EQ(State(), before);
}

TEST_F(ApplyingMetadata, FailsTheActionWhoseTableWasChangedInTheMiddleAndDoesTheOthers) {
  Plan(kPlan);
  Approve();
  Expect(0, "", Apply({"--only", "A"}));
  database_.Sql("ALTER TABLE app.people ADD COLUMN more int");
  Expect(1, "columns: new \"more integer\"; put that back", Apply());
  EXPECT_EQ(ActionStates(), "A done, B failed, C done, D done");
  EXPECT_EQ(Name("'app.people'"), "app.people");
  database_.Sql("ALTER TABLE app.people DROP COLUMN more");
  Expect(0, "B: move app.people -> old.persons: done", Apply());
}

TEST_F(ApplyingMetadata, DoesNotUndoATableThatWasChangedSince) {
  Plan(kPlan);
  Approve();
  Expect(0, "", Apply());
  database_.Sql("CREATE INDEX mine ON old.persons (name)");
  const std::string before = State();
  Expect(2, "indexes: new \"CREATE INDEX mine", Undo({"--only", "B"}));
  EXPECT_EQ(State(), before);
  database_.Sql("DROP INDEX old.mine");
  Expect(0, "", Undo());
}

TEST_F(ApplyingMetadata, KeepsASchemaThatOthersUseNow) {
  Plan(kPlan);
  Approve();
  Expect(0, "", Apply());
  database_.Sql("CREATE TABLE archive.mine (id int)");
  Expect(0, "CREATE SCHEMA \"archive\" made is in use, and stays", Undo());
  EXPECT_EQ(Name("'archive.mine'"), "archive.mine");
}

TEST_F(ApplyingMetadata, RollsBackWhatHasChangedMoreThanWasDeclared) {
  // An event trigger that acts on every ALTER TABLE, as no plan says.
  Plan(kPlan);
  Approve();
  database_.Sql(
      "CREATE FUNCTION app.meddle() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN "
      "IF to_regclass('archive.odd_orders') IS NOT NULL THEN GRANT DELETE ON archive.odd_orders TO "
      "PUBLIC; END IF; END $$; CREATE EVENT TRIGGER meddle ON ddl_command_end WHEN TAG IN "
      "('ALTER TABLE') EXECUTE FUNCTION app.meddle()");
  const std::string before = State();
  Expect(1,
         "more has changed than was declared: archive.odd_orders: grants: new \"DELETE to public",
         Apply({"--only", "A"}));
  EXPECT_EQ(State(), before);
}

TEST_F(ApplyingMetadata, StopsWhatComesAfterAFailedAction) {
  database_.Sql("CREATE TABLE app.chain (id int)");
  Plan(R"(actions:
- {move: app.chain, id: M, to: app.link}
- {archive: app.link, id: N, to: old.link}
- {keep_as_mv: old.taken, id: D}
)");
  Approve();
  Expect(0, "", Apply({"--only", "D"}));
  database_.Sql("ALTER TABLE app.chain ADD COLUMN more int");
  Expect(1, "N comes after M, which is not done", Apply());
  EXPECT_EQ(ActionStates(), "M failed, N waiting, D done");
  database_.Sql("ALTER TABLE app.chain DROP COLUMN more");
  const std::string before = State();
  Expect(0, "", Apply());
  EXPECT_EQ(Name("'old.link'"), "old.link");
  Expect(78, "N came after M", Undo({"--only", "M"}));
  Expect(0, "", Undo({"--only", "M", "N"}));
  EXPECT_EQ(State(), before);
}

TEST_F(ApplyingMetadata, GivesUpWhereSomebodyHoldsTheTableAndSucceedsLater) {
  Plan(kPlan);
  Approve();
  support::TestDatabase* database = &database_;
  pg::Connection holder = database->Connect();
  ASSERT_TRUE(holder.Run("BEGIN; LOCK TABLE app.people IN ACCESS SHARE MODE").ok());
  Expect(4, "somebody held a lock that this needs", Apply({"--lock-wait", "0"}));
  EXPECT_EQ(ActionStates(), "A done, B waiting, C done, D done");
  ASSERT_TRUE(holder.Run("COMMIT").ok());
  Expect(0, "", Apply());
}

TEST_F(ApplyingMetadata, LetsOneProgramAtATimeApply) {
  Plan(kPlan);
  Approve();
  pg::Connection other = database_.Connect();
  ASSERT_TRUE(other.Run("SELECT pg_advisory_lock(hashtextextended('regraft.apply', 0))").ok());
  Expect(4, "another plan is applied or undone in this database", Apply({"--lock-wait", "0"}));
}

// Killed while it waits for the third table, between two actions: the first two are whole.
TEST_F(ApplyingMetadata, GoesOnAfterItWasKilledBetweenTwoActions) {
  const std::string before = State();
  Plan(kPlan);
  Approve();
  pg::Connection holder = database_.Connect();
  ASSERT_TRUE(holder.Run("BEGIN; LOCK TABLE app.items IN ACCESS SHARE MODE").ok());
  support::RunningProgram program = support::Start(Command({"apply", file(), "--yes"}));
  ASSERT_TRUE(program.WaitForErrors("B done", Deadline::After(std::chrono::seconds(30))));
  program.Kill(SIGKILL);
  ASSERT_TRUE(program.Wait(Deadline::After(std::chrono::seconds(30))).has_value());
  ASSERT_TRUE(holder.Run("COMMIT").ok());
  EXPECT_EQ(ActionStates(), "A done, B done, C waiting, D waiting");
  const nlohmann::json document = nlohmann::json::parse(Apply({"--json"}).output);
  EXPECT_EQ(document["resumed"], true);
  EXPECT_EQ(document["error"], nullptr);
  EXPECT_EQ(document["actions"][0]["touched"], false);
  EXPECT_EQ(document["actions"][2]["touched"], true);
  EXPECT_EQ(ActionStates(), "A done, B done, C done, D done");
  Expect(0, "", Undo());
  EXPECT_EQ(State(), before);
}

TEST_F(ApplyingMetadata, LeavesAPendingTableAlone) {
  database_.Sql("CREATE TABLE app.unclear (id int)");
  Plan(R"(actions:
- {pending: app.unclear, id: P, question: "what is it?", options: {stays: [], archive: [{archive: app.unclear, to: old.unclear}]}}
- {keep_as_mv: old.taken, id: D}
)");
  Approve();
  Expect(0, "P: pending app.unclear: blocked", Apply());
  EXPECT_EQ(Name("'app.unclear'"), "app.unclear");
  Expect(0, "the plan is finished", Apply());
}

}  // namespace
}  // namespace regraft::apply
