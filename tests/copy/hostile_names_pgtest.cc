// Names and discriminators that break programs which paste them into SQL.
#include "tests/support/copying.h"

#include "gtest/gtest.h"

namespace regraft::support {
namespace {

// 63 bytes, the longest that the server keeps, ending in two-byte letters.
const std::string kLong = "a long \"name\" with. dots, 'quotes', \\ and  spaces - ; $1 äöü";

std::string Quoted(const std::string& name) {
  std::string quoted = "\"";
  for (const char c : name) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

class HostileNames : public Copying {
 protected:
  HostileNames() {
    database_.Sql("CREATE SCHEMA " + Quoted(kLong));
    database_.Sql("CREATE TABLE " + Source() + " (\"id\"\"\" int, \"select\" text, " +
                  Quoted(kLong) + " text, \" \" int[])");
    database_.Sql(
        "INSERT INTO " + Source() +
        " SELECT i, 'x' || i, E'\\t\\n\\\\N', ARRAY[i] FROM generate_series(1, 2000) AS i");
  }

  static std::string Source() {
    return Quoted(kLong) + "." + Quoted("Source." + kLong.substr(0, 50));
  }
  static std::string Target() { return Quoted(kLong) + "." + Quoted(kLong); }

  [[nodiscard]] Invocation Command(const std::string& set, const Flags& flags) const {
    Invocation command = CopyCommand(flags);
    command.arguments[1] = Source();
    command.arguments[2] = Target();
    command.arguments[4] = set;
    return command;
  }
};

TEST_F(HostileNames, AreCopiedCreatedVerifiedAgainAndDiscarded) {
  ASSERT_EQ(kLong.size(), 63U);
  for (const std::string value : {"it's", "back\\slash", "\"quoted\"", "$1; DROP TABLE x; --",
                                  "äöü€😀", " ", "{a,b}", "=", "%s"}) {
    SCOPED_TRACE(value);
    const std::string set = "o\"r'ig.in=" + value;
    const Flags flags = {"--create", "--chunk-bytes", "64KiB"};
    const ProgramResult first = RunProgram(Command(set, flags));
    ExpectExit(0, first);
    EXPECT_EQ(Document(first)["rows"], 2000);
    EXPECT_EQ(Document(first)["chunks"], Document(first)["chunks_verified"]);
    const ProgramResult second = RunProgram(Command(set, flags));
    ExpectExit(0, second);
    EXPECT_EQ(Document(second)["already_done"], true);
    std::string literal;
    for (const char c : value) literal += c == '\'' ? std::string("''") : std::string(1, c);
    EXPECT_EQ(database_.Scalar("SELECT count(*) FROM (SELECT *, '" + literal + "' FROM " +
                               Source() + " EXCEPT ALL SELECT * FROM " + Target() + ") d"),
              "0");
    ExpectExit(0, RunProgram(Command(set, {"--create", "--discard"})));
  }
}

// The words that the program's own statements use.
TEST_F(HostileNames, AreTheProgramsOwnWords) {
  database_.Sql(
      "CREATE TABLE app.\"select\" (s int PRIMARY KEY, \"Ctid\" text, \"xmin \" text, "
      "regraft_leaf int, regraft_ctid text, regraft_lost_0 text, k0 int, leaf int, row_ctid text, "
      "t int, o int, one int, image int, mine bool, winner text, reason text, \"$1\" int, "
      "\"-- DROP\" int, \"user\" text);"
      "INSERT INTO app.\"select\" SELECT i, 'a', 'b', i, '(0,1)', 'c', i, i, 'd', i, i, i, i, "
      "true, 'e', 'f', i, i, 'g' FROM generate_series(1, 2000) AS i;"
      "CREATE TABLE app.\"from\" (LIKE app.\"select\", origin text);"
      "ALTER TABLE app.\"from\" ALTER regraft_lost_0 TYPE varchar(3), "
      "ADD CHECK (k0 <> 4), ALTER mine SET NOT NULL;"
      "CREATE UNIQUE INDEX ON app.\"from\" (leaf) WHERE row_ctid = 'd' AND reason = 'f';"
      "INSERT INTO app.\"from\" (s, leaf, row_ctid, reason, mine) VALUES (0, 7, 'd', 'f', true);"
      "UPDATE app.\"select\" SET regraft_lost_0 = 'too long' WHERE s = 9");
  Invocation command = CopyCommand(
      {"--remainder", "app.\"rest; --\"", "--where", "s.s > 0", "--chunk-bytes", "64KiB"});
  command.arguments[1] = "app.\"select\"";
  command.arguments[2] = "app.\"from\"";
  ExpectExit(0, RunProgram(command));
  ExpectExit(0, RunProgram(command));
  EXPECT_EQ(database_.Scalar("SELECT string_agg(s::text, ' ' ORDER BY s) FROM app.\"rest; --\""),
            "4 7 9");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM (SELECT *, 'x' FROM app.\"select\" WHERE s NOT "
                             "IN (4, 7, 9) EXCEPT ALL SELECT * FROM app.\"from\") d"),
            "0");
  command.arguments.emplace_back("--discard");
  ExpectExit(0, RunProgram(command));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.\"from\""), "1");
}

TEST_F(HostileNames, ResumeAndRestart) {
  database_.Sql("CREATE TABLE app.target (); CREATE TABLE " + Target() + " (LIKE " + Source() +
                ", \"o\"\"r\" text)");
  database_.Sql(
      "CREATE SEQUENCE app.burnt; CREATE FUNCTION app.burn() RETURNS int LANGUAGE plpgsql AS "
      "$$BEGIN IF nextval('app.burnt') > 1990 THEN RAISE 'blown'; END IF; RETURN 0; END$$;"
      "ALTER TABLE " +
      Target() + " ADD \"fu\"\"se\" int; ALTER TABLE " + Target() +
      " ALTER \"fu\"\"se\" SET DEFAULT app.burn()");
  ExpectExit(1, RunProgram(Command("o\"r=it's", {"--chunk-bytes", "64KiB", "--jobs", "1"})),
             "P0001");
  database_.Sql("ALTER TABLE " + Target() + " ALTER \"fu\"\"se\" DROP DEFAULT");
  ExpectExit(0, RunProgram(Command("o\"r=it's", {})), "continuing run");
  ExpectExit(0, RunProgram(Command("o\"r=it's", {"--restart"})));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM " + Target()), "2000");
}

}  // namespace
}  // namespace regraft::support
