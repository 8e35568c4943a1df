// Settings of the role, conditions and event triggers that were not made with a copy in mind.
#include "tests/support/copying.h"

#include "gtest/gtest.h"

namespace regraft::support {
namespace {

class HostileSurroundings : public Copying {
 protected:
  HostileSurroundings() { MakeTables(3000); }

  // Copies, verifies and discards; all of it exact.
  void ExpectUnimpressed(Here here = {}) {
    ExpectExit(0, Copy({"--chunk-bytes", "64KiB"}), "", here);
    ExpectExact(here);
    ExpectExit(0, Copy(), "", here);
    ExpectExit(0, Copy({"--discard"}), "", here);
    EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "0");
  }
};

TEST_F(HostileSurroundings, DefaultsOfTheDatabaseChangeNothing) {
  database_.Sql(
      "CREATE SCHEMA trap; CREATE FUNCTION trap.format(text, VARIADIC \"any\") RETURNS text "
      "LANGUAGE internal AS 'text_format_nv'; CREATE TABLE trap.pg_class (); "
      "CREATE FUNCTION trap.count(int) RETURNS int LANGUAGE sql AS 'SELECT 1'");
  for (const char* setting : {"search_path = trap, pg_catalog",
                              "default_transaction_read_only = on",
                              "default_transaction_isolation = 'serializable'",
                              "exit_on_error = on",
                              "quote_all_identifiers = on",
                              "synchronous_commit = off",
                              "enable_seqscan = off",
                              "enable_tidscan = off",
                              "row_security = off",
                              "client_min_messages = debug5",
                              "client_encoding = 'LATIN1'",
                              "statement_timeout = '200ms'",
                              "lock_timeout = '1ms'",
                              "standard_conforming_strings = off",
                              "DateStyle = 'SQL, DMY'",
                              "extra_float_digits = -15",
                              "bytea_output = 'escape'",
                              "lc_monetary = 'C'",
                              "TimeZone = 'Asia/Kathmandu'",
                              "default_tablespace = 'nowhere'",
                              "work_mem = '64kB'"})
    database_.Sql("ALTER DATABASE " + database_.name() + " SET " + setting);
  TestDatabase judge;  // this fixture's own session is from before
  ExpectUnimpressed();
}

// Each is a condition in its own brackets and nothing else, whatever it says.
TEST_F(HostileSurroundings, AConditionIsOneConditionOrIsRefused) {
  database_.Sql("CREATE TABLE app.victim ()");
  for (const char* where :
       {"true); DROP TABLE app.victim; COMMIT; --",
        "true); DROP TABLE app.victim; COMMIT; SELECT (ARRAY[$$",
        "true; DROP TABLE app.victim; COMMIT", "true) --", "true) /*", "true) OR (true", "true)",
        "(true", "id < 100 ORDER BY id", "id < 100 LIMIT 1", "count(*) > 0", "$$", "'",
        "true) UNION SELECT 1 WHERE (true", "nosuchcolumn = 1", "id", "random() < 2",
        "EXISTS (SELECT FROM pg_sleep(0))", "nextval('app.nosuch') > 0"}) {
    SCOPED_TRACE(where);
    ExpectExit(78, Copy({"--where", where}), "--where");
    EXPECT_EQ(database_.Scalar("SELECT to_regclass('app.victim')"), "app.victim");
  }
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "0");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM regraft.run"), "0");
}

TEST_F(HostileSurroundings, AnOddButHonestConditionHolds) {
  const std::string conditions[] = {"id < 100 -- the first",
                                    "id < 100 -- a ) and a '\n",
                                    "id < 100 /* ) */",
                                    "id IN (SELECT t.id FROM app.source AS t WHERE t.id < 100)",
                                    "name LIKE 'name %' AND id < 100 AND note <> $$)$$",
                                    "s.id < 100 OR s.amount IS NULL AND "
                                    "s.id < 100"};
  for (const std::string& where : conditions) {
    SCOPED_TRACE(where);
    ExpectExit(0, Copy({"--where", where, "--chunk-bytes", "64KiB"}));
    EXPECT_EQ(database_.Scalar("SELECT count(*) FROM (SELECT *, 'x' FROM app.source s WHERE id < "
                               "100 EXCEPT ALL SELECT * FROM app.target) d"),
              "0");
    EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"),
              database_.Scalar("SELECT count(*) FROM app.source WHERE id < 100"));
    ExpectExit(0, Copy({"--where", where}));
    ExpectExit(0, Copy({"--where", where, "--discard"}));
  }
}

TEST_F(HostileSurroundings, AnEventTriggerThatForbidsTheTargetLeavesNothingBehind) {
  database_.Sql(
      "DROP TABLE app.target; CREATE INDEX ON app.source (name); CREATE FUNCTION app.forbid() "
      "RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'forbidden: %', tg_tag; END$$");
  ExpectExit(0, Copy({"--create"}));  // the ledger is there
  ExpectExit(0, Copy({"--create", "--discard"}));
  database_.Sql(
      "CREATE EVENT TRIGGER forbid_table ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE "
      "FUNCTION app.forbid()");
  ExpectExit(1, Copy({"--create"}), "forbidden: CREATE TABLE");
  EXPECT_EQ(database_.Scalar("SELECT to_regclass('app.target') IS NULL"), "t");
  database_.Sql(
      "DROP EVENT TRIGGER forbid_table; CREATE EVENT TRIGGER forbid_index ON ddl_command_end WHEN "
      "TAG IN ('CREATE INDEX') EXECUTE FUNCTION app.forbid()");
  ExpectExit(1, Copy({"--create"}), "forbidden: CREATE INDEX");
  database_.Sql("DROP EVENT TRIGGER forbid_index");
  ExpectExit(0, Copy({"--create"}));
  ExpectExact();
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM pg_indexes WHERE tablename = 'target'"), "1");
}

// Its rows can only be told from those of others by what others had before: that is recorded with
// and without verification.
TEST_F(HostileSurroundings, WithoutADiscriminatorTheRowsOfOthersAreRemembered) {
  database_.Sql(
      "ALTER TABLE app.target DROP origin; INSERT INTO app.target VALUES (1, 'others', 1, '')");
  Invocation command = CopyCommand({"--allow", "no-provenance", "--no-verify"});
  command.arguments.erase(command.arguments.begin() + 3, command.arguments.begin() + 5);
  ExpectExit(0, RunProgram(command));
  EXPECT_EQ(database_.Scalar("SELECT others_rows FROM regraft.run"), "1");
  const ProgramResult verify = RunProgram({.arguments = {"verify", "--dsn", database_.conninfo()},
                                           .environment = {{"DATABASE_URL", std::nullopt}}});
  ExpectExit(78, verify, "cannot be told from");
  command.arguments.emplace_back("--discard");
  ExpectExit(78, RunProgram(command), "cannot be told from");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "3001");
}

}  // namespace
}  // namespace regraft::support
