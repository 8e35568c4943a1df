// What apply records of a table that it only renames, before anything was verified.

#include "tests/proof/proving.h"

namespace regraft::proof {
namespace {

class ProvingFiles : public ProvingPlans {
 protected:
  ProvingFiles() { database_.Sql(kTables); }

  // Of one table with a TOAST table.
  std::string FilesOf(const std::string& table) {
    return database_.Scalar(
        "SELECT pg_relation_filenode(oid) || '+' || "
        "pg_relation_filenode(reltoastrelid) FROM pg_class WHERE oid = '" +
        table + "'::regclass");
  }
  std::string Recorded(const std::string& action) {
    return database_.Scalar(
        "SELECT concat_ws(' ', files_before, files_after, rows_written) FROM regraft.accounting "
        "WHERE action = '" +
        action + "'");
  }
  nlohmann::json Proof(const std::string& id, int code, support::Here here = {}) {
    const auto verified = Verify({"--action", id, "--json"});
    EXPECT_EQ(verified.exit_code, code) << here.line << verified.output;
    return nlohmann::json::parse(verified.output)["actions"][0];
  }
  // An event trigger, while the table is being renamed.
  void MeddleWith(const std::string& table, const std::string& sql) {
    database_.Sql(
        "CREATE OR REPLACE FUNCTION app.meddle() RETURNS event_trigger LANGUAGE plpgsql AS "
        "$$BEGIN IF to_regclass('" +
        table + "') IS NOT NULL THEN " + sql +
        "; END IF; END$$; DROP EVENT TRIGGER IF EXISTS meddle; CREATE EVENT TRIGGER meddle "
        "ON ddl_command_end WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION app.meddle()");
  }
};

TEST_F(ProvingFiles, TheFileOfAnArchiveIsRecordedWithItAndShown) {
  const std::string old = FilesOf("app.old"), merged = FilesOf("app.orders_2023");
  ApplyAll();
  EXPECT_EQ(Recorded("A"), old + " " + old + " 0");
  EXPECT_EQ(Recorded("M1"), merged + " " + merged + " 0") << "its source";
  EXPECT_EQ(Recorded("K"), "");
  EXPECT_EQ(FilesOf("archive.app_old"), old);
  Expect(0, "as declared, same file", Run({"report", "--format", "md"}));
  Expect(0, old + "</code> before and after, 0 rows written", Run({"report", "--format", "html"}));
  EXPECT_EQ(Proof("A", 0)["same_files"], true);
  EXPECT_EQ(Proof("M1", 0)["same_files"], nullptr);
}

TEST_F(ProvingFiles, WhatIsWrittenToAnArchiveBeforeItsFirstVerificationIsFound) {
  ApplyAll();
  const std::string words = "1 row of archive.app_old written after it was archived";
  database_.Sql("UPDATE archive.app_old SET v = 'B' WHERE id = 2");
  Expect(2, words, Verify({"--action", "A"}));
  Expect(2, words, Verify({"--action", "A"}));
  database_.Sql("INSERT INTO archive.app_old VALUES (3, 'c'); INSERT INTO hub.going VALUES (2)");
  Expect(2, "2 rows of archive.app_old written after", Verify({"--action", "A"}));
  EXPECT_EQ(Proof("V", 0)["same_files"], true) << "others go on writing";
}

TEST_F(ProvingFiles, AFileThatWasWrittenAnewSinceIsNoDifference) {
  ApplyAll();
  database_.Sql("VACUUM FULL archive.app_old");
  const auto proof = Proof("A", 0);
  EXPECT_EQ(proof["same_files"], false);
  EXPECT_EQ(proof["equal"], true);
  Expect(0, "written anew since apply", Verify({"--action", "A"}));
}

TEST_F(ProvingFiles, AnArchiveThatWasEmptiedBeforeItsFirstVerificationIsADifference) {
  ApplyAll();
  database_.Sql("TRUNCATE archive.app_old");
  Expect(2, "and was written anew after it was archived", Verify({"--action", "A"}));
  EXPECT_EQ(Proof("A", 2)["same_files"], false);
}

TEST_F(ProvingFiles, RowsThatAreWrittenWithTheRenameAreRolledBack) {
  Plan("actions:\n- {archive: app.old, id: A, to: archive.app_old}\n");
  Approve();
  const std::string before = State();
  MeddleWith("archive.app_old", "UPDATE archive.app_old SET v = 'x' WHERE id = 1");
  Expect(1, "rolled back: 1 row of app.old changed with its name", Apply());
  MeddleWith("archive.app_old", "TRUNCATE archive.app_old");
  Expect(1, "rolled back: app.old was written anew", Apply());
  database_.Sql("DROP EVENT TRIGGER meddle; DROP FUNCTION app.meddle");
  EXPECT_EQ(State(), before);
  // Earlier transactions of the same session do not count.
  Expect(0, "", Apply());
}

TEST_F(ProvingFiles, APartitionedTableHasTheFilesOfItsLeaves) {
  database_.Sql(R"sql(CREATE TABLE app."P.1" (id int) PARTITION BY RANGE (id);
CREATE TABLE app.low PARTITION OF app."P.1" FOR VALUES FROM (0) TO (10);
CREATE TABLE app.high PARTITION OF app."P.1" FOR VALUES FROM (10) TO (20);
INSERT INTO app."P.1" VALUES (1), (11))sql");
  Plan(R"yaml(actions: [{archive: 'app."P.1"', id: P, to: archive.parts}])yaml");
  Approve();
  const std::string files = database_.Scalar(
      "SELECT pg_relation_filenode('app.low') || ' ' || pg_relation_filenode('app.high')");
  Expect(0, "", Apply());
  EXPECT_EQ(Recorded("P"), files + " " + files + " 0");
  database_.Sql("UPDATE archive.parts SET id = id + 1 WHERE id > 10");
  Expect(2, "1 row of archive.parts written after", Verify());
}

TEST_F(ProvingFiles, TheAccountsSayWhatWaitsForAnAnswerAndNothingOfAnUndoneRun) {
  ApplyAll();
  const std::string question = "SELECT state FROM regraft.accounting WHERE action = 'Q'";
  EXPECT_EQ(database_.Scalar(question), "blocked");
  Expect(0, "", Undo());
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM regraft.accounting"), "0");
}

}  // namespace
}  // namespace regraft::proof
