// Each repair by the program: what it changes, what it keeps, and its undo, judged by plain SQL.
#include "engine/pg/error.h"
#include "tests/clean/cleaning.h"

#include "nlohmann/json.hpp"

#include <sstream>

namespace regraft::clean {
namespace {

using testing::AllOf;
using testing::Not;

TEST_F(Cleaning, BackfillTakesTheOneValueThatThereIs) {
  const std::string before = State();
  Expect(0, "2 values changed", Clean(kBackfill));
  EXPECT_EQ(database_.Rows("SELECT firm, domain, size FROM app.firms ORDER BY 1"),
            (std::vector<std::vector<std::string>>{{"A", "a.example", "1.50"},
                                                   {"B", "b.example", "2"},
                                                   {"C", "c.example", "3"},
                                                   {"D", "(null)", "4"},
                                                   {"E", "(null)", "5"}}));
  Expect(0, "every row is as it was", Undo("B"));
  EXPECT_EQ(State(), before) << "NULL and the empty text each came back as what they were";
  EXPECT_EQ(KeptTables(), "0");
}

TEST_F(Cleaning, BackfillSaysWhatItLeavesAlone) {
  EXPECT_THAT(Propose(kBackfill).output, AllOf(HasSubstr("1 rows have more than one value there"),
                                               HasSubstr("1 rows have no value there")));
}

TEST_F(Cleaning, MatchDomainIgnoresCaseAndOnlyTouchesOrphans) {
  const std::string before = State();
  Expect(0, "2 values changed", Clean(kMatch));
  EXPECT_EQ(database_.Scalar(
                "SELECT string_agg(id || coalesce(firm, '-'), ' ' ORDER BY id) FROM app.people"),
            "1A 2A 3A 4A 5ZZ 6- 7A 8A 9A");
  Expect(0, "every row is as it was", Undo("M"));
  EXPECT_EQ(State(), before);
}

TEST_F(Cleaning, DedupeKeepsTheNewestAndMovesReferences) {
  const std::string before = State();
  const std::string rows = database_.Scalar(
      "SELECT string_agg(t::text, '|' ORDER BY id) FROM app.people t WHERE id IN (1, 3, 7)");
  Expect(0, "3 rows to archive.people_twice", Clean(kDedupe));
  EXPECT_EQ(database_.Scalar("SELECT string_agg(id::text, ' ' ORDER BY id) FROM app.people"),
            "2 4 5 6 8 9")
      << "2 is the newest of three; 4 and 7 have no date: the lowest key stays; '' is no value";
  EXPECT_EQ(database_.Scalar("SELECT string_agg(kind || person, ' ' ORDER BY slot) FROM app.slots"),
            "ceo2 cfo2 cto2 vp4 x8");
  EXPECT_EQ(database_.Scalar("SELECT string_agg(slot || coalesce(person::text, '-'), ' ' ORDER BY "
                             "slot) FROM app.loose"),
            "12 299 32 4-");
  EXPECT_EQ(
      database_.Scalar("SELECT string_agg(t::text, '|' ORDER BY id) FROM archive.people_twice t"),
      rows);
  EXPECT_EQ(database_.Rows("SELECT rows_source, rows_target, rows_remainder, remainder_table, "
                           "digest_source = digest_rebuilt FROM regraft.accounting"),
            (std::vector<std::vector<std::string>>{{"9", "6", "3", "archive.people_twice", "t"}}));
  Expect(0, "every row is as it was", Undo("D"));
  EXPECT_EQ(State(), before);
  EXPECT_EQ(KeptTables(), "0");
  Expect(78, "knows no repair D that is done", Undo("D"));
}

TEST_F(Cleaning, ArchiveOrphansNeverAddsToAnOlderArchive) {
  const std::string before = State();
  database_.Sql("CREATE TABLE archive.loose_orphans (slot int)");
  Expect(0, "2 rows to archive.loose_orphans_2", Clean(kOrphans));
  EXPECT_EQ(database_.Scalar(
                "SELECT string_agg(t::text, ' ' ORDER BY slot) FROM archive.loose_orphans_2 t"),
            "(2,99) (4,)");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.loose"), "2");
  Expect(0, "every row is as it was", Undo("O"));
  database_.Sql("DROP TABLE archive.loose_orphans");
  EXPECT_EQ(State(), before);
}

TEST_F(Cleaning, RowsThatOthersStillNeedAreNotArchived) {
  Expect(78, "REFUSED",
         Propose("- {archive_orphans: app.people, id: P, of: app.firms, of_where: firm <> 'A', "
                 "join: {firm: firm}, archive: archive.p}\n"));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.people"), "9");
}

TEST_F(Cleaning, ExportChangesNothingAndWritesTheGroups) {
  const std::string before = State();
  const std::string repair =
      "- {export_duplicates: app.people, id: E, columns: [email], ignore_empty: true}\n";
  Expect(0, "2 values, 5 rows, 3 too many",
         Run({"clean", PlanFile(repair), "--export", directory_ + "/out"}));
  std::ostringstream csv;
  csv << std::ifstream(directory_ + "/out/01_E.csv").rdbuf();
  EXPECT_THAT(csv.str(),
              AllOf(HasSubstr("id,email,firm"), HasSubstr("\n1,x@a.example,A,2026-01-01"),
                    HasSubstr("\n7,y@A.Example,"), Not(HasSubstr("z@nowhere"))));
  EXPECT_EQ(State(), before);
}

TEST_F(Cleaning, NothingHappensWithoutAnApprovalOrAnAnswer) {
  const std::string before = State();
  Expect(3, "-o clean.json", Run({"clean", PlanFile(kDedupe), "--yes"}));
  const auto proposal = Propose(kDedupe);
  Expect(0, "regraft approve", proposal);
  Expect(0, "id=1, kept id=2", proposal);
  Expect(3, "", Run({"clean", file(), "--yes"}));
  Expect(0, "", Run({"approve", file(), "--by", "grace"}));
  EXPECT_EQ(State(), before);
  // The same proposal, made anew by the same person, is what was approved; that is answer enough.
  Expect(0, "done", Run({"clean", PlanFile(kDedupe)}));
  Expect(3, "", Run({"clean", file(), "--yes"}));
  const std::string after = State();
  Expect(3, "nobody could be asked", Run({"clean", "--undo", "D"}));
  EXPECT_EQ(State(), after);
}

TEST_F(Cleaning, OtherRowsThanTheApprovedAreNotChanged) {
  Expect(0, "", Propose(kDedupe));
  Expect(0, "", Run({"approve", file(), "--by", "grace"}));
  database_.Sql(
      "UPDATE app.people SET email = 'x@a.example' WHERE id = 5; UPDATE app.people SET email = 'q' "
      "WHERE id = 3;"
      "UPDATE app.slots SET person = 5 WHERE person = 3");
  const std::string before = State();
  Expect(3, "not those that were approved: 3 then, 3 others now", Run({"clean", file(), "--yes"}));
  EXPECT_EQ(State(), before);
  EXPECT_EQ(KeptTables(), "0");
}

TEST_F(Cleaning, ATriggerIsAHazardThatCanBeKeptStill) {
  database_.Sql(
      "CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN NEW.size = 0; RETURN NEW; END'; CREATE TRIGGER touched BEFORE UPDATE ON app.firms "
      "FOR EACH ROW EXECUTE FUNCTION app.touch(); ALTER TABLE app.firms ENABLE ALWAYS TRIGGER "
      "touched");
  const std::string before = State();
  Expect(78, "trigger-fires", Propose(kBackfill));
  const std::string item(kBackfill, std::string_view(kBackfill).size() - 2);
  Expect(2, "other columns of app.firms changed too", Clean(item + ", allow: [trigger-fires]}\n"));
  EXPECT_EQ(State(), before);
  Expect(0, "2 values changed", Clean(item + ", allow: [triggers-suppressed]}\n"));
  EXPECT_EQ(database_.Scalar("SELECT sum(size) FROM app.firms"), "15.50");
  Expect(0, "every row is as it was", Undo("B"));
  EXPECT_EQ(State(), before) << "the trigger is on ALWAYS again";
}

TEST_F(Cleaning, UndoRefusesWhatHasBeenChangedSince) {
  Expect(0, "", Clean(kBackfill));
  database_.Sql("UPDATE app.firms SET domain = 'by.hand' WHERE firm = 'B'");
  const std::string before = State();
  Expect(2, "1 rows instead of 2; nothing was changed", Undo("B"));
  EXPECT_EQ(State(), before);
}

TEST_F(Cleaning, UndoRefusesAnArchiveThatIsNotAsItWas) {
  Expect(0, "", Clean(kOrphans));
  database_.Sql("UPDATE archive.loose_orphans SET person = 98 WHERE person = 99");
  Expect(2, "is not as the repair left it", Undo("O"));
}

TEST_F(Cleaning, UndoLeavesTheWorkOfOthersAlone) {
  Expect(0, "", Clean(kDedupe));
  database_.Sql("INSERT INTO app.people (id, email) VALUES (50, 'new@b')");
  Expect(0, "others have changed the table since", Undo("D"));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.people"), "10");
}

TEST_F(Cleaning, EveryMistakeIsToldAtOnceBeforeAnythingIsRead) {
  const auto refused = Propose(
      "- {backfill: app.firms, id: B, column: domian, from: app.known, join: {firm: firm}}\n"
      "- {dedupe: app.people, id: D, columns: [email], order_by: [sen desc], archive: archive.x}\n"
      "- {archive_orphans: app.none, id: O, of: app.people, join: {person: id}, archive: "
      "archive.y}\n"
      "- {match_domain: app.people, id: M, column: firm, email: mail, in: app.firms, domain: "
      "domain, value: firm}\n");
  Expect(78, "has no column domian", refused);
  EXPECT_THAT(refused.errors, AllOf(HasSubstr("has no column sen"), HasSubstr("no table app.none"),
                                    HasSubstr("has no column mail")));
  Expect(
      78, "no primary key",
      Propose(
          "- {backfill: app.known, id: K, column: domain, from: app.firms, join: {firm: firm}}\n"));
  Expect(78, "schema nowhere",
         Propose("- {archive_orphans: app.loose, id: O, of: app.people, join: {person: id}, "
                 "archive: nowhere.y}\n"));
  Expect(78, "expected were 7",
         Propose("- {archive_orphans: app.loose, id: O, of: app.people, join: {person: id}, "
                 "archive: archive.y, expect_rows: 7}\n"));
}

TEST_F(Cleaning, HostileNamesAndAPartitionedTableAreRepairedToo) {
  database_.Sql(
      R"sql(CREATE TABLE app."o.dd ""T" ("Key ü" int, part int, "e mail" text, PRIMARY KEY ("Key ü", part)) PARTITION BY LIST (part);
    CREATE TABLE app.p1 PARTITION OF app."o.dd ""T" FOR VALUES IN (1); CREATE TABLE app.p2 PARTITION OF app."o.dd ""T" FOR VALUES IN (2);
    INSERT INTO app."o.dd ""T" VALUES (1, 1, 'a'), (2, 2, 'a'), (3, 2, 'b'), (4, 1, NULL), (5, 1, NULL))sql");
  const std::string before = State();
  Expect(0, "1 row to", Clean(R"(- dedupe: 'app."o.dd ""T"'
  id: H 'x'
  columns: ['e mail']
  order_by: ['Key ü desc']
  archive: 'archive."A b"'
)"));
  EXPECT_EQ(database_.Scalar(R"(SELECT t::text FROM archive."A b" t)"), "(1,1,a)");
  Expect(0, "every row is as it was", Undo("H 'x'"));
  EXPECT_EQ(State(), before);
}

// The archive is a new table of a locked schema, and the repaired table is frozen.
TEST_F(Cleaning, PassesTheLeafLockAndRegistersItsArchive) {
  const std::string before = State();
  std::ofstream(directory_ + "/lock.yaml")
      << "regraft: 1\nactions: []\nlock:\n  schemas: [app, archive]\n  leaves:\n"
         "  - {table: app.people, sub_hub: people, leaf_type: CANONICAL}\n";
  Expect(0, "1 leaf registered", Run({"lock", directory_ + "/lock.yaml", "--yes"}));
  Expect(0, "", Clean(kDedupe));
  EXPECT_EQ(database_.Scalar("SELECT concat_ws(' ', sub_hub, leaf_type, frozen, relation) FROM "
                             "regraft.registry WHERE schema_name = 'archive'"),
            "people ARCHIVE t archive.people_twice");
  Expect(0, "no drift", Run({"lock", "--check"}));
  pg::Connection other = database_.Connect();
  for (const char* sql : {"DELETE FROM archive.people_twice", "DROP TABLE archive.people_twice",
                          "CREATE TABLE archive.more (id int)"})
    EXPECT_EQ(pg::Sqlstate(other.Run(sql)), "RG001") << sql;
  Expect(0, "every row is as it was", Undo("D"));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM regraft.registry WHERE schema_name = 'archive'"),
            "0");
  Expect(0, "no drift", Run({"lock", "--check"}));
  Expect(0, "", Clean(kOrphans));
  EXPECT_EQ(database_.Scalar("SELECT leaf_type FROM regraft.registry WHERE schema_name = "
                             "'archive'"),
            "UNCLASSIFIED")
      << "of a table that nobody has classified";
  Expect(0, "every row is as it was", Undo("O"));
  Expect(0, "lifted", Run({"unlock", "--reason", "over", "--yes"}));
  EXPECT_EQ(State(), before);
}

TEST_F(Cleaning, ApplyAndUndoOfPlansKeepOff) {
  Expect(0, "", Propose(kOrphans));
  Expect(78, "regraft clean", Run({"apply", file(), "--yes"}));
  Expect(78, "regraft clean --undo", Run({"undo", file(), "--yes"}));
  Expect(78, "regraft audit", Run({"verify", file()}));
}

TEST_F(Cleaning, AnswersWithOneDocument) {
  Expect(0, "", Propose(kOrphans));
  Expect(0, "", Run({"approve", file(), "--by", "grace"}));
  const auto done = support::Document(Run({"clean", file(), "--yes", "--json"}));
  EXPECT_EQ(done["repairs"][0]["archived"], 2);
  EXPECT_TRUE(done["error"].is_null());
  const auto undone = support::Document(Run({"clean", "--undo", "O", "--yes", "--json"}));
  EXPECT_EQ(undone["undone"]["state"], "undone");
}

}  // namespace
}  // namespace regraft::clean
